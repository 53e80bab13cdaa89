//! Twelve monthly rounds of the generated year: opened, filled in, sent back, handed in late, approved, closed, through
//! the functions that the pages call.

use std::collections::HashMap;

use anyhow::{Context, Result};
use chrono::{Datelike, Days, Months, NaiveDate};
use kernel::{Level, RegionCode};
use ledger::entries::{self, Correction, NewEntry, effective_on};
use ledger::words::{Measure, Reason};
use report::By;
use report::returns::{self, Content, Filling, Return};
use report::rounds::{self, NewRound, Round};
use report::rules::lines::Typed;
use report::words::State;
use store::Store;
use store::audit::{Event, RowDigest};
use uuid::Uuid;

use super::cast::{Cast, Player};
use super::clock::at;
use super::programme::{Adopted, Counted, source};
use super::shape::Shape;
use super::story::{Fate, Planned, Story, stages};
use super::targets::Band;
use super::year::Year;

/// The last month whose returns are reviewed once; from the second half of the year on the supervision office looks at what the
/// programme office has passed.
const TWICE_FROM: u32 = 6;

/// The last day of a month, counted from zero.
pub(super) fn cut_off(year: i32, month: usize) -> Result<NaiveDate> {
    let first = NaiveDate::from_ymd_opt(year, 1, 1).context("a year")?;
    let months = Months::new(u32::try_from(month)? + 1);
    Ok(first.checked_add_months(months).context("a month")? - Days::new(1))
}

/// The year as it is lived through.
pub(super) struct Rounds<'a> {
    shape: &'a Shape,
    year: &'a Year,
    cast: &'a Cast,
    adopted: &'a Adopted,
    story: Story,
    milestones: HashMap<Uuid, Vec<(Uuid, Planned)>>,
}

impl<'a> Rounds<'a> {
    /// The rounds of `year`.
    pub(super) async fn of(
        store: &Store,
        (shape, year): (&'a Shape, &'a Year),
        (cast, adopted): (&'a Cast, &'a Adopted),
        seed: u64,
    ) -> Result<Self> {
        let milestones = super::programme::milestones(store, adopted).await?;
        Ok(Self { shape, year, cast, adopted, story: Story::new(seed), milestones })
    }

    /// Lives through a month, unless its round is over; what was done of it already is not done again.
    ///
    /// # Errors
    /// When the database fails, or a rule refuses what the generator made up.
    pub(super) async fn live(&self, store: &Store, month: usize) -> Result<()> {
        let day = cut_off(self.shape.year, month)?;
        let programme = &self.adopted.outline.programme;
        let known = rounds::of_programme(store.reader(), programme.id).await?;
        let round = match known.into_iter().find(|round| round.cut_off == day) {
            Some(round) if round.closed_ms.is_some() => return Ok(()),
            Some(round) => round,
            None => self.open(store, day).await?,
        };
        self.in_time(store, month, &round).await?;
        self.review(store, month, &round).await?;
        self.late(store, month, &round).await?;
        self.outcomes(store, month, day).await?;
        self.corrections(store, month, day).await?;
        let closing = store.with_clock(at(day + Days::new(25), 17, 0)?);
        Ok(rounds::close(&closing, &self.office(), round.id).await?)
    }

    fn office(&self) -> By {
        self.cast.office.by(&self.cast.office.name)
    }

    async fn open(&self, store: &Store, day: NaiveDate) -> Result<Round> {
        let programme = &self.adopted.outline.programme;
        let mut settings = rounds::settings(store.reader(), programme).await?;
        if day.month() > TWICE_FROM && settings.levels.len() == 1 {
            let clock = at(day - Days::new(15), 9, 0)?;
            settings.levels = vec![Level::City, Level::City];
            rounds::set(&store.with_clock(clock), &self.office(), programme, &settings).await?;
            settings = rounds::settings(store.reader(), programme).await?;
        }
        let new = NewRound::by(&settings, day);
        let store = store.with_clock(at(new.opens_on, 9, 0)?);
        let opened = rounds::open(&store, &self.office(), programme, &new).await?;
        rounds::find(store.reader(), opened.round).await?.context("the round was just opened")
    }

