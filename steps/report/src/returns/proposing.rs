//! Proposing a figure (登记册报数): what a register of the place counts goes into the draft of the return that owes it.
//!
//! A proposal is no report: the body looks at it, changes it or not, and hands it in; reviewers approve it. Where the figure
//! came from stands as the line's reason, which becomes the note of the ledger's entry, and as an act with who and when.
//! What the body has typed itself is never written over. Our own rule (D).

use chrono::NaiveDate;
use kernel::{Problem, RegionCode, Text};
use sea_orm::ConnectionTrait;
use store::{Result, Store};
use uuid::Uuid;

use super::batch::Batch;
use super::filling::{check, event, refuse_faults, today, written, written_lines};
use super::sight::content_of;
use super::{Line, Outcome, Return, missing, sign, stale};
use crate::by::By;
use crate::rules::lines::{LONGEST_REASON, Typed};
use crate::rules::moves::decide;
use crate::store as rows;
use crate::words::Act;

/// A figure for one line of a return.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// The return.
    pub id: Uuid,
    /// The indicator.
    pub indicator: Uuid,
    /// The figure, in the indicator's unit.
    pub figure: String,
    /// Where it comes from, in words.
    pub source: String,
}

/// A line of a return that is still being filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owing {
    /// The return.
    pub id: Uuid,
    /// The indicator.
    pub indicator: Uuid,
    /// The day up to which its figure counts.
    pub cut_off: NaiveDate,
    /// The body that owes it.
    pub organisation: Uuid,
    /// What stands there; empty for nothing.
    pub raw: String,
    /// Whether what stands there may be taken over: it is empty, or was proposed and not touched since.
    pub is_free: bool,
}

/// The lines at a place, in returns of these programmes, for which `by` may propose a figure now.
///
/// # Errors
/// When the database fails.
pub async fn owing<C: ConnectionTrait>(
    on: &C,
    by: &By,
    (programmes, place): (&[Uuid], RegionCode),
    today: NaiveDate,
) -> Result<Vec<Owing>> {
    let rounds: Vec<Uuid> = rows::rounds_of(on, programmes).await?.into_iter().map(|round| round.id).collect();
    let batch = Batch::of(on, rows::owed_at(on, &rounds, place).await?, today).await?;
    let mut owing = Vec::new();
    for row in &batch.returns {
        if decide(&batch.case(row)?, Act::Propose, by).is_err() {
            continue;
        }
        owing.extend(batch.lines(row).iter().map(|line| Owing {
            id: row.id,
            indicator: line.indicator_id,
            cut_off: row.cut_off,
            organisation: row.organisation_id,
            raw: line.raw.clone(),
            is_free: is_free(&batch, row, line),
        }));
    }
    Ok(owing)
}

/// Whether nothing stands in a line that its body wrote.
fn is_free(batch: &Batch, row: &Return, line: &Line) -> bool {
    let wrote = |act: &&super::Done| {
        matches!(Act::parse(&act.act), Some(Act::Save | Act::Submit | Act::Withdraw | Act::Propose))
    };
    let empty = line.raw.is_empty() && line.reason.is_empty();
    let last = batch.acts(row).iter().rfind(wrote);
    empty || last.is_some_and(|act| act.act == Act::Propose.code())
}

/// Writes a figure into the draft of a return, with where it comes from. The same proposal again does nothing.
///
/// # Errors
/// When `by` keeps no registers there, the round is not open, the return is handed in, its body has typed a figure of its
/// own, somebody else was faster, or the figure cannot be read.
pub async fn propose(store: &Store, by: &By, proposal: &Proposal) -> Result<Outcome> {
    let mut tx = store.begin(&by.actor()).await?;
    let today = today(&tx);
    let row = rows::lock(&tx, proposal.id).await?.ok_or_else(missing)?;
    rows::lock_round(&tx, row.round_id).await?;
    let batch = Batch::of(tx.on(), vec![row], today).await?;
    let row = &batch.returns[0];
    let next = batch.decide(row, Act::Propose, by)?;
    let line = batch.lines(row).iter().find(|line| line.indicator_id == proposal.indicator);
    let line = line.ok_or_else(|| Problem::not_found("这份填报里没有这个指标", "The return has no such indicator"))?;
    let source: String = proposal.source.chars().take(LONGEST_REASON).collect();
    if line.raw == proposal.figure && line.reason == source {
        let outcome = Outcome { id: row.id, version: row.version, state: row.state(), flags: line.flags() };
        tx.abandon().await?;
        return Ok(outcome);
    }
    if !is_free(&batch, row, line) {
        let held = if line.raw.is_empty() { &line.reason } else { &line.raw };
        return Err(Problem::conflict(
            format!("责任单位已经填了“{held}”，没有改动；数字不一致的，请与其核对"),
            format!("the body has typed “{held}”, which was not touched: compare with it"),
        )
        .into());
    }
    let mut content = content_of(&batch, row);
    content.lines.insert(proposal.indicator, Typed { raw: proposal.figure.clone(), reason: source.clone() });
    let contents = [(row.id, content.clone())].into();
    let mut checked = check(tx.on(), &batch, &contents).await?;
    let checked = checked.remove(&row.id).unwrap_or_default();
    if let Some(fault) = checked.judged.get(&proposal.indicator).filter(|line| line.number.is_none()) {
        let why = fault.faults.first().map_or_else(|| Text::new("", ""), |fault| fault.text.clone());
        return Err(Problem::invalid(
            format!("登记册得出的“{}”不能填入：{}", proposal.figure, why.zh),
            format!("“{}” of the register cannot be filled in: {}", proposal.figure, why.en),
        )
        .into());
    }
    refuse_faults(&batch, &[(row.id, checked.clone())].into(), Act::Propose)?;
    let flags = checked.all_flags();
    let now = written(&tx, row, &content, (&checked, flags.len()), (&next, Act::Propose), by);
    if !rows::change(&tx, row, rows::Change::Content(Box::new(now))).await? {
        return Err(stale().into());
    }
    rows::write_lines(&tx, written_lines(&batch, row, &content, &checked)?).await?;
    let name = batch.outline(row)?.indicator_by_id(proposal.indicator).map(|row| row.name.clone()).unwrap_or_default();
    let told = format!("{name} {}：{source}", proposal.figure);
    rows::add_acts(&tx, by, &sign(tx.on(), &batch, by, &[Act::Propose]).await?, &told).await?;
    tx.record(event("returns.proposed", &batch)).await?;
    tx.commit().await?;
    Ok(Outcome { id: proposal.id, version: batch.returns[0].version + 1, state: next.state, flags })
}
