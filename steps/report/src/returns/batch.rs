//! Several returns with all that decides about them, read in a number of statements that does not grow with them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::NaiveDate;
use figures::Decimal;
use kernel::{Problem, RegionCode, Text};
use ledger::entries::{self, View, counting, standing};
use ledger::programmes::{self, Outline};
use ledger::tables::entries::Model as Entry;
use ledger::words::{Measure, Relation};
use plan::milestones::{self, Milestone};
use sea_orm::ConnectionTrait;
use store::{Result, amount};
use uuid::Uuid;

use super::{Done, Line, Return, missing};
use crate::by::By;
use crate::rounds::Round;
use crate::rules::levels::desks;
use crate::rules::lines::Asked;
use crate::rules::moves::{self, Case, Next};
use crate::rules::window::{Window, window};
use crate::store as rows;
use crate::words::Act;

/// Returns with their rounds, programmes, lines and acts.
pub(crate) struct Batch {
    pub(crate) returns: Vec<Return>,
    pub(crate) rounds: HashMap<Uuid, Round>,
    pub(crate) outlines: HashMap<Uuid, Outline>,
    pub(crate) lines: HashMap<Uuid, Vec<Line>>,
    pub(crate) acts: HashMap<Uuid, Vec<Done>>,
    milestones: HashMap<Uuid, Vec<Milestone>>,
    desks: HashMap<Uuid, Vec<RegionCode>>,
    writers: HashMap<Uuid, Vec<Uuid>>,
    passed_by: HashMap<Uuid, Vec<Uuid>>,
    today: NaiveDate,
}

/// A series of figures: indicator, place, body.
type Series = (Uuid, i64, Option<Uuid>);

/// The figures that the ledger holds for the places of a batch, and those of others.
#[derive(Default)]
pub(crate) struct Beside {
    /// What stands as done, by series in the order of the cut-offs.
    actual: HashMap<Series, Vec<Entry>>,
    /// The shares that stand.
    targets: HashMap<Series, Decimal>,
    /// What share of its target others reached, by round and indicator.
    peers: HashMap<(Uuid, Uuid), Vec<Decimal>>,
}

impl Batch {
    /// Reads the returns `ids`, each once, in the order in which they are named.
    ///
    /// # Errors
    /// When one of them does not exist.
    pub(crate) async fn load<C: ConnectionTrait>(on: &C, ids: &[Uuid], today: NaiveDate) -> Result<Self> {
        let mut found: HashMap<Uuid, Return> =
            rows::with_keys(on, ids).await?.into_iter().map(|row| (row.id, row)).collect();
        let mut returns = Vec::with_capacity(ids.len());
        let mut named = BTreeSet::new();
        for id in ids.iter().filter(|id| named.insert(**id)) {
            returns.push(found.remove(id).ok_or_else(missing)?);
        }
        Self::of(on, returns, today).await
    }

    /// As [`Batch::load`], for rows that have been read already.
    pub(crate) async fn of<C: ConnectionTrait>(on: &C, returns: Vec<Return>, today: NaiveDate) -> Result<Self> {
        let ids: Vec<Uuid> = returns.iter().map(|row| row.id).collect();
        let round_ids: BTreeSet<Uuid> = returns.iter().map(|row| row.round_id).collect();
        let round_ids: Vec<Uuid> = round_ids.into_iter().collect();
        let rounds: HashMap<Uuid, Round> =
            rows::rounds_with_keys(on, &round_ids).await?.into_iter().map(|round| (round.id, round)).collect();
        let (mut outlines, mut planned) = (HashMap::new(), HashMap::new());
        let programmes: BTreeSet<Uuid> = returns.iter().map(|row| row.programme_id).collect();
        for id in programmes {
            let programme = programmes::with_key(on, id).await?.ok_or_else(missing)?;
            outlines.insert(id, Outline::load(on, programme).await?);
            planned.insert(id, milestones::of_programme(on, id).await?);
        }
        let lines = rows::lines_of(on, &ids).await?;
        let acts = rows::acts_of(on, &ids).await?;
        let mut batch = Self {
            rounds,
            outlines,
            lines,
            acts,
            milestones: planned,
            desks: HashMap::new(),
            writers: HashMap::new(),
            passed_by: HashMap::new(),
            today,
            returns: Vec::new(),
        };
        for row in &returns {
            let region = place(row)?;
            let levels = batch.round(row)?.levels();
            batch.desks.insert(row.id, desks(&levels, region));
            let (writers, passed_by) = hands(batch.acts.get(&row.id).map_or(&[][..], Vec::as_slice));
            batch.writers.insert(row.id, writers);
            batch.passed_by.insert(row.id, passed_by);
        }
        batch.returns = returns;
        Ok(batch)
    }

