//! Assessments: run over a programme, kept with everything they stand on, replayed at any time.

use chrono::{Datelike, NaiveDate};
use kernel::Problem;
use ledger::programmes::Outline;
use ledger::tables::programmes::Model as Programme;
use sea_orm::ConnectionTrait;
use serde_json::json;
use store::audit::{self, Event, sm3_hex};
use store::{Actor, Error, Result, Store};
use uuid::Uuid;

use crate::catalogue::Available;
use crate::inputs::{Gathered, needs};
use crate::readings::Inputs;
use crate::rules::{Scores, score};
use crate::scheme::Scheme;
use crate::store as rows;
use crate::tables::assessments::Model;

/// An assessment with its texts read.
#[derive(Clone, Debug)]
pub struct Assessment {
    /// The row.
    pub row: Model,
    /// The scheme as it was used.
    pub scheme: Scheme,
    /// What it stands on.
    pub inputs: Inputs,
    /// What came of it.
    pub scores: Scores,
}

/// The cut-off that is meant when none is told: the programme's usual one, else the end of its year, but never after today.
pub fn usual_cut_off(programme: &Programme, today: NaiveDate) -> NaiveDate {
    let last = NaiveDate::from_ymd_opt(programme.year, 12, 31).unwrap_or(NaiveDate::MAX);
    programme.default_cut_off.unwrap_or(last).min(today)
}

/// What became of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// 试算: may be put aside.
    Draft,
    /// 已封存.
    Kept,
    /// 已被替换: a later one took its place.
    Replaced,
    /// 已作废: a draft that was put aside.
    Discarded,
}

impl State {
    /// The state that a row's marks tell.
    pub fn of(kept: Option<i64>, replaced: Option<i64>, discarded: Option<i64>) -> Self {
        match (kept, replaced, discarded) {
            (_, _, Some(_)) => Self::Discarded,
            (_, Some(_), _) => Self::Replaced,
            (Some(_), ..) => Self::Kept,
            (None, ..) => Self::Draft,
        }
    }

    /// The name on screens.
    pub fn name(self) -> kernel::Text {
        match self {
            Self::Draft => kernel::Text::new("试算", "draft"),
            Self::Kept => kernel::Text::new("已封存", "kept"),
            Self::Replaced => kernel::Text::new("已被替换", "replaced"),
            Self::Discarded => kernel::Text::new("已作废", "put aside"),
        }
    }

    /// The word in the API.
    pub fn code(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Kept => "kept",
            Self::Replaced => "replaced",
            Self::Discarded => "discarded",
        }
    }
}

impl Assessment {
    /// Reads the texts of a row.
    ///
    /// # Errors
    /// A broken row, when one of its texts cannot be read.
    pub fn read(row: Model) -> Result<Self> {
        let broken = |column: &'static str, why: String| Error::BrokenRow {
            table: "assessments",
            column,
            row: row.id.to_string(),
            why,
        };
        let scheme = Scheme::read(&row.rules).map_err(|problem| broken("rules", problem.message.en))?;
        let inputs = serde_json::from_str(&row.inputs).map_err(|error| broken("inputs", error.to_string()))?;
        let scores = serde_json::from_str(&row.scores).map_err(|error| broken("scores", error.to_string()))?;
        Ok(Self { scheme, inputs, scores, row })
    }

    /// What became of it.
    pub fn state(&self) -> State {
        State::of(self.row.kept_ms, self.row.replaced_ms, self.row.discarded_ms)
    }
}

/// The assessment with this key, unless it was put aside.
///
/// # Errors
/// When the database fails or a text cannot be read.
pub async fn find<C: ConnectionTrait>(on: &C, id: Uuid) -> Result<Option<Assessment>> {
    let found = rows::find(on, id).await?.filter(|row| row.discarded_ms.is_none());
    found.map(Assessment::read).transpose()
}

/// The inputs of a scheme over a programme, with figures up to `cut_off` as the ledger knows them today.
///
/// # Errors
/// A problem of the field `cut_off`, or when the database fails.
pub async fn inputs(store: &Store, outline: &Outline, schemes: &[&Scheme], cut_off: NaiveDate) -> Result<Vec<Inputs>> {
    let today = store.clock().today();
    if cut_off > today {
        return Err(Problem::field("cut_off", "截止日不能晚于今天", "The cut-off cannot be after today").into());
    }
    if cut_off.year() < outline.programme.year {
        let year = outline.programme.year;
        let zh = format!("截止日不能早于 {year} 年：这是 {year} 年度方案");
        return Err(Problem::field("cut_off", zh, format!("The cut-off is before {year}, the programme's year")).into());
    }
    let gathered = Gathered::read(store.reader(), outline, &needs(schemes.iter().copied()), (cut_off, today)).await?;
    Ok(schemes.iter().map(|scheme| gathered.for_scheme(scheme)).collect())
}

