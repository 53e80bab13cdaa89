//! A visit with what it found, and what is done about a finding.

use chrono::NaiveDate;
use files::Kept;
use files::store::Subject;
use kernel::calendar::Calendar;
use kernel::clock::china_time;
use kernel::{Problem, RegionCode};
use ledger::programmes::Outline;
use sea_orm::ActiveValue::Set;
use serde_json::json;
use store::audit::Event;
use store::{Actor, Result, Store, Tx};
use uuid::Uuid;

use super::LONGEST_TEXT;
use crate::orders::{By, written};
use crate::rules::findings::next;
use crate::rules::ladder::{check_due, due};
use crate::store::inspections as rows;
use crate::tables::finding_acts::Model as ActRow;
use crate::tables::findings::{ActiveModel, Model as Finding};
use crate::tables::inspections::Model as Inspection;
use crate::tables::visits::Model as Visit;
use crate::words::{FindingAct, FindingState, Party};

/// What evidence of an act about a finding, or of a visit, is attached to.
pub(crate) const EVIDENCE: &str = "finding_act";

/// The word of the first act, which makes the finding.
const NOTE: &str = "note";

/// A visit.
#[derive(Clone, Debug)]
pub struct NewVisit {
    /// When.
    pub visited_on: NaiveDate,
    /// How many people went.
    pub people: i32,
    /// Where, in words.
    pub place: String,
    /// What was seen.
    pub summary: String,
    /// What is to be mended.
    pub findings: Vec<NewFinding>,
    /// Files that show it; they belong to the first finding.
    pub evidence: Vec<Kept>,
}

/// Something to be mended.
#[derive(Clone, Debug)]
pub struct NewFinding {
    /// The project.
    pub project: Uuid,
    /// The place.
    pub region: RegionCode,
    /// Who has to mend it.
    pub organisation: Uuid,
    /// What was found.
    pub text: String,
    /// What is demanded.
    pub demand: String,
    /// The last day; by rule when `None`.
    pub due_on: Option<NaiveDate>,
}

/// Notes a visit of an inspection with everything that it found.
///
/// # Errors
/// Problems of the fields; a conflict when the inspection was called off.
pub async fn visit(
    store: &Store,
    actor: &Actor,
    by: &By,
    outline: &Outline,
    inspection: &Inspection,
    new: &NewVisit,
) -> Result<(Visit, Vec<Finding>)> {
    let place = written("place", &new.place, LONGEST_TEXT)?;
    let summary = written("summary", &new.summary, LONGEST_TEXT)?;
    let mut tx = store.begin(actor).await?;
    let today = day_of(&tx);
    if new.visited_on > today {
        return Err(Problem::field("visited_on", "走访日期不能晚于今天", "A visit cannot lie in the future").into());
    }
    if !(1..=500).contains(&new.people) {
        return Err(Problem::field("people", "请填写走访人数，1 至 500", "Give how many went, 1 to 500").into());
    }
    let standing = rows::find(tx.on(), inspection.id).await?;
    if standing.is_none_or(|row| row.dropped_ms.is_some()) {
        return Err(Problem::conflict("这项督查刚刚已取消", "This inspection has just been called off").into());
    }
    let row = Visit {
        id: Uuid::now_v7(),
        programme_id: outline.programme.id,
        inspection_id: inspection.id,
        visited_on: new.visited_on,
        people: new.people,
        place,
        summary,
        noted_ms: tx.at_ms(),
        noted_by_name: by.name.clone(),
    };
    rows::add_visit(&tx, row.clone()).await?;
    let mut findings = Vec::with_capacity(new.findings.len());
    for (at, finding) in new.findings.iter().enumerate() {
        let evidence = if at == 0 { new.evidence.as_slice() } else { &[] };
        findings.push(note(&mut tx, by, outline, &row, finding, evidence).await?);
    }
    let detail = json!({ "name": inspection.title, "visited_on": row.visited_on, "findings": findings.len() });
    tx.record(Event::new("visit.noted", "visit", row.id, detail)).await?;
    tx.commit().await?;
    Ok((row, findings))
}

/// Notes one more finding of a visit.
///
/// # Errors
/// Problems of the fields.
pub async fn add_finding(
    store: &Store,
    actor: &Actor,
    by: &By,
    outline: &Outline,
    visit: &Visit,
    new: &NewFinding,
    evidence: &[Kept],
) -> Result<Finding> {
    let mut tx = store.begin(actor).await?;
    let finding = note(&mut tx, by, outline, visit, new, evidence).await?;
    tx.commit().await?;
    Ok(finding)
}

