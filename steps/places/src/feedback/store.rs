//! Every query about feedback. Each act is one row with who and when, one audit event, one transaction.

use chrono::NaiveDate;
use kernel::calendar::Calendar;
use kernel::{Problem, RegionCode};
use ledger::programmes::Leads;
use people::store::organisations;
use sea_orm::ActiveValue::Set;
use sea_orm::entity::prelude::*;
use sea_orm::{ConnectionTrait, IntoActiveModel, QueryOrder, QuerySelect, Statement};
use serde_json::json;
use store::audit::{Event, sm3_hex};
use store::{Result, Tx};

use super::rules::{self, Ratings, Traffic};
use super::tables::{acts, feedback};
use super::words::{Act, Kind, Level, Sight, State, Verdict};
use crate::sites::tables::sites::Model as Site;

/// What somebody hands in.
#[derive(Clone, Debug)]
pub struct New {
    /// Its sort.
    pub kind: Kind,
    /// How content they are.
    pub level: Option<Level>,
    /// Their words.
    pub words: String,
    /// Whether a proof of work came with it.
    pub proven: bool,
    /// The receipt that was given out.
    pub receipt: String,
}

/// What is done about a feedback.
#[derive(Clone, Debug, Default)]
pub struct Doing {
    /// What is said with it.
    pub words: String,
    /// The body that acts or is given it, with its name.
    pub body: Option<(Uuid, String)>,
    /// The last day that is set.
    pub due_on: Option<NaiveDate>,
    /// How the answer is rated.
    pub verdict: Option<Verdict>,
    /// Who acts, by the name on screens; empty for residents.
    pub by: String,
}

/// Takes in what was said about `site`. A problem goes at once to the body that leads there, where the programme names one.
///
/// # Errors
/// A problem of the field at fault.
pub async fn receive(tx: &mut Tx, site: &Site, today: NaiveDate, new: &New) -> Result<feedback::Model> {
    rules::checked(new.kind, new.level, &new.words)?;
    let nothing_to_look_at = new.words.trim().is_empty();
    let row = feedback::Model {
        id: Uuid::now_v7(),
        programme_id: site.programme_id,
        site_id: site.id,
        region: site.region,
        kind: new.kind.code().to_owned(),
        level: new.level.map(Level::points),
        words: new.words.trim().to_owned(),
        proven: new.proven,
        receipt_sm3: receipt_hash(&new.receipt),
        sight: if nothing_to_look_at { Sight::Shown } else { Sight::Held }.code().to_owned(),
        state: if new.kind == Kind::Problem { State::Received } else { State::Noted }.code().to_owned(),
        organisation_id: None,
        due_on: None,
        reopened: false,
        at_ms: tx.at_ms(),
        version: 1,
    };
    feedback::Entity::insert(row.clone().into_active_model()).exec_without_returning(tx.on()).await?;
    note(tx, &row, Act::Receive, &Doing::default()).await?;
    let detail = json!({ "site": site.code, "kind": row.kind, "level": row.level, "words_sm3": sm3_hex(&row.words) });
    tx.record(Event::new("feedback.received", "feedback", row.id, detail)).await?;
    if new.kind == Kind::Problem
        && let Some(body) = lead(tx.on(), site, today).await?
    {
        let due_on = Some(Calendar::shipped().add_working_days(today, rules::ANSWER_WITHIN));
        let given = Doing { body: Some(body), due_on, ..Doing::default() };
        return act(tx, &row, Act::Assign, &given).await;
    }
    Ok(row)
}

/// The body that leads on the site's project at its place.
async fn lead<C: ConnectionTrait>(on: &C, site: &Site, today: NaiveDate) -> Result<Option<(Uuid, String)>> {
    let leads = Leads::around(on, site.programme_id, &[site.region()]).await?;
    let indicator = site.indicator_id.unwrap_or(Uuid::nil());
    let Some(body) = leads.at(site.project_id, indicator, site.region(), today) else {
        return Ok(None);
    };
    Ok(organisations::with_keys(on, &[body]).await?.into_iter().next().map(|body| (body.id, body.name)))
}