/// Runs a scheme over a programme; the result is a draft.
///
/// # Errors
/// A problem of the field `cut_off` or `scheme`, or when nobody is there to be scored.
pub async fn run(
    store: &Store,
    (actor, by): (&Actor, &str),
    outline: &Outline,
    chosen: &Available,
    cut_off: NaiveDate,
) -> Result<Uuid> {
    let (scheme, programme) = (&chosen.scheme, &outline.programme);
    if !scheme.holds_in(programme.year) {
        let (name, year) = (&scheme.name, programme.year);
        let zh = format!("办法“{name}”不适用于 {year} 年度");
        return Err(Problem::field("scheme", zh, format!("The scheme does not hold in {year}")).into());
    }
    let inputs = inputs(store, outline, &[scheme], cut_off).await?.remove(0);
    if inputs.subjects.is_empty() {
        let zh = "没有可考核的对象：方案没有分解到下一级，也没有牵头单位";
        return Err(Problem::invalid(
            zh,
            "There is nobody to score: no place below has a target, no body leads a project",
        )
        .into());
    }
    let scores = score(scheme, &inputs);
    let (inputs, scores) = (written(&inputs)?, written(&scores)?);
    let digest = digest(&chosen.text, &inputs, &scores);
    let mut tx = store.begin(actor).await?;
    let id = Uuid::now_v7();
    let row = Model {
        id,
        programme_id: programme.id,
        year: programme.year,
        scheme: scheme.code.clone(),
        scheme_version: i32::try_from(scheme.version).unwrap_or(i32::MAX),
        rules: chosen.text.clone(),
        inputs,
        scores,
        digest: digest.clone(),
        cut_off,
        run_ms: tx.at_ms(),
        run_by: by.to_owned(),
        kept_ms: None,
        kept_by: None,
        replaced_ms: None,
        replaced_by: None,
        replaced_reason: None,
        discarded_ms: None,
    };
    rows::add_assessment(&tx, row).await?;
    let detail = json!({
        "programme": programme.slug, "scheme": scheme.reference(), "cut_off": cut_off, "texts_sm3": digest,
    });
    tx.record(Event::new("assessment.run", "assessment", id, detail)).await?;
    tx.commit().await?;
    Ok(id)
}

/// Keeps a draft: from now on it stands for its programme and scheme. Where another stands already, `reason` says why this one
/// takes its place; the old one stays readable.
///
/// # Errors
/// Not found; a conflict when somebody kept, replaced or put aside one of them meanwhile; a problem of the field `reason` when
/// another stands and none is given; invalid while scores are open.
pub async fn keep(store: &Store, (actor, by): (&Actor, &str), id: Uuid, reason: &str) -> Result<()> {
    let mut tx = store.begin(actor).await?;
    let row = rows::find(tx.on(), id).await?.ok_or_else(missing)?;
    let assessment = Assessment::read(row)?;
    if assessment.state() != State::Draft {
        return Err(too_late().into());
    }
    refuse_open(&assessment)?;
    let reason = reason.trim();
    let old = rows::standing(tx.on(), assessment.row.programme_id, &assessment.row.scheme).await?;
    if let Some(old) = old {
        if reason.is_empty() {
            let zh = "这个方案按同一办法已有封存的考核；要用这一份替换，请写明理由";
            let en = "An assessment by this scheme is kept already: say why this one takes its place";
            return Err(Problem::field("reason", zh, en).into());
        }
        if !rows::replace(&tx, old, id, reason).await? {
            return Err(too_late().into());
        }
    }
    let kept = rows::keep(&tx, id, by).await;
    match kept {
        Ok(true) => {}
        Ok(false) => return Err(too_late().into()),
        Err(error) if error.is_duplicate() => return Err(too_late().into()),
        Err(error) => return Err(error),
    }
    let detail = json!({
        "scheme": assessment.scheme.reference(), "texts_sm3": assessment.row.digest, "replaces": old, "reason": reason,
    });
    tx.record(Event::new("assessment.kept", "assessment", id, detail)).await?;
    tx.commit().await
}

