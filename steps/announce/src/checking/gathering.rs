//! Reads a text and what the ledger knows of its programme, and compares them.

use std::collections::BTreeSet;

use bulletins::{Finding, Known as Context, Relation, Text};
use chrono::NaiveDate;
use figures::Precision;
use figures::relations::Verdict;
use kernel::RegionCode;
use ledger::board::Board;
use ledger::entries::{self, View};
use ledger::programmes::Outline;
use ledger::tables::entries::Model as Entry;
use ledger::words::{Kind, Measure, Purpose};
use sea_orm::ConnectionTrait;
use store::Result;
use uuid::Uuid;

use super::known::{Known, Standing};
use super::matching::{Comparison, Outcome, Setting, compare};
use crate::writing::bindings::{Bindings, Bound, How, wordings};

/// Cut-offs at which sums and shares are derived to explain a figure; two years of months.
const MOST_DAYS: usize = 24;

/// A text, read and judged against the ledger.
#[derive(Clone, Debug)]
pub struct Checked {
    /// The text as read.
    pub text: Text,
    /// Its figures.
    pub findings: Vec<Finding>,
    /// What they say of each other.
    pub relations: Vec<Relation>,
    /// What the ledger knows.
    pub known: Vec<Known>,
    /// What came of each figure.
    pub comparison: Comparison,
    /// The cut-off for figures without one.
    pub cut_off: Option<NaiveDate>,
}

impl Checked {
    /// Whether anything in the text is wrong: a figure that differs from the ledger, or a relation that does not hold.
    pub fn fails(&self) -> bool {
        self.comparison.count(Outcome::Differs) > 0
            || self.relations.iter().any(|relation| relation.verdict == Verdict::Fails)
    }
}

/// Checks `text` against a programme; `cut_off` holds for figures whose own day the text does not tell, and is the day
/// that most of them tell, or the programme's usual one, where it is not given.
///
/// # Errors
/// When the database fails.
pub async fn check<C: ConnectionTrait>(
    on: &C,
    outline: &Outline,
    text: Text,
    cut_off: Option<NaiveDate>,
) -> Result<Checked> {
    check_by(on, outline, text, View { cut_off, known: None }).await
}

/// Whether a text names a year, as 2024年. Such a text knows its own 去年 better than the programme does: the review of a
/// year is often written in the next.
fn tells_year(text: &str) -> bool {
    text.match_indices('年').any(|(at, _)| {
        let before = &text.as_bytes()[..at];
        before.len() >= 4 && before[before.len() - 4..].iter().all(u8::is_ascii_digit)
    })
}

/// The same against the ledger as it was known on a day.
///
/// # Errors
/// When the database fails.
pub async fn check_by<C: ConnectionTrait>(on: &C, outline: &Outline, text: Text, view: View) -> Result<Checked> {
    let (home, year) = (outline.region(), outline.programme.year);
    let place = ledger::regions::name_in(on, home, year).await?;
    let below: Vec<(RegionCode, String)> = ledger::regions::children(on, home, year)
        .await?
        .into_iter()
        .filter_map(|row| Some((RegionCode::from_stored(row.code)?, row.name)))
        .collect();
    let context = Context {
        year: (!tells_year(text.name()) && !tells_year(text.content())).then_some(year),
        place: Some(place.clone()),
        places: below.iter().map(|(_, name)| name.clone()).collect(),
    };
    let findings = bulletins::extract_with(&text, &context);
    let relations = bulletins::check(&text, &findings);
    let cut_off = view.cut_off.or_else(|| usual_day(&findings)).or(outline.programme.default_cut_off);
    let mentioned: Vec<_> = below
        .into_iter()
        .filter(|(_, name)| findings.iter().any(|finding| finding.place.as_ref() == Some(name)))
        .collect();
    let known = known(on, outline, &mentioned, (cut_off, view.known), &findings).await?;
    let comparison = compare(&findings, &known, &Setting { cut_off, place, ..Setting::default() });
    Ok(Checked { text, findings, relations, known, comparison, cut_off })
}

/// The day that most figures name.
fn usual_day(findings: &[Finding]) -> Option<NaiveDate> {
    let days: BTreeSet<NaiveDate> = findings.iter().filter_map(|finding| finding.as_of).collect();
    let count = |day: &NaiveDate| findings.iter().filter(|finding| finding.as_of == Some(*day)).count();
    days.into_iter().max_by_key(|day| (count(day), *day))
}