/// Does one thing about a feedback as whoever looked at `row` wants it, and gives it as it then stands.
///
/// # Errors
/// A conflict when the act has no place there, or somebody else was faster; a problem of `words` where they are needed.
pub async fn act(tx: &mut Tx, row: &feedback::Model, act: Act, doing: &Doing) -> Result<feedback::Model> {
    let state = rules::after(row.state(), act, doing.verdict, row.reopened).ok_or_else(|| no_place(row.state()))?;
    if matches!(act, Act::Hide | Act::Answer | Act::Close) && doing.words.trim().is_empty() {
        return Err(Problem::field("words", "请写明内容或理由", "Say what, or why").into());
    }
    let mut next = feedback::Model { state: state.code().to_owned(), version: row.version + 1, ..row.clone() };
    match act {
        Act::Show => Sight::Shown.code().clone_into(&mut next.sight),
        Act::Hide => Sight::Hidden.code().clone_into(&mut next.sight),
        _ => {}
    }
    if act == Act::Assign {
        next.organisation_id = doing.body.as_ref().map(|(id, _)| *id);
    }
    next.due_on = doing.due_on.or(next.due_on);
    next.reopened = row.reopened || state == State::Reopened;
    let mut set = next.clone().into_active_model().reset_all();
    set.id = Set(row.id);
    let moved = feedback::Entity::update_many()
        .set(set)
        .filter(feedback::Column::Id.eq(row.id))
        .filter(feedback::Column::Version.eq(row.version))
        .exec(tx.on())
        .await?;
    if moved.rows_affected == 0 {
        return Err(Problem::conflict(
            "这件反馈刚刚已由他人处理，您的操作没有保存；请刷新后再看",
            "Somebody else has just dealt with this; nothing of yours was saved. Reload and look again",
        )
        .into());
    }
    note(tx, &next, act, doing).await?;
    let detail = json!({
        "act": act.code(), "state": next.state, "sight": next.sight,
        "body": doing.body.as_ref().map(|(_, name)| name), "due_on": doing.due_on,
        "verdict": doing.verdict.map(Verdict::code), "words_sm3": sm3_hex(&doing.words),
    });
    tx.record(Event::new("feedback.acted", "feedback", row.id, detail)).await?;
    Ok(next)
}

fn no_place(state: State) -> Problem {
    let name = state.name();
    Problem::conflict(
        format!("这件反馈现在是“{}”，不能这样处理；请刷新后再看", name.zh),
        format!("This is “{}” now, which does not allow it: reload and look again", name.en),
    )
}

async fn note(tx: &Tx, row: &feedback::Model, act: Act, doing: &Doing) -> Result<()> {
    let line = acts::Model {
        id: Uuid::now_v7(),
        feedback_id: row.id,
        programme_id: row.programme_id,
        version: row.version,
        act: act.code().to_owned(),
        words: doing.words.trim().to_owned(),
        body: doing.body.as_ref().map(|(_, name)| name.clone()).unwrap_or_default(),
        due_on: doing.due_on,
        verdict: doing.verdict.map(|verdict| verdict.code().to_owned()),
        account_id: tx.actor().account,
        by_name: doing.by.clone(),
        at_ms: tx.at_ms(),
    };
    acts::Entity::insert(line.into_active_model()).exec_without_returning(tx.on()).await?;
    Ok(())
}

/// What stands for a receipt: letters and blanks as people type them do not matter.
fn receipt_hash(receipt: &str) -> String {
    let plain: String =
        receipt.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_uppercase()).collect();
    sm3_hex(format!("feedback receipt {plain}"))
}

/// The feedback with this receipt.
///
/// # Errors
/// When the database fails.
pub async fn with_receipt<C: ConnectionTrait>(on: &C, receipt: &str) -> Result<Option<feedback::Model>> {
    Ok(feedback::Entity::find().filter(feedback::Column::ReceiptSm3.eq(receipt_hash(receipt))).one(on).await?)
}

/// The feedback with this key.
///
/// # Errors
/// When the database fails.
pub async fn find<C: ConnectionTrait>(on: &C, id: Uuid) -> Result<Option<feedback::Model>> {
    Ok(feedback::Entity::find_by_id(id).one(on).await?)
}

/// What was done about some feedback, in order.
///
/// # Errors
/// When the database fails.
pub async fn acts_of<C: ConnectionTrait>(on: &C, keys: &[Uuid]) -> Result<Vec<acts::Model>> {
    Ok(acts::Entity::find()
        .filter(acts::Column::FeedbackId.is_in(keys.iter().copied()))
        .order_by_asc(acts::Column::Version)
        .all(on)
        .await?)
}

