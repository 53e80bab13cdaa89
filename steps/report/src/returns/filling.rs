//! Filling in: drafts that may be unfinished, and submissions that may not.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use files::Kept;
use files::store::Subject;
use kernel::clock::china_time;
use kernel::{Problem, ProblemKind, RegionCode, Text};
use sea_orm::ConnectionTrait;
use serde_json::json;
use store::audit::Event;
use store::{Result, Store, Tx, amount};
use uuid::Uuid;

use super::batch::{Batch, Beside};
use super::{Content, Filling, Line, Outcome, Return, missing, sign, stale};
use crate::by::By;
use crate::rules::lines::{self, Flag, Judged, LineField, Typed};
use crate::store as rows;
use crate::words::{Act, Cause, FlagKind, State};

/// The longest text of a field, in characters.
const LONGEST: usize = 2_000;

/// Returns that one call takes.
const MOST: usize = 2_000;

/// Something that is wrong with what was filled in, at a field of the form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Faulty {
    /// The field: `raw-12` and `reason-12` for indicator 12, else `image`, `stage`, `reached_on`, `places`, `problem`,
    /// `cause`.
    pub(crate) field: String,
    /// What is wrong and what to do.
    pub(crate) text: Text,
    /// Whether not even a draft can hold it.
    pub(crate) grave: bool,
    /// Whether something was typed that is no figure.
    pub(crate) unreadable: bool,
}

/// What was found in a content.
#[derive(Clone, Debug, Default)]
pub(crate) struct Checked {
    /// By line.
    pub(crate) judged: BTreeMap<Uuid, Judged>,
    /// What keeps it from being submitted.
    pub(crate) faults: Vec<Faulty>,
    /// What a reviewer should look at beside the lines' own flags.
    pub(crate) flags: Vec<Flag>,
    image: Option<i64>,
}

impl Checked {
    /// Every flag, those of lines first.
    pub(crate) fn all_flags(&self) -> Vec<Flag> {
        self.judged.values().flat_map(|judged| judged.flags.clone()).chain(self.flags.clone()).collect()
    }
}

/// Judges what is filled in as submitting would, and writes nothing.
///
/// # Errors
/// When the database fails.
pub(crate) async fn check<C: ConnectionTrait>(
    on: &C,
    batch: &Batch,
    contents: &HashMap<Uuid, Content>,
) -> Result<HashMap<Uuid, Checked>> {
    let beside = batch.beside(on).await?;
    let mut checked = HashMap::with_capacity(batch.returns.len());
    for row in &batch.returns {
        if let Some(content) = contents.get(&row.id) {
            checked.insert(row.id, check_one(batch, &beside, row, content)?);
        }
    }
    Ok(checked)
}