    /// The returns of a round in these states, with what becomes of each.
    async fn returns(
        &self,
        store: &Store,
        month: usize,
        round: &Round,
        states: &[State],
    ) -> Result<Vec<(Return, Fate)>> {
        let all = returns::owed_of(store.reader(), round.id).await?;
        let mut found = Vec::new();
        for row in all.into_iter().filter(|row| states.contains(&row.state())) {
            let (project, region) = (self.project(&row)?, self.region(&row)?);
            let fate = self.story.fate(month, project, region, self.band(project));
            found.push((row, fate));
        }
        Ok(found)
    }

    fn project(&self, row: &Return) -> Result<usize> {
        let found = self.adopted.projects.iter().position(|project| *project == row.project_id);
        found.context("a project of the year")
    }

    fn region(&self, row: &Return) -> Result<RegionCode> {
        RegionCode::from_stored(row.region).context("a place")
    }

    fn band(&self, project: usize) -> Band {
        self.year.projects.get(project).map_or(Band::Middle, |project| project.band)
    }

    /// Who signs in for the body that owes a return.
    fn player(&self, row: &Return) -> Result<&Player> {
        let key = self.year.projects.get(self.project(row)?).map_or("finance", |project| project.body.as_str());
        // A county's people sign in for its towns as well.
        let region = self.region(row)?;
        let county = self.shape.districts.iter().find(|district| district.region.contains(region));
        self.cast.player(key, county.map_or(region, |district| district.region))
    }

    async fn in_time(&self, store: &Store, month: usize, round: &Round) -> Result<()> {
        for days in 0..=3 {
            let today = self.returns(store, month, round, &[State::Owed]).await?;
            let today =
                today.into_iter().filter(|(_, fate)| matches!(fate, Fate::InTime { days: on, .. } if *on == days));
            let day = (round.opens_on + Days::new(days)).min(round.closes_on);
            self.hand_in(store, month, today.map(|(row, fate)| (row, raised(fate))).collect(), day).await?;
        }
        Ok(())
    }

    /// Hands returns in on a day, each by whoever signs in for its body; with `true`, the first figure is too high.
    async fn hand_in(&self, store: &Store, month: usize, rows: Vec<(Return, bool)>, day: NaiveDate) -> Result<()> {
        let ids: Vec<Uuid> = rows.iter().map(|(row, _)| row.id).collect();
        let lines = returns::lines_of(store.reader(), &ids).await?;
        let mut by_player: Vec<(&Player, Vec<Filling>)> = Vec::new();
        for (row, too_high) in &rows {
            let player = self.player(row)?;
            let asked = lines.get(&row.id).map(Vec::as_slice).unwrap_or_default();
            let asked: Vec<Uuid> = asked.iter().map(|line| line.indicator_id).collect();
            let content = self.content(row, month, &asked, *too_high)?;
            let filling = Filling { id: row.id, version: row.version, content };
            match by_player.iter_mut().find(|(known, _)| known.account == player.account) {
                Some((_, fillings)) => fillings.push(filling),
                None => by_player.push((player, vec![filling])),
            }
        }
        for (at_minute, (player, fillings)) in by_player.into_iter().enumerate() {
            let minute = u32::try_from(at_minute)?;
            let store = store.with_clock(at(day, 9 + minute / 6, minute % 6 * 10)?);
            returns::submit(&store, &player.by(&player.name), &fillings).await?;
        }
        Ok(())
    }

