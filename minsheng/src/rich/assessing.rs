//! The assessment of the generated year, run and kept in January: what the ledger, the returns and the orders know is gathered,
//! polls and acceptance are drawn by lot and say so.

use anyhow::{Context, Result};
use assess::assessments;
use assess::catalogue;
use assess::typed::{self, Entry};
use chrono::NaiveDate;
use figures::Decimal;
use store::Store;

use super::cast::Cast;
use super::chance::Chance;
use super::clock::at;
use super::programme::Adopted;
use super::shape::Shape;

/// The scheme that it is scored by.
const SCHEME: &str = "suggested";

/// Inputs that are drawn by lot: code, from and to in tenths of a percent, and what they would be read from.
const DRAWN: [(&str, i64, i64, &str); 3] = [
    ("acceptance", 920, 1_000, "演示数据：随机生成的一次验收合格率"),
    ("satisfaction", 860, 985, "演示数据：随机生成的民意调查结果"),
    ("publicity", 900, 1_000, "演示数据：随机生成的公开情况抽查"),
];

/// Runs and keeps the assessment, unless one is kept.
///
/// # Errors
/// When the database fails, or a rule refuses what was made up.
pub(super) async fn keep(
    store: &Store,
    (shape, seed): (&Shape, u64),
    (cast, adopted): (&Cast, &Adopted),
) -> Result<()> {
    let programme = &adopted.outline.programme;
    if assess::store::standing(store.reader(), programme.id, SCHEME).await?.is_some() {
        return Ok(());
    }
    let day = |year: i32, month, day| NaiveDate::from_ymd_opt(year, month, day).context("a day");
    let cut_off = day(shape.year, 12, 31)?;
    let store = store.with_clock(at(day(shape.year + 1, 1, 27)?, 9, 30)?);
    // Returns of December made indicators that were not there when the programme was adopted.
    let outline = ledger::programmes::Outline::load(store.reader(), programme.clone()).await?;
    let schemes = catalogue::of_programme(store.reader(), programme).await?;
    let chosen = catalogue::named(&schemes, SCHEME).map_err(store::Error::from)?;
    let who = &cast.supervision;
    let (actor, name) = (who.actor(), who.name.as_str());
    let chance = Chance::new(seed).fork("assessment");
    let known = assess::store::inputs_of(store.reader(), programme.id).await?;
    // Whoever takes part: a body that answers for money only leads nothing that is scored.
    let taking_part = assessments::inputs(&store, &outline, &[&chosen.scheme], cut_off).await?.remove(0).subjects;
    for subject in taking_part.into_iter().map(|known| known.subject) {
        for (code, from, to, source) in DRAWN {
            let key = subject.key();
            if known.iter().any(|row| row.subject == key && row.input == code) {
                continue;
            }
            let input = chosen.scheme.input(code).context("an input of the scheme")?;
            let tenths = chance.fork(&format!("{code} {}", subject.name)).between(from, to);
            let value = Decimal::new(tenths, 1).normalize().to_string();
            let entry = Entry { value, source: source.to_owned(), ..Entry::default() };
            typed::enter(&store, (&actor, name), &outline, &subject, input, &entry).await?;
        }
    }
    let id = assessments::run(&store, (&actor, name), &outline, &chosen, cut_off).await?;
    assessments::keep(&store, (&actor, name), id, "").await?;
    Ok(())
}