fn check_one(batch: &Batch, beside: &Beside, row: &Return, content: &Content) -> Result<Checked> {
    let outline = batch.outline(row)?;
    let rules = ledger::rules::rule_set(outline.region(), outline.programme.year);
    let asked = batch.asked(row, beside)?;
    let typed = merged(batch.lines(row), content);
    let mut checked = Checked { judged: lines::judge(&asked, &typed, &rules.peers.says), ..Checked::default() };
    for fault in checked.judged.values().flat_map(|judged| &judged.faults) {
        let number = outline.indicator_by_id(fault.indicator).map_or(0, |row| row.number);
        let (field, grave) = match fault.field {
            LineField::Raw => (format!("raw-{number}"), false),
            LineField::Reason => (format!("reason-{number}"), fault.text.zh.starts_with("说明最多")),
        };
        let of_line = checked.judged.get(&fault.indicator);
        let empty = typed.get(&fault.indicator).is_none_or(|typed| typed.raw.is_empty());
        let unreadable = fault.field == LineField::Raw && !empty && of_line.is_none_or(|line| line.number.is_none());
        checked.faults.push(Faulty { field, text: fault.text.clone(), grave, unreadable });
    }
    let mut fault = |field: &str, grave: bool, zh: &str, en: &str| {
        checked.faults.push(Faulty { field: field.to_owned(), text: Text::new(zh, en), grave, unreadable: false });
    };
    for (field, text) in [("places", &content.places), ("problem", &content.problem)] {
        if text.chars().count() > LONGEST {
            fault(field, true, "最多 2000 字", "At most 2,000 characters");
        }
    }
    match (content.problem.trim().is_empty(), content.cause) {
        (false, None) => fault("cause", false, "请选择问题原因", "Choose the cause of the problem"),
        (true, Some(_)) => {
            fault("problem", false, "选了原因，请写明具体问题", "A cause is chosen: say what the problem is")
        }
        _ => {}
    }
    let planned = batch.milestones(row)?;
    match (content.stage, content.reached_on) {
        (Some(stage), _) if planned.iter().all(|one| one.id != stage) => {
            fault(
                "stage",
                false,
                "这个节点不在本地的计划中，请重新选择",
                "It is not planned at this place: choose again",
            );
        }
        (Some(_), None) => fault("reached_on", false, "请填写达到这一节点的日期", "Say on which day it was reached"),
        (None, Some(_)) => fault("stage", false, "请选择达到的节点", "Choose the milestone that was reached"),
        (Some(_), Some(day)) if day > row.cut_off => fault(
            "reached_on",
            false,
            "节点达到日期晚于本期截止日，请放到下一期填报",
            "It was reached after the cut-off: report it next time",
        ),
        _ => {}
    }
    match lines::image(&content.image) {
        Err(text) => checked.faults.push(Faulty { field: "image".to_owned(), text, grave: true, unreadable: true }),
        Ok(image) => checked.image = image.map(amount::to_stored).transpose()?,
    }
    if let (Some(now), Some(before)) = (checked.image, batch.last_image(row, beside))
        && now < before
    {
        let before = amount::from_stored(before);
        checked.flags.push(Flag {
            kind: FlagKind::ImageFalls,
            text: Text::new(
                format!("形象进度低于上期的 {before}%"),
                format!("Image progress below the last {before}%"),
            ),
        });
    }
    Ok(checked)
}

/// What the lines hold once `content` is taken over.
fn merged(lines: &[Line], content: &Content) -> BTreeMap<Uuid, Typed> {
    let held = |line: &Line| Typed { raw: line.raw.clone(), reason: line.reason.clone() };
    let typed = |line: &Line| content.lines.get(&line.indicator_id).cloned().unwrap_or_else(|| held(line));
    lines.iter().map(|line| (line.indicator_id, trimmed(typed(line)))).collect()
}

fn trimmed(typed: Typed) -> Typed {
    Typed { raw: typed.raw.trim().to_owned(), reason: typed.reason.trim().to_owned() }
}

/// Keeps what was filled in so far; figures may be missing or unreadable.
///
/// # Errors
/// When `by` may not fill in one of them, its round is not open, somebody else was faster, or a text cannot be kept.
pub async fn save(store: &Store, by: &By, fillings: &[Filling]) -> Result<Vec<Outcome>> {
    fill(store, by, fillings, Act::Save, &[]).await
}

/// Hands in what was filled in. The same content again does nothing, so that a second click is no error.
///
/// # Errors
/// As [`save`], and when something is missing or wrong: each fault stands at its field.
pub async fn submit(store: &Store, by: &By, fillings: &[Filling]) -> Result<Vec<Outcome>> {
    fill(store, by, fillings, Act::Submit, &[]).await
}

/// As [`save`] or [`submit`], with files that prove the first of the returns, all in one write.
///
/// # Errors
/// As [`submit`].
pub(crate) async fn fill(
    store: &Store,
    by: &By,
    fillings: &[Filling],
    act: Act,
    kept: &[Kept],
) -> Result<Vec<Outcome>> {
    bounded(fillings.len())?;
    match fill_once(store, by, fillings, act, kept).await {
        // Whoever was faster may have been ourselves, by a second click: the second look tells.
        Err(error) if is_conflict(&error) => fill_once(store, by, fillings, act, kept).await,
        other => other,
    }
}

