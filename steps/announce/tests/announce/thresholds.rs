//! What the thresholds of likeness do to the texts that were really published, printed as the table of docs/bulletins.md:
//!
//! `THRESHOLDS=all cargo nextest run --workspace -E 'test(what_the_thresholds_do)' --no-capture`
//!
//! Without `THRESHOLDS` only the chosen ones are measured, which takes seconds instead of minutes.
//!
//! A figure is matched rightly when the entry that it is found to be stands for a fact whose quotation holds the figure.
//! Then every fourth figure is altered in turn, and it is counted how often just that one is said to differ.

use std::collections::BTreeMap;
use std::path::Path;

use announce::checking::matching::{Outcome, Setting, Thresholds, compare};
use announce::checking::{Checked, check};
use bulletins::{Finding, Kind, Text};
use serde_json::Value;

use crate::house::{House, actor, announce, at};
use crate::published::folder;

/// The texts and the programmes that were made from them.
pub(crate) const TEXTS: [(&str, &str); 5] = [
    ("ningbo-2024-h1", "330200-2024"),
    ("hangzhou-2024-yearend", "330100-2024"),
    ("yongkang-2024-tasks", "330784-2024"),
    ("yongkang-2024-suggestions", "330784-2024-suggestions"),
    ("yiwu-2020-review", "330782-2020"),
];

/// Every so many figures one is altered: enough to tell settings apart, and done in seconds.
const EVERY: usize = 4;

/// A text with its ledger, and for each figure of the ledger where the text prints it.
struct Case {
    checked: Checked,
    place: String,
    /// For each figure of the ledger, the stretches of its quotation in characters.
    quoted: Vec<Vec<(usize, usize)>>,
}

/// What came of a setting.
#[derive(Clone, Copy, Debug, Default)]
struct Score {
    figures: usize,
    matched: usize,
    /// Of those whose quotation is known: matched with an entry that is quoted there, and with another.
    right: usize,
    wrong: usize,
    accused: usize,
    altered: usize,
    caught: usize,
    /// Altered figures that were taken for another figure of the ledger.
    mistaken: usize,
}

async fn case(house: &House, folder: &Path, facts: &BTreeMap<String, String>, (name, slug): (&str, &str)) -> Case {
    let content = std::fs::read_to_string(folder.join(format!("{name}.txt"))).unwrap();
    let outline = house.outline(slug).await;
    let checked = check(house.store.reader(), &outline, Text::new(name, content), None).await.unwrap();
    let place = ledger::regions::name_in(house.store.reader(), outline.region(), outline.programme.year).await.unwrap();
    let keys: Vec<_> = checked.known.iter().filter_map(|known| known.entry).collect();
    let sources = ledger::entries::sources_of(house.store.reader(), &keys).await.unwrap();
    let text = checked.text.content();
    let stretches = |quote: &String| {
        let start = |at: usize| text[..at].chars().count();
        text.match_indices(quote.as_str()).map(|(at, _)| (start(at), start(at) + quote.chars().count())).collect()
    };
    let quote = |entry| facts.get(sources.get(&entry)?.external_id.as_ref()?);
    let quoted = checked.known.iter().map(|known| known.entry.and_then(quote).map(stretches).unwrap_or_default());
    Case { quoted: quoted.collect(), place, checked }
}

impl Case {
    fn setting(&self, thresholds: Thresholds) -> Setting {
        Setting { cut_off: self.checked.cut_off, place: self.place.clone(), thresholds }
    }