async fn known<C: ConnectionTrait>(
    on: &C,
    outline: &Outline,
    mentioned: &[(RegionCode, String)],
    (cut_off, known_on): (Option<NaiveDate>, Option<NaiveDate>),
    findings: &[Finding],
) -> Result<Vec<Known>> {
    let mut known = of_entries(on, outline, mentioned, known_on).await?;
    let board = Board::load(on, outline.programme.clone(), View { cut_off, known: known_on }).await?;
    let mut days: Vec<NaiveDate> = cut_off.into_iter().collect();
    days.extend(findings.iter().filter_map(|finding| finding.as_of));
    days.extend(board.cut_offs);
    let mut seen = BTreeSet::new();
    days.retain(|day| seen.insert(*day));
    for day in days.into_iter().take(MOST_DAYS) {
        let bindings = Bindings::load(on, outline.programme.clone(), day, known_on).await?;
        known
            .extend(bindings.all().filter(|bound| bound.how != How::Entry).filter_map(|bound| derived(bound, outline)));
    }
    Ok(known)
}

/// Every figure that was ever entered for the programme's place, those above it, and the places that the text mentions.
async fn of_entries<C: ConnectionTrait>(
    on: &C,
    outline: &Outline,
    mentioned: &[(RegionCode, String)],
    known_on: Option<NaiveDate>,
) -> Result<Vec<Known>> {
    let home = outline.region();
    let places: Vec<RegionCode> = home.lineage().chain(mentioned.iter().map(|(code, _)| *code)).collect();
    let ids: Vec<Uuid> = outline.indicators.iter().map(|row| row.id).collect();
    let view = View { cut_off: None, known: known_on };
    let mut rows = entries::at_places(on, outline.programme.id, &ids, &places).await?;
    rows.retain(|row| view.knows(row) && row.organisation_id.is_none() && !row.withdrawn);
    let keys: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let mut sources = entries::sources_of(on, &keys).await?;
    let successors = entries::superseded_by(on, &keys).await?;
    let one = |row: &Entry| {
        let indicator = outline.indicator_by_id(row.indicator_id)?;
        let number = row.number()?;
        let source = sources.remove(&row.id);
        let measure = Measure::from_number(row.measure);
        let is_aim = measure == Measure::Target && indicator.purpose() == Purpose::Delivery;
        let mut names = wordings(&indicator.name, is_aim);
        names.extend(source.as_ref().map(|source| source.label.clone()).filter(|label| *label != indicator.name));
        let whole = indicator.parent_id.and_then(|id| outline.indicator_by_id(id));
        names.extend(whole.map(|whole| format!("{}{}", whole.name, indicator.name)));
        let place = mentioned.iter().find(|(code, _)| code.stored() == row.region).map(|(_, name)| name.clone());
        let headline = matches!(indicator.purpose(), Purpose::Funding | Purpose::Statistic);
        Some(Known {
            names,
            indicator: Some(indicator.number),
            kind: indicator.kind(),
            unit: source.map_or_else(|| indicator.unit.clone(), |source| source.unit),
            measure,
            number,
            qualifier: row.qualifier(),
            as_of: row.as_of,
            entry: Some(row.id),
            standing: successors.get(&row.id).map_or(Standing::Counts, |new| Standing::Superseded(*new)),
            derived: String::new(),
            expected: place.is_none()
                && row.region == home.stored()
                && indicator.kind() != Kind::Boolean
                && (headline || (indicator.purpose() == Purpose::Delivery && measure == Measure::Actual)),
            place,
        })
    };
    Ok(rows.iter().filter_map(one).collect())
}

/// What follows from the ledger, as a text may say it.
fn derived(bound: &Bound, outline: &Outline) -> Option<Known> {
    let value = bound.value?;
    let number = figures::Number { value, precision: Precision::from_code(bound.precision)? };
    let indicator = bound.indicator.and_then(|number| outline.indicators.iter().find(|row| row.number == number));
    let is_sum = bound.how == How::Sum;
    Some(Known {
        names: bound.names.clone(),
        indicator: bound.indicator,
        kind: bound.kind(),
        unit: bound.unit.clone(),
        measure: if bound.target { Measure::Target } else { Measure::Actual },
        number,
        qualifier: bound.qualifier(),
        as_of: bound.as_of,
        entry: bound.entry,
        standing: Standing::Counts,
        derived: bound.says.clone(),
        place: None,
        expected: is_sum && !bound.target && indicator.is_some_and(|row| row.purpose() == Purpose::Delivery),
    })
}