fn is_conflict(error: &store::Error) -> bool {
    error.problem().is_some_and(|problem| problem.kind == ProblemKind::Conflict)
}

async fn fill_once(store: &Store, by: &By, fillings: &[Filling], act: Act, kept: &[Kept]) -> Result<Vec<Outcome>> {
    let mut tx = store.begin(&by.actor()).await?;
    if let Some(outcomes) = fill_in(&mut tx, by, fillings, act).await? {
        attach(&mut tx, by, fillings, kept).await?;
        tx.commit().await?;
        return Ok(outcomes);
    }
    // The content is there already. A file that is not must not get lost behind a friendly answer.
    let there = attached(&tx, by, fillings, kept).await?;
    tx.abandon().await?;
    if there { as_it_stands(store, fillings).await } else { Err(stale().into()) }
}

async fn attach(tx: &mut Tx, by: &By, fillings: &[Filling], kept: &[Kept]) -> Result<()> {
    let (Some(first), false) = (fillings.first(), kept.is_empty()) else { return Ok(()) };
    let row = rows::find(tx.on(), first.id).await?.ok_or_else(missing)?;
    let programme = ledger::programmes::with_key(tx.on(), row.programme_id).await?.ok_or_else(missing)?;
    let subject = Subject {
        programme: programme.id,
        region: RegionCode::from_stored(programme.region).ok_or_else(missing)?,
        kind: super::page::SUBJECT,
        id: row.id,
        public: false,
    };
    for file in kept {
        files::store::attach(tx, &subject, file, "", &by.name).await?;
    }
    Ok(())
}

/// Whether every one of `kept` was handed in by the same person before.
async fn attached(tx: &Tx, by: &By, fillings: &[Filling], kept: &[Kept]) -> Result<bool> {
    let (Some(first), false) = (fillings.first(), kept.is_empty()) else { return Ok(true) };
    let held = files::store::of_subjects(tx.on(), super::page::SUBJECT, &[first.id]).await?;
    let is_held = |file: &Kept| held.iter().any(|one| one.sm3 == file.sm3 && one.uploaded_by == Some(by.account));
    Ok(kept.iter().all(is_held))
}

/// Takes a file back from a return that its body may still write; what was handed in keeps what proves it.
///
/// # Errors
/// When `by` may not write it now, or the file is not there any more.
pub(crate) async fn take_file_back(store: &Store, by: &By, id: Uuid, file: Uuid) -> Result<()> {
    let mut tx = store.begin(&by.actor()).await?;
    let today = today(&tx);
    // Whoever submits it at this moment comes before us or after us.
    let row = rows::lock(&tx, id).await?.ok_or_else(missing)?;
    rows::lock_round(&tx, row.round_id).await?;
    let batch = Batch::of(tx.on(), vec![row], today).await?;
    batch.decide(&batch.returns[0], Act::Save, by)?;
    let held = files::store::of_subjects(tx.on(), super::page::SUBJECT, &[id]).await?;
    if !held.iter().any(|one| one.id == file) {
        return Err(Problem::not_found("没有这份材料，或已被撤下", "There is no such file, or it was removed").into());
    }
    files::store::remove(&mut tx, file).await?;
    tx.commit().await
}

pub(super) fn today(tx: &Tx) -> NaiveDate {
    china_time(tx.at_ms()).map(|time| time.date_naive()).unwrap_or_default()
}