async fn note(
    tx: &mut Tx,
    by: &By,
    outline: &Outline,
    visit: &Visit,
    new: &NewFinding,
    evidence: &[Kept],
) -> Result<Finding> {
    let text = written("text", &new.text, LONGEST_TEXT)?;
    let demand = written("demand", &new.demand, LONGEST_TEXT)?;
    if outline.projects.iter().all(|project| project.id != new.project) {
        return Err(Problem::field("project", "请选择本方案的项目", "Choose a project of this programme").into());
    }
    if !outline.region().contains(new.region) {
        return Err(
            Problem::field("region", "所选地方不在本方案范围内", "The place lies outside the programme's").into()
        );
    }
    let bodies = people::store::organisations::with_keys(tx.on(), &[new.organisation]).await?;
    if bodies.is_empty() {
        return Err(Problem::field("organisation", "请选择责任单位", "Choose the body that has to mend it").into());
    }
    let today = day_of(tx);
    let calendar = Calendar::shipped();
    let rules = ledger::rules::rule_set(outline.region(), outline.programme.year);
    let due_on = match new.due_on {
        Some(day) => {
            check_due(day, today, calendar)?;
            day
        }
        None => due(rules.closing.says.mend, today, calendar),
    };
    let row = Finding {
        id: Uuid::now_v7(),
        programme_id: outline.programme.id,
        inspection_id: visit.inspection_id,
        visit_id: visit.id,
        project_id: new.project,
        region: new.region.stored(),
        organisation_id: new.organisation,
        text,
        demand,
        due_on,
        state: FindingState::Open.code().to_owned(),
        noted_ms: tx.at_ms(),
        noted_by: by.account,
        noted_by_name: by.name.clone(),
        version: 1,
    };
    rows::add_finding(tx, row.clone()).await?;
    add_act(tx, by, &row, NOTE, false, String::new(), evidence).await?;
    let detail = json!({ "name": row.text, "due_on": row.due_on, "organisation": row.organisation_id });
    tx.record(Event::new("finding.noted", "finding", row.id, detail)).await?;
    Ok(row)
}

/// What is done about a finding.
#[derive(Clone, Debug)]
pub struct FindingDeed {
    /// What.
    pub act: FindingAct,
    /// In words.
    pub text: String,
    /// Files that show it; needed to say that it is mended.
    pub evidence: Vec<Kept>,
}

/// Acts on the finding that stood at `version` when it was read.
///
/// # Errors
/// Problems of the fields `text` and `evidence`; forbidden; a conflict when somebody else was faster.
pub async fn act(
    store: &Store,
    actor: &Actor,
    by: &By,
    parties: &[Party],
    (id, version): (Uuid, i32),
    deed: &FindingDeed,
) -> Result<Finding> {
    let mut tx = store.begin(actor).await?;
    let missing = || Problem::not_found("没有这条问题", "There is no such finding");
    let finding = rows::finding(tx.on(), id).await?.ok_or_else(missing)?;
    let to = next(finding.state(), deed.act, parties)?;
    let overtaken = || {
        Problem::conflict(
            "这条问题刚刚已由他人办理，您填写的内容没有提交，请核对后再处理",
            "Somebody else has just acted on this finding; what you typed was not sent: compare and decide",
        )
    };
    if finding.version != version {
        return Err(overtaken().into());
    }
    let text = written("text", &deed.text, LONGEST_TEXT)?;
    if deed.act == FindingAct::Mend && deed.evidence.is_empty() {
        let (zh, en) = ("整改反馈须附佐证材料", "Saying that it is mended takes evidence");
        return Err(Problem::field("evidence", zh, en).into());
    }
    let today = day_of(&tx);
    let rules = ledger::rules::rule_set(finding.region(), chrono::Datelike::year(&today));
    let due_on = match deed.act {
        FindingAct::Fail => due(rules.closing.says.mend, today, Calendar::shipped()),
        FindingAct::Mend | FindingAct::Pass => finding.due_on,
    };
    let change = ActiveModel {
        state: Set(to.code().to_owned()),
        due_on: Set(due_on),
        version: Set(version + 1),
        ..Default::default()
    };
    if !rows::advance(&tx, id, version, change).await? {
        return Err(overtaken().into());
    }
    let late = deed.act == FindingAct::Mend && today > finding.due_on;
    let moved = Finding { state: to.code().to_owned(), due_on, version: version + 1, ..finding };
    let detail = json!({ "name": moved.text, "to": moved.state, "late": late, "text": text });
    add_act(&mut tx, by, &moved, deed.act.code(), late, text, &deed.evidence).await?;
    let action = match deed.act {
        FindingAct::Mend => "finding.mended",
        FindingAct::Pass => "finding.passed",
        FindingAct::Fail => "finding.failed",
    };
    tx.record(Event::new(action, "finding", id, detail)).await?;
    tx.commit().await?;
    Ok(moved)
}

async fn add_act(
    tx: &mut Tx,
    by: &By,
    finding: &Finding,
    act: &str,
    late: bool,
    text: String,
    evidence: &[Kept],
) -> Result<()> {
    let id = Uuid::now_v7();
    let row = ActRow {
        finding_id: finding.id,
        position: finding.version,
        id,
        programme_id: finding.programme_id,
        act: act.to_owned(),
        state: finding.state.clone(),
        late,
        account_id: by.account,
        account_name: by.name.clone(),
        organisation_name: by.organisation.clone(),
        text,
        at_ms: tx.at_ms(),
    };
    rows::add_act(tx, row).await?;
    let subject =
        Subject { programme: finding.programme_id, region: finding.region(), kind: EVIDENCE, id, public: false };
    for kept in evidence {
        files::store::attach(tx, &subject, kept, "", &by.name).await?;
    }
    Ok(())
}

fn day_of(tx: &Tx) -> NaiveDate {
    china_time(tx.at_ms()).map(|time| time.date_naive()).unwrap_or_default()
}