/// What the public may read of a site, the latest first.
///
/// # Errors
/// When the database fails.
pub async fn shown_of<C: ConnectionTrait>(on: &C, site: Uuid, limit: u64) -> Result<Vec<feedback::Model>> {
    Ok(feedback::Entity::find()
        .filter(feedback::Column::SiteId.eq(site))
        .filter(feedback::Column::Sight.eq(Sight::Shown.code()))
        .filter(feedback::Column::Words.ne(""))
        .order_by_desc(feedback::Column::AtMs)
        .limit(limit)
        .all(on)
        .await?)
}

/// How a site is rated.
///
/// # Errors
/// When the database fails.
pub async fn ratings_of<C: ConnectionTrait>(on: &C, site: Uuid) -> Result<Ratings> {
    let backend = on.get_database_backend();
    let sql = "SELECT level, COUNT(*) AS many FROM feedback WHERE site_id = $1 AND level IS NOT NULL GROUP BY level";
    let rows = on.query_all_raw(Statement::from_sql_and_values(backend, sql, [site.into()])).await?;
    let mut ratings = Ratings::default();
    for row in rows {
        let (level, many): (i16, i64) = (row.try_get("", "level")?, row.try_get("", "many")?);
        if let Some(slot) = usize::try_from(level - 1).ok().and_then(|at| ratings.counts.get_mut(at)) {
            *slot = many.unsigned_abs();
        }
    }
    Ok(ratings)
}

/// How many problems of a site there are, and how many of them were answered.
///
/// # Errors
/// When the database fails.
pub async fn problems_of<C: ConnectionTrait>(on: &C, site: Uuid) -> Result<(u64, u64)> {
    let all = feedback::Entity::find()
        .filter(feedback::Column::SiteId.eq(site))
        .filter(feedback::Column::Kind.eq(Kind::Problem.code()));
    let answered = all.clone().filter(feedback::Column::State.is_in([State::Answered.code(), State::Closed.code()]));
    Ok((all.count(on).await?, answered.count(on).await?))
}

/// What came in for a site since an instant.
///
/// # Errors
/// When the database fails.
pub async fn traffic<C: ConnectionTrait>(on: &C, site: Uuid, since_ms: i64) -> Result<Traffic> {
    let recent =
        feedback::Entity::find().filter(feedback::Column::SiteId.eq(site)).filter(feedback::Column::AtMs.gte(since_ms));
    let proven = recent.clone().filter(feedback::Column::Proven.eq(true)).count(on).await?;
    let all = recent.count(on).await?;
    Ok(Traffic { proven, unproven: all.saturating_sub(proven) })
}

/// What somebody of the office may see.
#[derive(Clone, Debug, Default)]
pub struct Scope {
    /// Subtrees of an office, as first and last stored code.
    pub regions: Vec<(i64, i64)>,
    /// Bodies for which somebody answers.
    pub bodies: Vec<Uuid>,
}

kernel::codes! {
    /// The lists that an office asks for.
    Shelf {
        /// Words nobody has looked at.
        Held = "held", "待审看", "to be looked at";
        /// Problems without an owner.
        Unassigned = "unassigned", "待交办", "to be assigned";
        /// Problems that a body has.
        Underway = "underway", "办理中", "with a body";
        /// The same, past the last day.
        Overdue = "overdue", "逾期", "overdue";
        /// Answered, not rated.
        Answered = "answered", "已答复", "answered";
        /// All.
        All = "all", "全部", "all";
    }
}

fn on_shelf(scope: &Scope, shelf: Shelf, today: NaiveDate) -> Select<feedback::Entity> {
    use feedback::Column;
    let mut seen = sea_orm::Condition::any();
    for (first, last) in &scope.regions {
        seen = seen.add(Column::Region.between(*first, *last));
    }
    seen = seen.add(Column::OrganisationId.is_in(scope.bodies.iter().copied()));
    let all = feedback::Entity::find().filter(seen);
    let with_body = [State::Assigned.code(), State::Reopened.code()];
    match shelf {
        Shelf::Held => all.filter(Column::Sight.eq(Sight::Held.code())),
        Shelf::Unassigned => all.filter(Column::State.eq(State::Received.code())),
        Shelf::Underway => all.filter(Column::State.is_in(with_body)),
        Shelf::Overdue => all.filter(Column::State.is_in(with_body)).filter(Column::DueOn.lt(today)),
        Shelf::Answered => all.filter(Column::State.eq(State::Answered.code())),
        Shelf::All => all,
    }
}

