//! Review: pass on, approve into the ledger, send back; and what the office and the body may do besides.

use chrono::NaiveDate;
use kernel::clock::china_time;
use kernel::{Problem, RegionCode};
use serde_json::json;
use store::audit::{Event, RowDigest};
use store::{Result, Store, Tx};
use uuid::Uuid;

use super::batch::Batch;
use super::filling::{bounded, event};
use super::{Outcome, Return, Signed, posting, sign, stale};
use crate::by::By;
use crate::rules::moves::Next;
use crate::rules::window::correctable;
use crate::store as rows;
use crate::words::{Act, State};

/// Days that a body has at least to correct what was sent back (certainty D).
pub const CORRECTION_DAYS: u64 = 3;

/// The longest reason, in characters.
const LONGEST_REASON: usize = 500;

/// A return as somebody has read it: its key and version.
pub type Read = (Uuid, i32);

/// Takes back what was submitted, as long as nobody has passed it.
///
/// # Errors
/// When `by` does not act for the body, a review has been passed, the round has closed, or somebody else was faster.
pub async fn withdraw(store: &Store, by: &By, returns: &[Read]) -> Result<Vec<Outcome>> {
    bounded(returns.len())?;
    let mut tx = store.begin(&by.actor()).await?;
    let batch = load(&tx, returns).await?;
    let acts = vec![Act::Withdraw; batch.returns.len()];
    let outcomes = move_on(&tx, &batch, by, returns, ("", &acts)).await?;
    tx.record(event("returns.withdrawn", &batch)).await?;
    tx.commit().await?;
    Ok(outcomes)
}

/// Passes each return on to its next desk or, at the last one, approves it: its figures become entries of the ledger.
///
/// # Errors
/// When `by` does not review there, wrote or reviewed it already, or somebody else was faster; nothing is done then.
pub async fn pass_or_approve(store: &Store, by: &By, returns: &[Read]) -> Result<Vec<Outcome>> {
    bounded(returns.len())?;
    let mut tx = store.begin(&by.actor()).await?;
    let batch = load(&tx, returns).await?;
    let acts = batch.returns.iter().map(|row| Ok(batch.case(row)?.review())).collect::<Result<Vec<Act>>>()?;
    let outcomes = move_on(&tx, &batch, by, returns, ("", &acts)).await?;
    let signed = sign(tx.on(), &batch, by, &acts).await?;
    let approved: Vec<Signed<'_>> = signed
        .into_iter()
        .zip(&outcomes)
        .filter(|(_, outcome)| outcome.state == State::Approved)
        .map(|(signed, _)| signed)
        .collect();
    if approved.is_empty() {
        tx.record(event("returns.passed", &batch)).await?;
    } else {
        let mut event = event("returns.approved", &batch);
        let mut digest = RowDigest::default();
        let posted = posting::post(&mut tx, &batch, &approved, by, event.id, &mut digest).await?;
        event.detail["approved"] = json!(approved.len());
        event.detail["rows"] = json!(posted);
        event.detail["digest"] = json!(digest.finish());
        event.detail["hands"] = json!(ledger::entries::hands_digest(tx.on(), event.id).await?);
        tx.record(event).await?;
    }
    tx.commit().await?;
    Ok(outcomes)
}

/// Sends returns back with a reason. Whenever the round closes, the body gets [`CORRECTION_DAYS`] to correct.
///
/// # Errors
/// When the reason is missing, `by` does not review there or wrote it, or somebody else was faster.
pub async fn send_back(store: &Store, by: &By, returns: &[Read], reason: &str) -> Result<Vec<Outcome>> {
    bounded(returns.len())?;
    let reason = needed_reason(reason)?;
    let mut tx = store.begin(&by.actor()).await?;
    let batch = load(&tx, returns).await?;
    let acts = vec![Act::SendBack; batch.returns.len()];
    let outcomes = move_on(&tx, &batch, by, returns, (reason, &acts)).await?;
    let mut event = event("returns.sent_back", &batch);
    event.detail["reason"] = json!(reason);
    tx.record(event).await?;
    tx.commit().await?;
    Ok(outcomes)
}