/// Puts a draft aside.
///
/// # Errors
/// Not found; a conflict when it is no draft any more.
pub async fn discard(store: &Store, actor: &Actor, id: Uuid) -> Result<()> {
    let mut tx = store.begin(actor).await?;
    let row = rows::find(tx.on(), id).await?.ok_or_else(missing)?;
    if !rows::discard(&tx, id).await? {
        return Err(too_late().into());
    }
    let detail = json!({ "scheme": format!("{}@{}", row.scheme, row.scheme_version) });
    tx.record(Event::new("assessment.discarded", "assessment", id, detail)).await?;
    tx.commit().await
}

/// What computing an assessment again showed.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Replay {
    /// The assessment.
    pub id: Uuid,
    /// Whether the same scheme and the same inputs give the same scores.
    pub same: bool,
    /// Whether scheme, inputs and scores are what was hashed when it was run, by the audit chain's word.
    pub untouched: bool,
    /// Subjects whose score came out otherwise.
    pub differing: Vec<String>,
}

impl Replay {
    /// Whether everything holds.
    pub fn holds(&self) -> bool {
        self.same && self.untouched
    }
}

/// Computes an assessment again from the text of its scheme and from its inputs.
///
/// # Errors
/// When the database fails or a text cannot be read.
pub async fn replay<C: ConnectionTrait>(on: &C, assessment: &Assessment) -> Result<Replay> {
    let row = &assessment.row;
    let again = score(&assessment.scheme, &assessment.inputs);
    let rows = |scores: &Scores| scores.tables.iter().flat_map(|table| table.rows.clone()).collect::<Vec<_>>();
    let kept = rows(&assessment.scores);
    let differing = rows(&again).into_iter().filter(|row| !kept.contains(row)).map(|row| row.subject).collect();
    let digest = digest(&row.rules, &row.inputs, &row.scores);
    let events = audit::about(on, "assessment", &[row.id.to_string()], 10).await?;
    let told = |event: &audit::events::Model| {
        let detail: serde_json::Value = serde_json::from_str(&event.detail).unwrap_or_default();
        event.action == "assessment.run" && detail["texts_sm3"].as_str() == Some(&digest)
    };
    Ok(Replay {
        id: row.id,
        same: again == assessment.scores,
        untouched: digest == row.digest && events.iter().any(told),
        differing,
    })
}

/// A score that is open cannot be kept: what is missing would be decided by leaving it out.
fn refuse_open(assessment: &Assessment) -> Result<(), Problem> {
    let rows = assessment.scores.tables.iter().flat_map(|table| &table.rows);
    let open: Vec<_> = rows.filter(|row| !row.open.is_empty()).collect();
    let Some(first) = open.first() else { return Ok(()) };
    let known = assessment.inputs.subjects.iter().find(|known| known.subject.key() == first.subject);
    let name = known.map(|known| known.subject.name.as_str()).unwrap_or_default();
    let titles = |lang| {
        let names = first.open.iter().filter_map(|code| assessment.scheme.input(code));
        names.map(|input| input.title().get(lang).to_owned()).collect::<Vec<_>>()
    };
    let (count, zh, en) = (open.len(), titles(kernel::Lang::Zh).join("、"), titles(kernel::Lang::En).join(", "));
    Err(Problem::invalid(
        format!("还有 {count} 个对象缺少输入，不能封存：如 {name} 缺 {zh}。请补录后重新试算"),
        format!("{count} subjects lack an input, such as {name}: {en}. Enter it, run again, then keep"),
    ))
}

fn missing() -> Problem {
    Problem::not_found("没有这份考核", "There is no such assessment")
}

fn too_late() -> Problem {
    Problem::conflict(
        "其他人刚刚处理了这份考核（已封存、替换或作废），您的操作没有生效。请刷新页面核对",
        "Somebody else has just kept, replaced or put aside this assessment; nothing was changed. Reload and compare",
    )
}

fn written(value: &impl serde::Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|error| Error::File(std::io::Error::other(error)))
}

/// SM3 over the hashes of the three texts.
fn digest(rules: &str, inputs: &str, scores: &str) -> String {
    sm3_hex([rules, inputs, scores].map(sm3_hex).concat())
}