    /// The same without what the bodies have typed: see [`veiled`].
    pub(crate) fn veiled(mut self) -> Self {
        self.returns = self.returns.into_iter().map(veiled).collect();
        for line in self.lines.values_mut().flatten() {
            line.raw.clear();
            line.reason.clear();
            line.flags.clear();
            line.value = None;
        }
        self
    }

    pub(crate) fn round(&self, row: &Return) -> Result<&Round> {
        Ok(self.rounds.get(&row.round_id).ok_or_else(missing)?)
    }

    pub(crate) fn outline(&self, row: &Return) -> Result<&Outline> {
        Ok(self.outlines.get(&row.programme_id).ok_or_else(missing)?)
    }

    pub(crate) fn lines(&self, row: &Return) -> &[Line] {
        self.lines.get(&row.id).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn acts(&self, row: &Return) -> &[Done] {
        self.acts.get(&row.id).map_or(&[], Vec::as_slice)
    }

    /// The milestones that a return may report as reached: those of the plan and of catch-up plans at its place.
    pub(crate) fn milestones(&self, row: &Return) -> Result<Vec<&Milestone>> {
        let all = self.milestones.get(&row.programme_id).map_or(&[][..], Vec::as_slice);
        let (project, place) = (row.project_id, place(row)?);
        let mut fitting = milestones::rules::plan_at(all, project, place);
        fitting.extend(milestones::rules::catch_up_at(all, project, place));
        Ok(fitting)
    }

    pub(crate) fn desks(&self, row: &Return) -> &[RegionCode] {
        self.desks.get(&row.id).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn window(&self, row: &Return) -> Result<Window> {
        Ok(window(self.round(row)?.span(), row.late_until, self.today))
    }

    /// What decides about an act on `row`.
    pub(crate) fn case(&self, row: &Return) -> Result<Case<'_>> {
        Ok(Case {
            state: row.state(),
            level: usize::try_from(row.level).unwrap_or(0),
            region: place(row)?,
            organisation: row.organisation_id,
            programme: self.outline(row)?.region(),
            desks: self.desks(row),
            window: self.window(row)?,
            writers: self.writers.get(&row.id).map_or(&[], Vec::as_slice),
            passed_by: self.passed_by.get(&row.id).map_or(&[], Vec::as_slice),
        })
    }

    /// Where `act` leads, or a problem that names the return when there are several.
    ///
    /// # Errors
    /// What [`moves::decide`] says.
    pub(crate) fn decide(&self, row: &Return, act: Act, by: &By) -> Result<Next> {
        moves::decide(&self.case(row)?, act, by).map_err(|refusal| self.told(row, refusal.problem()).into())
    }

    /// The problem, with the name of its return where several are handled together.
    pub(crate) fn told(&self, row: &Return, problem: Problem) -> Problem {
        if self.returns.len() < 2 {
            return problem;
        }
        Problem { message: super::about(&self.name(row), &problem.message), ..problem }
    }

    /// The project and the place, as a message names a return.
    pub(crate) fn name(&self, row: &Return) -> Text {
        let outline = self.outlines.get(&row.programme_id);
        let project = outline.and_then(|outline| outline.projects.iter().find(|one| one.id == row.project_id));
        let project = project.map_or_else(String::new, |project| project.name.clone());
        let place = RegionCode::from_stored(row.region).map(RegionCode::short).unwrap_or_default();
        Text::new(format!("{project}（{place}）"), format!("{project} ({place})"))
    }

    /// What the ledger holds for the lines and the image progress of the batch.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) async fn held<C: ConnectionTrait>(&self, on: &C) -> Result<Beside> {
        let mut asked = BTreeMap::<Uuid, (BTreeSet<Uuid>, BTreeSet<RegionCode>)>::new();
        for row in &self.returns {
            let (indicators, places) = asked.entry(row.programme_id).or_default();
            places.insert(place(row)?);
            indicators.extend(self.lines(row).iter().map(|line| line.indicator_id));
            indicators.extend(self.outline(row)?.image_of(row.project_id).map(|image| image.id));
        }
        let mut beside = Beside::default();
        for (programme, (indicators, places)) in asked {
            let indicators: Vec<Uuid> = indicators.into_iter().collect();
            let places: Vec<RegionCode> = places.into_iter().collect();
            beside.take(&entries::at_places(on, programme, &indicators, &places).await?);
        }
        Ok(beside)
    }