/// Fills in within the caller's transaction; `None` when all of it is there already.
pub(crate) async fn fill_in(tx: &mut Tx, by: &By, fillings: &[Filling], act: Act) -> Result<Option<Vec<Outcome>>> {
    let today = today(tx);
    let ids: Vec<Uuid> = fillings.iter().map(|filling| filling.id).collect();
    // A round is held open while it is being filled in: closing it waits for us, or we see that it is closed.
    let mut rounds: Vec<Uuid> = rows::with_keys(tx.on(), &ids).await?.iter().map(|row| row.round_id).collect();
    rounds.sort_unstable();
    rounds.dedup();
    for round in rounds {
        rows::lock_round(tx, round).await?;
    }
    let batch = Batch::load(tx.on(), &ids, today).await?;
    if batch.returns.iter().zip(fillings).all(|(row, filling)| is_there(&batch, row, filling, by, act)) {
        return Ok(None);
    }
    let mut next = HashMap::with_capacity(fillings.len());
    for (row, filling) in batch.returns.iter().zip(fillings) {
        next.insert(row.id, batch.decide(row, act, by)?);
        if row.version != filling.version {
            return Err(batch.told(row, stale()).into());
        }
    }
    let contents: HashMap<Uuid, Content> =
        fillings.iter().map(|filling| (filling.id, filling.content.clone())).collect();
    let checked = check(tx.on(), &batch, &contents).await?;
    refuse_faults(&batch, &checked, act)?;
    let (mut lines, mut outcomes) = (Vec::new(), Vec::with_capacity(fillings.len()));
    for (row, filling) in batch.returns.iter().zip(fillings) {
        let (Some(checked), Some(next)) = (checked.get(&row.id), next.get(&row.id)) else { continue };
        let flags = checked.all_flags();
        let now = written(tx, row, &filling.content, (checked, flags.len()), (next, act), by);
        if !rows::change(tx, row, rows::Change::Content(Box::new(now))).await? {
            return Err(batch.told(row, stale()).into());
        }
        lines.extend(written_lines(&batch, row, &filling.content, checked)?);
        outcomes.push(Outcome { id: row.id, version: row.version + 1, state: next.state, flags });
    }
    rows::write_lines(tx, lines).await?;
    let signed = sign(tx.on(), &batch, by, &vec![act; batch.returns.len()]).await?;
    rows::add_acts(tx, by, &signed, "").await?;
    let action = if act == Act::Submit { "returns.submitted" } else { "returns.saved" };
    tx.record(event(action, &batch)).await?;
    Ok(Some(outcomes))
}

/// An event about a batch: the return when it is one, the round when they are several.
pub(super) fn event(action: &'static str, batch: &Batch) -> Event {
    let some: Vec<Uuid> = batch.returns.iter().take(50).map(|row| row.id).collect();
    let detail = json!({ "returns": batch.returns.len(), "ids": some });
    match batch.returns.as_slice() {
        [one] => Event::new(action, "return", one.id, detail),
        rows => Event::new(action, "round", rows.first().map(|row| row.round_id).unwrap_or_default(), detail),
    }
}

/// Refuses more at once than one transaction should hold.
pub(super) fn bounded(count: usize) -> Result<()> {
    match count {
        0 => Err(Problem::invalid("请至少选择一份填报", "Choose at least one return").into()),
        1..=MOST => Ok(()),
        _ => Err(Problem::new(
            ProblemKind::TooLarge,
            format!("一次最多处理 {MOST} 份填报，请分批操作"),
            format!("At most {MOST} returns at once: do it in parts"),
        )
        .into()),
    }
}

/// Whether this very content was written by the same person since: a second click, or an answer that was lost.
fn is_there(batch: &Batch, row: &Return, filling: &Filling, by: &By, act: Act) -> bool {
    let state = match act {
        Act::Submit => row.state() == State::Submitted && row.level == 0,
        _ => matches!(row.state(), State::Draft | State::Returned),
    };
    let Content { stage, reached_on, places, problem, cause, image, .. } = &filling.content;
    let same_lines = merged(batch.lines(row), &filling.content).iter().all(|(id, typed)| {
        batch
            .lines(row)
            .iter()
            .any(|line| line.indicator_id == *id && line.raw == typed.raw && line.reason == typed.reason)
    });
    let image = lines::image(image).ok().flatten().and_then(|image| amount::to_stored(image).ok());
    state
        && row.version == filling.version + 1
        && row.filled_by == Some(by.account)
        && same_lines
        && row.image == image
        && (row.stage, row.reached_on) == (*stage, *reached_on)
        && (row.places.as_str(), row.problem.as_str()) == (places.trim(), problem.trim())
        && row.cause.as_deref() == cause.map(Cause::code)
}