    fn content(&self, row: &Return, month: usize, asked: &[Uuid], too_high: bool) -> Result<Content> {
        let (project, region) = (self.project(row)?, self.region(row)?);
        let mut content = Content::default();
        for (at, indicator) in asked.iter().enumerate() {
            let counted = self.counted(*indicator)?;
            let amount = counted.done(region, month);
            let amount = if too_high && at == 0 { amount + (amount / 20).max(1) } else { amount };
            let typed = Typed { raw: counted.typed(amount), reason: String::new() };
            content.lines.insert(*indicator, typed);
        }
        let Some(known) = self.year.projects.get(project) else { return Ok(content) };
        let district = self.shape.districts.iter().position(|district| district.region == region);
        if let Some(image) = district.and_then(|district| known.image.get(district)) {
            content.image = image[month].to_string();
            let planned = self.milestones.get(&row.project_id).map(Vec::as_slice).unwrap_or_default();
            let plan: Vec<Planned> = planned.iter().map(|(_, planned)| *planned).collect();
            let late_by = if self.story.problem(5, project, region, known.band).is_some() { 2 } else { 0 };
            if let Some((id, _)) = stages(&plan, image, late_by)[month].and_then(|at| planned.get(at)) {
                content.stage = Some(*id);
                content.reached_on = Some(row.cut_off - Days::new(10));
            }
        }
        if let Some((cause, problem)) = self.story.problem(month, project, region, known.band) {
            content.problem = problem.to_owned();
            content.cause = Some(cause);
        }
        Ok(content)
    }

    fn counted(&self, indicator: Uuid) -> Result<&Counted> {
        let found = self.adopted.counted.iter().find(|counted| counted.indicator == indicator);
        found.context("an indicator of the year")
    }

