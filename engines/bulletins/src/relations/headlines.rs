//! Headlines that claim something without a figure: 被…推广, 入选…; the body should say it again.

use figures::relations::Verdict;

use super::{Reading, Relation, RelationKind, Statement};
use crate::lexicon::lexicon;

/// Longer lines are no headlines.
const LONGEST: usize = 40;

/// More headlines than this are not looked up, and no further into the text than so many bytes.
const MOST: usize = 20;
const FAR: usize = 300_000;

/// So much of a headline's pairs of characters must stand in one sentence.
const SAID: f64 = 0.6;

pub(super) fn judge(reading: &Reading<'_>, found: &mut Vec<Relation>) {
    let text = reading.clean.text.as_str();
    let end = (FAR.min(text.len())..=text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len());
    let text = &text[..end];
    let claims: Vec<(usize, &str)> = lines(text).filter(|(at, line)| claims(reading, *at, line)).take(MOST).collect();
    if claims.is_empty() {
        return;
    }
    let body: Vec<(usize, &str)> = lines(text).filter(|(_, line)| line.chars().count() > LONGEST).collect();
    if body.is_empty() {
        return;
    }
    for (at, headline) in claims {
        reading.worked(text.len());
        let sentences = body.iter().flat_map(|(start, line)| sentences(*start, line));
        let said = sentences.into_iter().find(|(_, sentence)| contained(headline, sentence) >= SAID);
        let mut spans = vec![reading.clean.span(at, at + headline.len())];
        let (verdict, statement) = match said {
            Some((start, sentence)) => {
                spans.push(reading.clean.span(start, start + sentence.len()));
                (
                    Verdict::Holds,
                    Statement::new(
                        format!("标题“{headline}”在正文中有相应表述"),
                        format!("the text says what the headline “{headline}” says"),
                    ),
                )
            }
            None => (
                Verdict::Undecidable,
                Statement::new(
                    format!("标题“{headline}”：正文中未见相应表述"),
                    format!("headline “{headline}”: the text does not say so in these words"),
                ),
            ),
        };
        found.push(Relation {
            kind: RelationKind::Same,
            verdict,
            statement,
            findings: Vec::new(),
            spans,
            recomputed: None,
            difference: None,
        });
    }
}

/// A short line without a figure that says what somebody else thought of the matter.
fn claims(reading: &Reading<'_>, at: usize, line: &str) -> bool {
    line.chars().count() <= LONGEST
        && !line.ends_with(['。', '；', '：', '，'])
        && lexicon().relations.claims.is_match(line)
        && reading.standing_in(at, at + line.len()).is_empty()
}

/// Every line with its place, without the blanks around it.
fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    pieces(text, &['\n']).map(|(at, line)| (at + line.len() - line.trim_start().len(), line.trim()))
}

fn sentences(start: usize, line: &str) -> impl Iterator<Item = (usize, &str)> {
    pieces(line, &['。', '！', '？']).map(move |(at, sentence)| (start + at, sentence))
}

fn pieces<'a>(text: &'a str, ends: &'static [char]) -> impl Iterator<Item = (usize, &'a str)> {
    let mut at = 0;
    text.split_inclusive(ends).filter_map(move |piece| {
        let start = at;
        at += piece.len();
        let piece = piece.trim_end_matches(ends);
        (!piece.trim().is_empty()).then_some((start, piece))
    })
}

/// How many of the pairs of characters of one text stand in another, from 0 to 1.
pub(super) fn contained(one: &str, other: &str) -> f64 {
    let letters: Vec<char> = one.chars().filter(|letter| letter.is_alphanumeric()).collect();
    let pairs = letters.len().saturating_sub(1);
    if pairs == 0 {
        return 0.0;
    }
    let mut standing: Vec<(char, char)> = other.chars().zip(other.chars().skip(1)).collect();
    standing.sort_unstable();
    let stands = |pair: &[char]| standing.binary_search(&(pair[0], pair[1])).is_ok();
    letters.windows(2).filter(|pair| stands(pair)).count() as f64 / pairs as f64
}
