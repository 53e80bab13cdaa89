//! The place a figure is about: named in its clause, or inherited from the text.

use std::collections::{BTreeMap, HashMap};
use std::sync::OnceLock;

use regex::Regex;

use crate::layout::Line;
use crate::lexicon::lexicon;

/// Suffixes under which a name is printed or left out.
const SUFFIXES: [&str; 3] = ["市", "省", "县"];

/// The places a text names, and the one it is about.
pub(crate) struct Places {
    /// The place of the whole text.
    pub(crate) of_text: Option<String>,
    /// Each mention of a place of its own, in bytes, in order.
    mentions: Vec<(usize, String)>,
}

impl Places {
    /// Reads the places of a mended text. `known` are names that the caller knows, in full.
    pub(crate) fn read(mended: &str, lines: &[Line], known: &[String]) -> Self {
        Self { of_text: of_text(mended, lines, known), mentions: mentions(mended, known) }
    }

    /// The place named last between two bytes, where exactly one is named.
    pub(crate) fn between(&self, from: usize, to: usize) -> Option<&str> {
        let first = self.mentions.partition_point(|(at, _)| *at < from);
        let last = self.mentions.partition_point(|(at, _)| *at < to);
        match self.mentions.get(first..last)? {
            [(_, one)] => Some(one),
            _ => None,
        }
    }
}

/// The place that a name in a table stands for, if it is one.
pub(crate) fn as_place(name: &str, known: &[String]) -> Option<String> {
    let name = name.trim();
    let division = (2..=8).contains(&name.chars().count()) && name.ends_with(['市', '县', '区', '镇', '乡', '道']);
    if known.iter().any(|known| known == name) || (division && own(name)) { Some(name.to_owned()) } else { None }
}

fn shipped() -> impl Iterator<Item = &'static str> {
    let lines = include_str!("../data/places.txt").lines().filter(|line| !line.starts_with('#'));
    lines.flat_map(str::split_whitespace)
}

/// The name without its suffix, where two characters stay.
fn stem(name: &str) -> &str {
    let stem = SUFFIXES.into_iter().find_map(|suffix| name.strip_suffix(suffix));
    stem.filter(|stem| stem.chars().count() >= 2).unwrap_or(name)
}

/// The shortened names of the shipped places as one pattern, and the whole names of each.
fn shipped_stems() -> &'static (Regex, HashMap<&'static str, Vec<&'static str>>) {
    static STEMS: OnceLock<(Regex, HashMap<&'static str, Vec<&'static str>>)> = OnceLock::new();
    STEMS.get_or_init(|| {
        let mut names: HashMap<&str, Vec<&str>> = HashMap::new();
        for name in shipped() {
            names.entry(stem(name)).or_default().push(name);
        }
        let mut stems: Vec<&str> = names.keys().copied().collect();
        stems.sort_unstable_by_key(|stem| (std::cmp::Reverse(stem.len()), *stem));
        (Regex::new(&stems.join("|")).expect("names are plain"), names)
    })
}

/// A name in the first lines weighs ten of the body; a whole name two of a shortened one. Provinces lose to cities.
fn of_text(mended: &str, lines: &[Line], known: &[String]) -> Option<String> {
    let head = lines.iter().take(4).map(|line| (cut(&mended[line.place.clone()], 400), 10));
    let parts: Vec<(&str, usize)> = head.chain([(cut(mended, 30_000), 1)]).collect();
    let weigh = |name: &str| -> usize {
        let count = |text: &str| text.matches(stem(name)).count() + text.matches(name).count();
        parts.iter().map(|(text, weight)| count(text) * weight).sum()
    };
    let mut weighed: Vec<(String, usize)> = Vec::new();
    for (text, weight) in &parts {
        for found in division().captures_iter(text).filter(|found| *weight > 1 && own(&found[1])) {
            weighed.push((found[1].to_owned(), weigh(&found[1])));
        }
    }
    weighed.extend(known.iter().map(|name| (name.clone(), weigh(name))));
    let (stems, names) = shipped_stems();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for (text, weight) in &parts {
        for found in stems.find_iter(text) {
            for name in names.get(found.as_str()).into_iter().flatten() {
                let whole = *name != found.as_str() && text[found.start()..].starts_with(name);
                *counts.entry(name).or_default() += weight * (1 + usize::from(whole));
            }
        }
    }
    weighed.extend(counts.into_iter().map(|(name, weight)| (name.to_owned(), weight)));
    let province = |name: &str| name.ends_with('省') || name.ends_with("自治区");
    let weighed = weighed
        .into_iter()
        .map(|(name, weight)| if province(&name) { (name, weight.div_ceil(100)) } else { (name, weight) });
    // The first of the heaviest: what the text itself calls a division goes before what only sounds like one.
    let mut best: Option<(String, usize)> = None;
    for (name, weight) in weighed {
        if weight > 0 && best.as_ref().is_none_or(|(_, heaviest)| weight > *heaviest) {
            best = Some((name, weight));
        }
    }
    best.map(|(name, _)| name)
}

/// A division named at the start of a clause: “镇海区新建…”.
fn division() -> &'static Regex {
    static PATTERN: OnceLock<Regex> = OnceLock::new();
    PATTERN.get_or_init(|| {
        Regex::new(r"(?:^|[，。；：、\s)]|年|其中|在)(\p{Han}{2,4}?(?:市|县|区|镇|街道|乡))")
            .expect("tried by the tests")
    })
}

/// A name of its own, not a kind of place: 社区, 全市, 农村地区.
fn own(name: &str) -> bool {
    !lexicon().places.kinds.close(name)
        && !name.starts_with(['各', '全', '我', '该', '本', '多', '每', '省', '市', '县', '区', '新', '改', '建', '完'])
}

fn mentions(mended: &str, known: &[String]) -> Vec<(usize, String)> {
    let mut found: Vec<(usize, String)> = Vec::new();
    for groups in division().captures_iter(mended) {
        if let Some(name) = groups.get(1).filter(|name| own(name.as_str())) {
            found.push((name.start(), name.as_str().to_owned()));
        }
    }
    for name in known.iter().filter(|name| name.chars().count() >= 3) {
        found.extend(mended.match_indices(name.as_str()).map(|(at, name)| (at, name.to_owned())));
    }
    found.sort_by_key(|(at, name)| (*at, std::cmp::Reverse(name.len())));
    found.dedup_by_key(|(at, _)| *at);
    found
}

fn cut(text: &str, characters: usize) -> &str {
    text.char_indices().nth(characters).map_or(text, |(at, _)| &text[..at])
}