    /// As [`Batch::held`], and what others reported in the same rounds.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) async fn beside<C: ConnectionTrait>(&self, on: &C) -> Result<Beside> {
        let mut beside = self.held(on).await?;
        let ids: Vec<Uuid> = self.returns.iter().map(|row| row.id).collect();
        let mut by_round = BTreeMap::<Uuid, BTreeSet<Uuid>>::new();
        for row in &self.returns {
            by_round.entry(row.round_id).or_default().extend(self.lines(row).iter().map(|line| line.indicator_id));
        }
        for (round, indicators) in by_round {
            let indicators: Vec<Uuid> = indicators.into_iter().collect();
            for (indicator, shares) in rows::peers_of(on, round, &indicators, &ids).await? {
                beside.peers.insert((round, indicator), shares);
            }
        }
        Ok(beside)
    }

    /// What must be known of each line of `row` to judge what is typed there.
    pub(crate) fn asked(&self, row: &Return, beside: &Beside) -> Result<Vec<Asked>> {
        let outline = self.outline(row)?;
        let lines = self.lines(row);
        let mut asked = Vec::with_capacity(lines.len());
        for line in lines {
            let Some(indicator) = outline.indicator_by_id(line.indicator_id) else { continue };
            let series = (indicator.id, row.region, line.by_body.then_some(row.organisation_id));
            let mut history = BTreeMap::new();
            for entry in beside.actual.get(&series).into_iter().flatten() {
                // Of several at one cut-off the one recorded last counts.
                if let (Some(day), Some(value)) = (entry.as_of.filter(|day| *day < row.cut_off), entry.value) {
                    history.insert(day, amount::from_stored(value));
                }
            }
            let on_form = |parent: &Uuid| lines.iter().any(|other| other.indicator_id == *parent);
            let is_part = indicator.relation() == Some(Relation::PartOf);
            asked.push(Asked {
                indicator: indicator.id,
                name: indicator.name.clone(),
                unit: indicator.unit.clone(),
                kind: indicator.kind(),
                accumulation: indicator.accumulation(),
                direction: indicator.direction(),
                target: beside.targets.get(&series).copied(),
                history: history.into_iter().collect(),
                peers: beside.peers.get(&(row.round_id, indicator.id)).cloned().unwrap_or_default(),
                whole: indicator.parent_id.filter(|parent| is_part && on_form(parent)),
                breakdown: indicator.breakdown(),
            });
        }
        Ok(asked)
    }

    /// The image progress that the body reported last for an earlier cut-off, in ten-thousandths of a percent.
    pub(crate) fn last_image(&self, row: &Return, beside: &Beside) -> Option<i64> {
        let image = self.outlines.get(&row.programme_id)?.image_of(row.project_id)?;
        let told = beside.actual.get(&(image.id, row.region, Some(row.organisation_id)))?;
        told.iter().rfind(|entry| entry.as_of.is_some_and(|day| day < row.cut_off))?.value
    }
}

impl Beside {
    /// Takes over all entries of some series, oldest first.
    fn take(&mut self, entries: &[Entry]) {
        let key = |entry: &Entry| (entry.indicator_id, entry.region, entry.organisation_id);
        for entry in counting(entries, View::default()).into_values() {
            if let Some(value) = entry.value.filter(|_| entry.measure == Measure::Target.number()) {
                self.targets.insert(key(entry), amount::from_stored(value));
            }
        }
        for entry in standing(entries, View::default()) {
            if entry.measure == Measure::Actual.number() {
                self.actual.entry(key(entry)).or_default().push(entry.clone());
            }
        }
        for series in self.actual.values_mut() {
            series.sort_by_key(|entry| (entry.effective_on, entry.id));
        }
    }

    /// The entry that stands for a series at exactly this cut-off: what an approval supersedes.
    pub(crate) fn at_cut_off(&self, indicator: Uuid, row: &Return, body: Option<Uuid>) -> Option<&Entry> {
        let series = self.actual.get(&(indicator, row.region, body))?;
        series.iter().rfind(|entry| entry.as_of == Some(row.cut_off))
    }
}

/// A return without what its body has typed: what of a draft everybody may see is who owes it and where it stands.
pub(crate) fn veiled(row: Return) -> Return {
    Return {
        stage: None,
        reached_on: None,
        image: None,
        places: String::new(),
        problem: String::new(),
        cause: None,
        flags: 0,
        ..row
    }
}

/// The place that a return is about.
pub(crate) fn place(row: &Return) -> Result<RegionCode> {
    RegionCode::from_stored(row.region).ok_or_else(|| store::Error::BrokenRow {
        table: "returns",
        column: "region",
        row: row.id.to_string(),
        why: "no division code".into(),
    })
}

/// Who ever wrote, and who passed it since it was last submitted.
fn hands(acts: &[Done]) -> (Vec<Uuid>, Vec<Uuid>) {
    let (mut writers, mut passed_by) = (Vec::new(), Vec::new());
    for act in acts {
        match Act::parse(&act.act) {
            Some(Act::Save | Act::Submit | Act::Withdraw | Act::Propose) => {
                writers.push(act.account_id);
                passed_by.clear();
            }
            Some(Act::Pass | Act::Approve) => passed_by.push(act.account_id),
            Some(Act::SendBack) => passed_by.clear(),
            Some(Act::AllowLate) | None => {}
        }
    }
    (writers, passed_by)
}
