//! From approved returns to entries of the ledger, in the transaction that approves them.

use std::collections::{BTreeMap, HashMap};

use figures::{Number, Precision, Qualifier};
use ledger::entries::{self, Hand, NewEntry, Source};
use ledger::programmes::Outline;
use ledger::tables::indicators::Model as Indicator;
use ledger::words::{self, DateBasis, Measure, Reason};
use plan::milestones::{self, NewMark};
use store::audit::RowDigest;
use store::{Result, Tx, amount};
use uuid::Uuid;

use super::batch::{Batch, Beside, place};
use super::{Done, Line, Return, Signed};
use crate::by::By;
use crate::words::Act;

/// What an entry says about where it comes from.
struct Origin<'a> {
    row: &'a Return,
    place: &'a str,
    organisation: Option<Uuid>,
}

/// Writes the figures, the image progress and the hands of `approved`; says how many entries that made.
///
/// What the ledger holds for the same series and cut-off is superseded: the reviewed report is what counts.
pub(super) async fn post(
    tx: &mut Tx,
    batch: &Batch,
    approved: &[Signed<'_>],
    by: &By,
    event: Uuid,
    digest: &mut RowDigest,
) -> Result<u64> {
    let mut by_programme = BTreeMap::<Uuid, Vec<&Return>>::new();
    for Signed { row, .. } in approved {
        by_programme.entry(row.programme_id).or_default().push(row);
    }
    let office: HashMap<Uuid, &str> = approved.iter().map(|one| (one.row.id, one.organisation.as_str())).collect();
    let beside = batch.held(tx.on()).await?;
    let mut posted = 0;
    for (programme, rows) in by_programme {
        let Some(outline) = batch.outlines.get(&programme) else { continue };
        let mut outline = outline.clone();
        let mut images = HashMap::new();
        for row in &rows {
            if row.image.is_some() {
                images.insert(row.project_id, outline.image_indicator(tx, row.project_id).await?);
            }
        }
        let mut places = Vec::with_capacity(rows.len());
        for row in &rows {
            places.push(place(row)?);
        }
        let names = ledger::regions::names(tx.on(), places, outline.programme.year).await?;
        let (mut new, mut returns) = (Vec::new(), HashMap::new());
        for row in &rows {
            let region = place(row)?;
            let short = region.short();
            let named = names.get(&region).map_or(short.as_str(), String::as_str);
            for line in batch.lines(row).iter().filter(|line| line.value.is_some()) {
                let organisation = line.by_body.then_some(row.organisation_id);
                let origin = Origin { row, place: named, organisation };
                new.extend(of_line(&outline, &beside, &origin, line)?);
                returns.insert((line.indicator_id, row.region, organisation), *row);
            }
            if let (Some(image), Some(indicator)) = (row.image, images.get(&row.project_id)) {
                let organisation = Some(row.organisation_id);
                let origin = Origin { row, place: named, organisation };
                new.extend(of_image(&outline, &beside, &origin, (*indicator, image))?);
                returns.insert((*indicator, row.region, organisation), *row);
            }
        }
        posted += entries::post(tx, &outline, event, new, digest).await?.entries;
        let marks: Vec<NewMark> = rows.iter().filter_map(|row| mark(row, batch.acts(row))).collect();
        if !marks.is_empty() {
            milestones::mark(tx, &outline, event, &marks).await?;
        }
        let written = entries::of_event(tx.on(), programme, event).await?;
        let hands: Vec<(Uuid, Vec<Hand>)> = written
            .iter()
            .filter_map(|entry| {
                let row = returns.get(&(entry.indicator_id, entry.region, entry.organisation_id))?;
                let office = office.get(&row.id).copied().unwrap_or_default();
                Some((entry.id, hands(tx, batch.acts(row), (&by.name, office))))
            })
            .collect();
        entries::name_hands(tx, &hands).await?;
    }
    Ok(posted)
}

fn of_line(outline: &Outline, beside: &Beside, origin: &Origin<'_>, line: &Line) -> Result<Option<NewEntry>> {
    let Some(indicator) = outline.indicator_by_id(line.indicator_id) else { return Ok(None) };
    let number = line.value.map(|value| Number {
        value: amount::from_stored(value),
        precision: Precision::from_code(line.precision_code).unwrap_or_default(),
    });
    let qualifier = Qualifier::parse_code(&line.qualifier).unwrap_or(Qualifier::Exact);
    let note = Some(line.reason.clone()).filter(|reason| !reason.is_empty());
    Ok(Some(entry(outline, beside, origin, indicator, (number, qualifier, &line.raw), note)?))
}

fn of_image(
    outline: &Outline,
    beside: &Beside,
    origin: &Origin<'_>,
    (indicator, image): (Uuid, i64),
) -> Result<Option<NewEntry>> {
    let Some(indicator) = outline.indicator_by_id(indicator) else { return Ok(None) };
    let value = amount::from_stored(image);
    let number = Some(Number { value, precision: Precision::of(value) });
    Ok(Some(entry(outline, beside, origin, indicator, (number, Qualifier::Exact, &value.to_string()), None)?))
}

fn entry(
    outline: &Outline,
    beside: &Beside,
    origin: &Origin<'_>,
    indicator: &Indicator,
    (number, qualifier, raw): (Option<Number>, Qualifier, &str),
    note: Option<String>,
) -> Result<NewEntry> {
    let Origin { row, place: named, organisation } = origin;
    let old = beside.at_cut_off(indicator.id, row, *organisation).map(|entry| entry.id);
    let project = outline.projects.iter().find(|project| project.id == row.project_id);
    let source = Source {
        document: None,
        external_id: None,
        sequence: 0,
        place: (*named).to_owned(),
        year: outline.programme.year,
        label: indicator.name.clone(),
        raw: raw.to_owned(),
        unit: indicator.unit.clone(),
        kind: indicator.kind.clone(),
        flow: indicator.accumulation.clone(),
        period_start: None,
        period_end: Some(row.cut_off),
        date_basis: DateBasis::Printed,
        parent: None,
        relation: None,
        area: project.map(|project| project.name.clone()).unwrap_or_default(),
        tie: false,
        breakdown: None,
        note,
        quote: None,
        reason: old.map(|_| Reason::SourceCorrected),
        reason_text: old.map(|_| "审核通过的填报取代同一截止日的原数".to_owned()),
    };
    Ok(NewEntry {
        indicator: indicator.id,
        region: place(row)?,
        organisation: *organisation,
        measure: Measure::Actual,
        as_of: Some(row.cut_off),
        effective_on: row.cut_off,
        number,
        qualifier,
        source: Some(source),
        supersedes: old,
        withdrawn: false,
    })
}

/// The milestone that a return says was reached, in the name of whoever handed it in.
fn mark(row: &Return, acts: &[Done]) -> Option<NewMark> {
    let submitted = acts.iter().rfind(|act| act.act == Act::Submit.code());
    Some(NewMark {
        milestone: row.stage?,
        region: place(row).ok()?,
        reached_on: row.reached_on?,
        by_name: submitted.map(|act| act.account_name.clone()).unwrap_or_default(),
        return_id: Some(row.id),
    })
}

/// Whose hands a return went through since it was last submitted, the approval being done included.
fn hands(tx: &Tx, acts: &[Done], (person, office): (&str, &str)) -> Vec<Hand> {
    let submitted = acts.iter().rposition(|act| act.act == Act::Submit.code()).unwrap_or(0);
    let hand = |act: &Done| {
        let what = match Act::parse(&act.act)? {
            Act::Submit => words::Act::Reported,
            Act::Pass => words::Act::Reviewed,
            _ => return None,
        };
        Some(Hand {
            act: what,
            person: act.account_name.clone(),
            organisation: act.organisation_name.clone(),
            at_ms: act.at_ms,
        })
    };
    let mut hands: Vec<Hand> = acts.iter().skip(submitted).filter_map(hand).collect();
    hands.push(Hand {
        act: words::Act::Approved,
        person: person.to_owned(),
        organisation: office.to_owned(),
        at_ms: tx.at_ms(),
    });
    hands
}
