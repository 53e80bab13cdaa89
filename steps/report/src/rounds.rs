//! Rounds (填报期): opened for a cut-off with a list of who owes what, closed by their last day or by hand.

pub(crate) mod list;
pub(crate) mod round;

use std::collections::HashSet;

use chrono::NaiveDate;
use kernel::clock::china_time;
use kernel::{Level, Permission, Problem, ProblemKind, RegionCode};
use ledger::allocations::{self, Share};
use ledger::entries::View;
use ledger::programmes::{self, Leads, Outline};
use ledger::tables::programmes::Model as Programme;
use sea_orm::ConnectionTrait;
use serde_json::json;
use store::audit::Event;
use store::{Result, Store, Tx, amount};
use uuid::Uuid;

use crate::by::By;
use crate::rules::calendar::{Rhythm, check_days};
use crate::rules::owed::{self, Owed};
use crate::rules::window::{Span, Window, closes_ms, window};
use crate::rules::{levels, moves};
use crate::store as rows;
use crate::tables::report_settings::Model as SettingsRow;
use crate::tables::return_lines::Model as Line;
use crate::tables::returns::Model as Return;
use crate::words::{Every, State};

pub use crate::tables::rounds::Model as Round;

/// How a programme is reported and reviewed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// When rounds come.
    pub rhythm: Rhythm,
    /// Who reviews, from below.
    pub levels: Vec<Level>,
    /// What was read; 0 when nothing was set yet.
    pub version: i32,
}

impl Settings {
    /// What holds until something is set: monthly, reviewed once, at the programme's own place.
    fn usual(programme: RegionCode) -> Self {
        Self { rhythm: Rhythm::default(), levels: vec![programme.level()], version: 0 }
    }
}

/// A round to be opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRound {
    /// The day up to which figures count.
    pub cut_off: NaiveDate,
    /// The first day on which returns are taken.
    pub opens_on: NaiveDate,
    /// The last day.
    pub closes_on: NaiveDate,
    /// Who reviews, from below.
    pub levels: Vec<Level>,
}

impl NewRound {
    /// The round for `cut_off` by the programme's settings.
    pub fn by(settings: &Settings, cut_off: NaiveDate) -> Self {
        let (opens_on, closes_on) = settings.rhythm.days(cut_off);
        Self { cut_off, opens_on, closes_on, levels: settings.levels.clone() }
    }
}

/// What opening a round did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    /// The round.
    pub round: Uuid,
    /// Returns that are owed now and were not before.
    pub owed: usize,
    /// Shares that nobody answers for: no return is owed for them until a lead body is named.
    pub without_body: Vec<Share>,
}

impl Opened {
    /// How many shares nobody answers for.
    fn unanswered(&self) -> i64 {
        i64::try_from(self.without_body.len()).unwrap_or(i64::MAX)
    }
}

impl Round {
    /// Its days.
    pub fn span(&self) -> Span {
        Span { opens_on: self.opens_on, closes_on: self.closes_on, closed: self.closed_ms.is_some() }
    }

    /// Where `today` lies for a return without a permission of its own.
    pub fn window(&self, today: NaiveDate) -> Window {
        window(self.span(), None, today)
    }

    /// Who reviews, from below.
    pub fn levels(&self) -> Vec<Level> {
        self.review_levels.split(' ').filter_map(Level::parse).collect()
    }
}

/// How the programme is reported; the usual way when nothing was set.
///
/// # Errors
/// When the database fails, or holds a word that no version of the program writes.
pub async fn settings<C: ConnectionTrait>(on: &C, programme: &Programme) -> Result<Settings> {
    let region = region_of(programme);
    let Some(row) = rows::settings_of(on, programme.id).await? else { return Ok(Settings::usual(region)) };
    let every = programmes::stored("report_settings", "every", row.programme_id, Every::parse(&row.every))?;
    Ok(Settings {
        rhythm: Rhythm { every, opens_after_days: row.opens_after_days, due_after_days: row.due_after_days },
        levels: levels::parse(&row.review_levels, region)?,
        version: row.version,
    })
}

/// Sets how the programme is reported; rounds that are open already keep their days and levels.
///
/// # Errors
/// When `by` may not run its rounds, something is wrong with the days or levels, or somebody else was faster.
pub async fn set(store: &Store, by: &By, programme: &Programme, settings: &Settings) -> Result<()> {
    may_run(by, region_of(programme))?;
    settings.rhythm.check()?;
    let review_levels = levels::written(&settings.levels);
    levels::parse(&review_levels, region_of(programme))?;
    let mut tx = store.begin(&by.actor()).await?;
    let row = SettingsRow {
        programme_id: programme.id,
        every: settings.rhythm.every.code().to_owned(),
        opens_after_days: settings.rhythm.opens_after_days,
        due_after_days: settings.rhythm.due_after_days,
        review_levels,
        version: settings.version + 1,
    };
    let detail = json!({
        "every": row.every,
        "opens_after_days": row.opens_after_days,
        "due_after_days": row.due_after_days,
        "review_levels": row.review_levels,
    });
    rows::write_settings(&tx, row).await?;
    tx.record(Event::new("reporting.set", "programme", &programme.slug, detail)).await?;
    tx.commit().await
}