async fn as_it_stands(store: &Store, fillings: &[Filling]) -> Result<Vec<Outcome>> {
    let ids: Vec<Uuid> = fillings.iter().map(|filling| filling.id).collect();
    let lines = rows::lines_of(store.reader(), &ids).await?;
    let found = rows::with_keys(store.reader(), &ids).await?;
    let outcome = |id: &Uuid| {
        let row = found.iter().find(|row| row.id == *id).ok_or_else(missing)?;
        let flags = lines.get(id).into_iter().flatten().flat_map(Line::flags).collect();
        Ok(Outcome { id: *id, version: row.version, state: row.state(), flags })
    };
    ids.iter().map(outcome).collect()
}

/// A draft holds nearly everything; what is submitted has no fault.
pub(super) fn refuse_faults(batch: &Batch, checked: &HashMap<Uuid, Checked>, act: Act) -> Result<()> {
    let mut problem = match act {
        Act::Submit => {
            Problem::invalid("还有内容需要修改，没有提交", "Something must be mended first; nothing was submitted")
        }
        _ => Problem::invalid("有内容无法保存，请修改后再存", "Something cannot be kept: mend it and save again"),
    };
    for row in &batch.returns {
        let Some(checked) = checked.get(&row.id) else { continue };
        for faulty in checked.faults.iter().filter(|faulty| act == Act::Submit || faulty.grave) {
            let at = Text::new(&faulty.field, &faulty.field);
            let at = if batch.returns.len() > 1 { super::about(&batch.name(row), &at) } else { at };
            problem = problem.at(at, faulty.text.clone());
        }
    }
    if problem.places.is_empty() { Ok(()) } else { Err(problem.into()) }
}

pub(super) fn written(
    tx: &Tx,
    row: &Return,
    content: &Content,
    (checked, flags): (&Checked, usize),
    (next, act): (&crate::rules::moves::Next, Act),
    by: &By,
) -> Return {
    let submitted = (act == Act::Submit).then(|| tx.at_ms());
    Return {
        state: next.state.code().to_owned(),
        level: i16::try_from(next.level).unwrap_or(0),
        awaits: next.awaits.map(RegionCode::stored),
        stage: content.stage,
        reached_on: content.reached_on,
        image: checked.image,
        places: content.places.trim().to_owned(),
        problem: content.problem.trim().to_owned(),
        cause: content.cause.map(|cause| cause.code().to_owned()),
        filled_by: Some(by.account),
        first_submitted_ms: row.first_submitted_ms.or(submitted),
        submitted_ms: submitted.or(row.submitted_ms),
        flags: i32::try_from(flags).unwrap_or(i32::MAX),
        ..row.clone()
    }
}

pub(super) fn written_lines(batch: &Batch, row: &Return, content: &Content, checked: &Checked) -> Result<Vec<Line>> {
    let typed = merged(batch.lines(row), content);
    let mut lines = Vec::with_capacity(typed.len());
    for line in batch.lines(row) {
        let (Some(typed), Some(judged)) = (typed.get(&line.indicator_id), checked.judged.get(&line.indicator_id))
        else {
            continue;
        };
        lines.push(Line {
            raw: typed.raw.clone(),
            reason: typed.reason.clone(),
            value: judged.number.map(|number| amount::to_stored(number.value)).transpose()?,
            precision_code: judged.number.map_or(0, |number| number.precision.to_code()),
            qualifier: judged.qualifier.unwrap_or(figures::Qualifier::Exact).code().to_owned(),
            flags: serde_json::to_string(&judged.flags).unwrap_or_else(|_| "[]".to_owned()),
            ..line.clone()
        });
    }
    Ok(lines)
}