/// A shelf, the oldest first: those behind the instant and key `after`.
///
/// # Errors
/// When the database fails.
pub async fn by_age<C: ConnectionTrait>(
    on: &C,
    scope: &Scope,
    (shelf, today): (Shelf, NaiveDate),
    after: Option<Uuid>,
    limit: u64,
) -> Result<Vec<feedback::Model>> {
    let mut rows = on_shelf(scope, shelf, today);
    if let Some(after) = after {
        rows = rows.filter(feedback::Column::Id.gt(after));
    }
    // Keys are in the order of time.
    Ok(rows.order_by_asc(feedback::Column::Id).limit(limit).all(on).await?)
}

/// How many stand on a shelf.
///
/// # Errors
/// When the database fails.
pub async fn count<C: ConnectionTrait>(on: &C, scope: &Scope, shelf: Shelf, today: NaiveDate) -> Result<u64> {
    Ok(on_shelf(scope, shelf, today).count(on).await?)
}

/// Ratings of every site of a subtree within a programme, for the office: sites with the worst mean first are its business.
///
/// # Errors
/// When the database fails.
pub async fn ratings_by_site<C: ConnectionTrait>(
    on: &C,
    programme: Uuid,
    region: RegionCode,
) -> Result<Vec<(Uuid, Ratings)>> {
    let backend = on.get_database_backend();
    let sql = "SELECT site_id, level, COUNT(*) AS many FROM feedback
        WHERE programme_id = $1 AND region BETWEEN $2 AND $3 AND level IS NOT NULL GROUP BY site_id, level ORDER BY site_id";
    let subtree = region.subtree();
    let values = [programme.into(), subtree.start().stored().into(), subtree.end().stored().into()];
    let mut found: Vec<(Uuid, Ratings)> = Vec::new();
    for row in on.query_all_raw(Statement::from_sql_and_values(backend, sql, values)).await? {
        let (site, level, many): (Uuid, i16, i64) =
            (row.try_get("", "site_id")?, row.try_get("", "level")?, row.try_get("", "many")?);
        if found.last().is_none_or(|(last, _)| *last != site) {
            found.push((site, Ratings::default()));
        }
        let slot = usize::try_from(level - 1).ok().zip(found.last_mut());
        if let Some(slot) = slot.and_then(|(at, (_, ratings))| ratings.counts.get_mut(at)) {
            *slot = many.unsigned_abs();
        }
    }
    Ok(found)
}

/// The secret that signs challenges, once there is one.
pub(crate) async fn secret<C: ConnectionTrait>(on: &C) -> Result<Option<String>> {
    let sql = "SELECT secret FROM feedback_secret WHERE id = 1";
    let row = on.query_one_raw(Statement::from_string(on.get_database_backend(), sql)).await?;
    Ok(row.map(|row| row.try_get("", "secret")).transpose()?)
}

/// Keeps `fresh` as the secret unless another copy of the server was faster, and gives the one that stands.
pub(crate) async fn settle_secret<C: ConnectionTrait>(on: &C, fresh: String) -> Result<String> {
    let sql = "INSERT INTO feedback_secret (id, secret) VALUES (1, $1) ON CONFLICT (id) DO NOTHING";
    on.execute_raw(Statement::from_sql_and_values(on.get_database_backend(), sql, [fresh.into()])).await?;
    Ok(secret(on).await?.ok_or_else(|| DbErr::RecordNotFound("feedback_secret".into()))?)
}

/// Spends the challenge that stands behind `key` and forgets those from before an instant; false when it was spent.
pub(crate) async fn spend(tx: &Tx, key: String, before_ms: i64) -> Result<bool> {
    let on = tx.on();
    let backend = on.get_database_backend();
    let sql = "DELETE FROM feedback_spent WHERE at_ms < $1";
    on.execute_raw(Statement::from_sql_and_values(backend, sql, [before_ms.into()])).await?;
    let sql = "INSERT INTO feedback_spent (challenge, at_ms) VALUES ($1, $2) ON CONFLICT (challenge) DO NOTHING";
    let spent = on.execute_raw(Statement::from_sql_and_values(backend, sql, [key.into(), tx.at_ms().into()])).await?;
    Ok(spent.rows_affected() == 1)
}