/// Opens a round: everybody who holds a share owes a return from now on.
///
/// # Errors
/// When `by` may not run the programme's rounds, something is wrong with the days, nobody owes anything, or there is a
/// round for this cut-off already.
pub async fn open(store: &Store, by: &By, programme: &Programme, new: &NewRound) -> Result<Opened> {
    may_run(by, region_of(programme))?;
    check_days(new.cut_off, new.opens_on, new.closes_on)?;
    let review_levels = levels::written(&new.levels);
    levels::parse(&review_levels, region_of(programme))?;
    let mut tx = store.begin(&by.actor()).await?;
    let round = Round {
        id: Uuid::now_v7(),
        programme_id: programme.id,
        cut_off: new.cut_off,
        opens_on: new.opens_on,
        closes_on: new.closes_on,
        closes_ms: closes_ms(new.closes_on),
        review_levels,
        opened_ms: tx.at_ms(),
        opened_by: by.name.clone(),
        closed_ms: None,
        closed_by: None,
        owed: 0,
        without_body: 0,
    };
    rows::add_round(&tx, round.clone()).await?;
    let outline = Outline::load(tx.on(), programme.clone()).await?;
    let opened = fill(&tx, &outline, &round, &[]).await?;
    if opened.owed == 0 {
        return Err(nobody_owes(&opened).into());
    }
    let detail = json!({
        "programme": programme.slug,
        "cut_off": round.cut_off,
        "opens_on": round.opens_on,
        "closes_on": round.closes_on,
        "review_levels": round.review_levels,
        "returns": opened.owed,
        "without_body": opened.without_body.len(),
    });
    tx.record(Event::new("round.opened", "round", round.id, detail)).await?;
    tx.commit().await?;
    Ok(opened)
}

/// Adds what is owed by now and was not when the round was opened: shares given since, bodies named since. What is there
/// stays.
///
/// # Errors
/// When `by` may not run the programme's rounds, or the round has been closed by hand.
pub async fn complete(store: &Store, by: &By, round: Uuid) -> Result<Opened> {
    let mut tx = store.begin(&by.actor()).await?;
    let round = rows::lock_round(&tx, round).await?.ok_or_else(missing)?;
    let outline = outline_of(&tx, &round).await?;
    may_run(by, outline.region())?;
    if round.closed_ms.is_some() {
        return Err(closed_already(&round).into());
    }
    let there = rows::of_round(tx.on(), round.id).await?;
    let opened = fill(&tx, &outline, &round, &there).await?;
    if opened.owed == 0 && opened.unanswered() == round.without_body {
        tx.abandon().await?;
        return Ok(opened);
    }
    let detail = json!({
        "programme": outline.programme.slug,
        "cut_off": round.cut_off,
        "returns": opened.owed,
        "without_body": opened.without_body.len(),
    });
    tx.record(Event::new("round.completed", "round", round.id, detail)).await?;
    tx.commit().await?;
    Ok(opened)
}

/// Closes a round before its last day, or for good after it: nothing is taken without a permission any more.
///
/// # Errors
/// When `by` may not run the programme's rounds, or somebody else has closed it.
pub async fn close(store: &Store, by: &By, round: Uuid) -> Result<()> {
    let mut tx = store.begin(&by.actor()).await?;
    let round = rows::find_round(tx.on(), round).await?.ok_or_else(missing)?;
    let outline = outline_of(&tx, &round).await?;
    may_run(by, outline.region())?;
    if !rows::close_round(&tx, round.id).await? {
        return Err(closed_already(&round).into());
    }
    let detail = json!({ "programme": outline.programme.slug, "cut_off": round.cut_off });
    tx.record(Event::new("round.closed", "round", round.id, detail)).await?;
    tx.commit().await
}

/// The round that takes returns today; of several the one with the latest cut-off.
///
/// # Errors
/// When the database fails.
pub async fn current<C: ConnectionTrait>(on: &C, programme: Uuid, today: NaiveDate) -> Result<Option<Round>> {
    Ok(of_programme(on, programme).await?.into_iter().find(|round| round.window(today).is_open()))
}

/// All rounds of a programme, the latest cut-off first.
///
/// # Errors
/// When the database fails.
pub async fn of_programme<C: ConnectionTrait>(on: &C, programme: Uuid) -> Result<Vec<Round>> {
    rows::rounds_of(on, &[programme]).await
}

/// The round with this key.
///
/// # Errors
/// When the database fails.
pub async fn find<C: ConnectionTrait>(on: &C, id: Uuid) -> Result<Option<Round>> {
    rows::find_round(on, id).await
}