    fn add(&self, thresholds: Thresholds, score: &mut Score) {
        let (findings, known, setting) = (&self.checked.findings, &self.checked.known, self.setting(thresholds));
        let comparison = compare(findings, known, &setting);
        score.figures += findings.len();
        score.accused += comparison.count(Outcome::Differs);
        for judged in comparison.judged.iter().filter(|judged| judged.outcome == Outcome::Matches) {
            score.matched += 1;
            let Some(at) = judged.known.filter(|at| known[*at].entry.is_some()) else { continue };
            let span = findings[judged.finding].span;
            let stands = self.quoted[at].iter().any(|(start, end)| *start <= span.start && span.end <= *end);
            // A figure may be printed again where it is not quoted.
            let again = known[at].number.value == findings[judged.finding].value && !self.quoted[at].is_empty();
            score.right += usize::from(stands || again && judged.likeness >= 600);
            score.wrong += usize::from(!(stands || again && judged.likeness >= 600));
        }
        let altered = comparison.judged.iter().filter(|judged| judged.outcome == Outcome::Matches);
        for judged in altered.filter(|judged| can_be_altered(&findings[judged.finding])).step_by(EVERY) {
            let mut other = findings.clone();
            alter(&mut other[judged.finding]);
            let comparison = compare(&other, known, &setting);
            score.altered += 1;
            match comparison.judged[judged.finding].outcome {
                Outcome::Differs => score.caught += 1,
                Outcome::Matches => score.mistaken += 1,
                Outcome::NotInLedger => {}
            }
        }
    }
}

fn can_be_altered(finding: &Finding) -> bool {
    !matches!(finding.kind, Kind::Boolean | Kind::Rank) && finding.value.abs() >= figures::Decimal::TEN
}

/// A slip of a tenth, in the digits that are printed.
fn alter(finding: &mut Finding) {
    let tenth = finding.value * figures::Decimal::new(11, 1);
    finding.value = tenth.trunc();
    finding.number.value = finding.value;
}

impl Score {
    fn row(self, thresholds: Thresholds) -> String {
        let Thresholds { faint, plain, clear, apart } = thresholds;
        format!(
            "| {faint} | {plain} | {clear} | {apart} | {} of {} | {} | {} | {} | {} of {} | {} |",
            self.matched, self.figures, self.right, self.wrong, self.accused, self.caught, self.altered, self.mistaken
        )
    }
}

#[tokio::test]
async fn what_the_thresholds_do_to_published_texts() {
    let Some(folder) = folder() else { return };
    let facts = std::fs::read_to_string(folder.join("../data/facts.jsonl")).unwrap();
    let facts: BTreeMap<String, String> = facts
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .map(|fact| (fact["id"].as_str().unwrap().to_owned(), fact["quote"].as_str().unwrap().to_owned()))
        .collect();
    let mut house = House::embedded().await;
    house.store = house.store.with_clock(at("2026-11-21"));
    ledger::samples::load(&house.store, &actor(), &mut |_, _| {}).await.unwrap();
    let mut cases = Vec::new();
    for text in TEXTS {
        cases.push(case(&house, &folder, &facts, text).await);
    }
    let chosen = Thresholds::default();
    let mut settings = vec![chosen];
    if std::env::var_os("THRESHOLDS").is_some() {
        settings.extend([460, 540, 580, 660].map(|clear| Thresholds { clear, ..chosen }));
        settings.extend([180, 260, 320].map(|faint| Thresholds { faint, ..chosen }));
        settings.extend([0, 80].map(|apart| Thresholds { apart, ..chosen }));
        settings.extend([300, 500].map(|plain| Thresholds { plain, ..chosen }));
    }
    println!(
        "| faint | plain | clear | apart | matched | rightly | wrongly | accused | altered and caught | taken for another |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|");
    let mut scores = Vec::new();
    for setting in settings {
        let mut score = Score::default();
        for case in &cases {
            case.add(setting, &mut score);
        }
        println!("{}", score.row(setting));
        scores.push(score);
    }
    let score = scores[0];
    assert_eq!(score.accused, 0, "{score:?}");
    assert!(score.right * 100 >= (score.right + score.wrong) * 90, "{score:?}");
    assert!(score.caught * 100 >= score.altered * 60, "{score:?}");
}