    /// Sends back what comes back, has it corrected within the day, and approves everything that came in time.
    async fn review(&self, store: &Store, month: usize, round: &Round) -> Result<()> {
        let submitted = self.returns(store, month, round, &[State::Submitted]).await?;
        let mut by_reason: Vec<(&'static str, Vec<(Uuid, i32)>)> = Vec::new();
        for (row, fate) in &submitted {
            // The version tells whether it has come back already, should the load have been broken off here.
            let Fate::InTime { sent_back: Some(reason), .. } = fate else { continue };
            if row.version > 2 {
                continue;
            }
            match by_reason.iter_mut().find(|(known, _)| known == reason) {
                Some((_, rows)) => rows.push((row.id, row.version)),
                None => by_reason.push((reason, vec![(row.id, row.version)])),
            }
        }
        let reviewing = store.with_clock(at(round.closes_on, 8, 30)?);
        for (reason, rows) in by_reason {
            returns::send_back(&reviewing, &self.office(), &rows, reason).await?;
        }
        let back = self.returns(store, month, round, &[State::Returned]).await?;
        let back = back.into_iter().map(|(row, _)| (row, false)).collect();
        self.hand_in(store, month, back, round.closes_on).await?;
        self.approve(store, month, round, round.closes_on + Days::new(2)).await
    }

    async fn approve(&self, store: &Store, month: usize, round: &Round, day: NaiveDate) -> Result<()> {
        let submitted = self.returns(store, month, round, &[State::Submitted]).await?;
        let read = |level: i16| -> Vec<(Uuid, i32)> {
            let at_level = submitted.iter().filter(|(row, _)| row.level == level);
            at_level.map(|(row, _)| (row.id, row.version)).collect()
        };
        let first = read(0);
        if !first.is_empty() {
            returns::pass_or_approve(&store.with_clock(at(day, 16, 30)?), &self.office(), &first).await?;
        }
        if round.levels().len() < 2 {
            return Ok(());
        }
        // What the office has passed lies with the supervision office now.
        let passed = self.returns(store, month, round, &[State::Submitted]).await?;
        let second: Vec<(Uuid, i32)> = passed.iter().map(|(row, _)| (row.id, row.version)).collect();
        if !second.is_empty() {
            let supervision = self.cast.supervision.by(&self.cast.supervision.name);
            returns::pass_or_approve(&store.with_clock(at(day, 17, 20)?), &supervision, &second).await?;
        }
        Ok(())
    }

    /// Permission for those who are late, their returns, and the approval.
    async fn late(&self, store: &Store, month: usize, round: &Round) -> Result<()> {
        let is_late = |fate: &Fate| matches!(fate, Fate::Late { .. });
        let owed = self.returns(store, month, round, &[State::Owed]).await?;
        let ids: Vec<Uuid> = owed.iter().filter(|(_, fate)| is_late(fate)).map(|(row, _)| row.id).collect();
        if ids.is_empty() {
            return Ok(());
        }
        let allowing = store.with_clock(at(round.closes_on + Days::new(1), 11, 0)?);
        let until = round.closes_on + Days::new(7);
        returns::allow_late(&allowing, &self.office(), &ids, until, "单位书面说明了原因，同意补报。").await?;
        for days in 1..=6 {
            let owed = self.returns(store, month, round, &[State::Owed]).await?;
            let today = owed.into_iter().filter(|(_, fate)| *fate == Fate::Late { days });
            let today = today.map(|(row, _)| (row, false)).collect();
            self.hand_in(store, month, today, round.closes_on + Days::new(days)).await?;
        }
        self.approve(store, month, round, round.closes_on + Days::new(8)).await
    }

    /// Outcomes that nobody has a target for are taken down by the office.
    async fn outcomes(&self, store: &Store, month: usize, day: NaiveDate) -> Result<()> {
        let counted: Vec<&Counted> = self.adopted.counted.iter().filter(|counted| counted.target.is_none()).collect();
        let ids: Vec<Uuid> = counted.iter().map(|counted| counted.indicator).collect();
        let told = entries::of_indicators(store.reader(), &ids).await?;
        if told.iter().any(|entry| entry.as_of == Some(day)) {
            return Ok(());
        }
        let store = store.with_clock(at(day + Days::new(9), 15, 0)?);
        let mut tx = store.begin(&self.cast.office.actor()).await?;
        let mut event = Event::new("entry.recorded", "programme", &self.shape.slug, serde_json::Value::Null);
        let mut new = Vec::new();
        for counted in counted {
            for (region, _, months) in &counted.shares {
                new.push(self.outcome(counted, *region, months[month], day)?);
            }
        }
        let rows = new.len();
        let mut digest = RowDigest::default();
        entries::post(&tx, &self.adopted.outline, event.id, new, &mut digest).await?;
        event.detail = serde_json::json!({ "rows": rows, "digest": digest.finish() });
        tx.record(event).await?;
        Ok(tx.commit().await?)
    }

    fn outcome(&self, counted: &Counted, region: RegionCode, amount: i64, day: NaiveDate) -> Result<NewEntry> {
        let raw = counted.typed(amount);
        let year = self.shape.year;
        Ok(NewEntry {
            indicator: counted.indicator,
            region,
            organisation: None,
            measure: Measure::Actual,
            as_of: Some(day),
            effective_on: effective_on(Measure::Actual, Some(day), (None, None), year),
            number: Some(figures::parse_number(&raw)?),
            qualifier: counted.qualifier,
            source: Some(source(&self.adopted.outline, counted.indicator, region, raw, Measure::Actual)?),
            supersedes: None,
            withdrawn: false,
        })
    }

    /// Weeks later a few bodies notice that they had counted too much; the office corrects the entry.
    async fn corrections(&self, store: &Store, month: usize, day: NaiveDate) -> Result<()> {
        for counted in &self.adopted.counted {
            for (region, _, months) in counted.lowest() {
                let fate = self.story.fate(month, counted.project, *region, self.band(counted.project));
                if !raised(fate) {
                    continue;
                }
                let written = entries::of_indicators(store.reader(), &[counted.indicator]).await?;
                let wrong = written.iter().find(|entry| {
                    entry.region == region.stored()
                        && entry.as_of == Some(day)
                        && entry.measure == Measure::Actual.number()
                });
                let Some(wrong) = wrong else { continue };
                let right = counted.typed(months[month]);
                if wrong.supersedes.is_some()
                    || wrong.number().map(|number| number.value) == Some(figures::parse_number(&right)?.value)
                {
                    continue;
                }
                let store = store.with_clock(at(day + Days::new(20), 10, 20)?);
                let mut tx = store.begin(&self.cast.office.actor()).await?;
                let correction = Correction {
                    raw: right,
                    qualifier: counted.qualifier,
                    as_of: Some(day),
                    reason: Reason::SourceCorrected,
                    reason_text: "填报单位复核后核减重复统计的部分。".to_owned(),
                };
                entries::correct(&mut tx, &self.adopted.outline, wrong, correction).await?;
                tx.commit().await?;
            }
        }
        Ok(())
    }
}

fn raised(fate: Fate) -> bool {
    matches!(fate, Fate::InTime { too_high: true, .. })
}