/// Shares that nobody answers for at present, and on which nobody reports therefore.
///
/// # Errors
/// When the database fails.
pub async fn without_body<C: ConnectionTrait>(on: &C, outline: &Outline, today: NaiveDate) -> Result<Vec<Share>> {
    Ok(owed_now(on, outline, today).await?.1)
}

async fn owed_now<C: ConnectionTrait>(on: &C, outline: &Outline, today: NaiveDate) -> Result<(Vec<Owed>, Vec<Share>)> {
    let shares = allocations::leaves(on, outline, View::default()).await?;
    let leads = Leads::of(programmes::all_responsibilities(on, outline.programme.id).await?);
    let lead = |project, indicator, region| leads.at(project, indicator, region, today);
    Ok(owed::returns_of(outline, &shares, lead))
}

/// Writes the returns that are owed and not `there` yet.
async fn fill(tx: &Tx, outline: &Outline, round: &Round, there: &[Return]) -> Result<Opened> {
    let today = china_time(tx.at_ms()).map_or(round.cut_off, |time| time.date_naive());
    let (owed, without_body) = owed_now(tx.on(), outline, today).await?;
    let there: HashSet<_> = there.iter().map(|row| (row.project_id, row.region, row.organisation_id)).collect();
    let is_there = |owed: &Owed| there.contains(&(owed.project, owed.region.stored(), owed.organisation));
    let (mut returns, mut lines) = (Vec::new(), Vec::new());
    for owed in owed.iter().filter(|owed| !is_there(owed)) {
        let row = blank(tx, round, owed);
        for (position, line) in (0_i32..).zip(&owed.lines) {
            lines.push(Line {
                return_id: row.id,
                indicator_id: line.indicator,
                programme_id: round.programme_id,
                round_id: round.id,
                position,
                by_body: line.by_body,
                target: line.target.map(amount::to_stored).transpose()?,
                raw: String::new(),
                value: None,
                precision_code: 0,
                qualifier: figures::Qualifier::Exact.code().to_owned(),
                reason: String::new(),
                flags: "[]".to_owned(),
            });
        }
        returns.push(row);
    }
    let opened = Opened { round: round.id, owed: returns.len(), without_body };
    rows::add_returns(tx, round.id, returns, opened.unanswered()).await?;
    rows::add_lines(tx, lines).await?;
    Ok(opened)
}

fn blank(tx: &Tx, round: &Round, owed: &Owed) -> Return {
    Return {
        id: Uuid::now_v7(),
        programme_id: round.programme_id,
        round_id: round.id,
        cut_off: round.cut_off,
        project_id: owed.project,
        region: owed.region.stored(),
        organisation_id: owed.organisation,
        state: State::Owed.code().to_owned(),
        level: 0,
        awaits: None,
        version: 1,
        stage: None,
        reached_on: None,
        image: None,
        places: String::new(),
        problem: String::new(),
        cause: None,
        late_until: None,
        filled_by: None,
        first_submitted_ms: None,
        submitted_ms: None,
        approved_ms: None,
        updated_ms: tx.at_ms(),
        flags: 0,
    }
}

async fn outline_of(tx: &Tx, round: &Round) -> Result<Outline> {
    let programme = programmes::with_key(tx.on(), round.programme_id).await?.ok_or_else(missing)?;
    Outline::load(tx.on(), programme).await
}

fn region_of(programme: &Programme) -> RegionCode {
    RegionCode::from_stored(programme.region).expect("programmes are created with a valid code")
}

fn may_run(by: &By, region: RegionCode) -> Result<()> {
    if by.allows(Permission::RunRounds, region) {
        return Ok(());
    }
    Err(moves::Refusal::NotYours(moves::Party::Office).problem().into())
}

fn missing() -> Problem {
    Problem::not_found("没有这个填报期", "There is no such round")
}

fn closed_already(round: &Round) -> Problem {
    let by = round.closed_by.clone().unwrap_or_default();
    Problem::conflict(
        format!("截至 {} 的填报期已经关闭（{by}），请刷新页面", round.cut_off),
        format!("the round for {} has been closed already ({by}): reload the page", round.cut_off),
    )
}

fn nobody_owes(opened: &Opened) -> Problem {
    let bare = opened.without_body.len();
    let (zh, en) = if bare == 0 {
        (
            "方案里还没有需要填报的目标：请先设定目标并分解".to_owned(),
            "no target is set that anybody could report on".to_owned(),
        )
    } else {
        (
            format!("{bare} 个目标都没有责任单位，没有人需要填报：请先在项目页填写牵头单位"),
            format!("none of {bare} targets has a lead body, so nobody owes anything: name lead bodies first"),
        )
    };
    Problem { kind: ProblemKind::Invalid, message: kernel::Text::new(zh, en), places: Vec::new() }
}