/// Lets these returns come in until the day `until` though their round has closed; says how many are still owed.
///
/// # Errors
/// When `by` does not run the programme's rounds, the reason is missing, the day has passed, or none is owed any more.
pub async fn allow_late(store: &Store, by: &By, returns: &[Uuid], until: NaiveDate, reason: &str) -> Result<u64> {
    bounded(returns.len())?;
    let reason = needed_reason(reason)?;
    let mut tx = store.begin(&by.actor()).await?;
    let today = day_of(&tx);
    if until < today || (until - today).num_days() > 366 {
        return Err(Problem::field("until", "补报期限应在今天之后一年以内", "From today on, within a year").into());
    }
    let batch = Batch::load(tx.on(), returns, today).await?;
    for row in &batch.returns {
        batch.decide(row, Act::AllowLate, by)?;
    }
    let allowed = rows::allow_late(&tx, returns, until).await?;
    if allowed != batch.returns.len() as u64 {
        return Err(stale().into());
    }
    let signed = sign(tx.on(), &batch, by, &vec![Act::AllowLate; batch.returns.len()]).await?;
    rows::add_acts(&tx, by, &signed, &format!("{until}：{reason}")).await?;
    let mut event: Event = event("returns.late_allowed", &batch);
    event.detail["until"] = json!(until);
    event.detail["reason"] = json!(reason);
    tx.record(event).await?;
    tx.commit().await?;
    Ok(allowed)
}

async fn load(tx: &Tx, returns: &[Read]) -> Result<Batch> {
    let ids: Vec<Uuid> = returns.iter().map(|(id, _)| *id).collect();
    Batch::load(tx.on(), &ids, day_of(tx)).await
}

fn day_of(tx: &Tx) -> NaiveDate {
    china_time(tx.at_ms()).map(|time| time.date_naive()).unwrap_or_default()
}

/// Moves each return by its act, and writes it down.
async fn move_on(
    tx: &Tx,
    batch: &Batch,
    by: &By,
    read: &[Read],
    (reason, acts): (&str, &[Act]),
) -> Result<Vec<Outcome>> {
    let mut outcomes = Vec::with_capacity(read.len());
    for (row, act) in batch.returns.iter().zip(acts.iter().copied()) {
        let Next { state, level, awaits } = batch.decide(row, act, by)?;
        let version = read.iter().find(|(id, _)| *id == row.id).map(|(_, version)| *version);
        let change = rows::Change::State {
            state,
            level: i16::try_from(level).unwrap_or(0),
            awaits: awaits.map(RegionCode::stored),
            late_until: late_until(tx, batch, row, act)?,
        };
        if version != Some(row.version) || !rows::change(tx, row, change).await? {
            return Err(batch.told(row, stale()).into());
        }
        outcomes.push(Outcome { id: row.id, version: row.version + 1, state, flags: Vec::new() });
    }
    rows::add_acts(tx, by, &sign(tx.on(), batch, by, acts).await?, reason).await?;
    Ok(outcomes)
}

/// Until when the return is taken after `act`: what is sent back must be correctable.
fn late_until(tx: &Tx, batch: &Batch, row: &Return, act: Act) -> Result<Option<NaiveDate>> {
    if act != Act::SendBack {
        return Ok(row.late_until);
    }
    Ok(correctable(batch.round(row)?.span(), row.late_until, day_of(tx), CORRECTION_DAYS))
}

fn needed_reason(reason: &str) -> Result<&str> {
    let reason = reason.trim();
    match reason.chars().count() {
        0 => Err(Problem::field("reason", "请写明理由", "Say why").into()),
        1..=LONGEST_REASON => Ok(reason),
        _ => Err(Problem::field(
            "reason",
            format!("理由最多 {LONGEST_REASON} 字"),
            format!("At most {LONGEST_REASON} characters"),
        )
        .into()),
    }
}
