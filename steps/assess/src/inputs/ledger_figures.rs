//! What the ledger says: completion and schedule of every indicator, ranks and last places by mean completion.
//!
//! A target that was given to a place and of which nothing was reported by the cut-off counts as nothing done, and says so: leaving
//! it out would reward silence. An indicator without a target is no part of any completion.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, Months, NaiveDate};
use figures::{print_grouped, print_percent};
use kernel::{RegionCode, Schedule, ScheduleBasis, Text};
use ledger::board::{Board, Row};
use ledger::entries::{self, View, counting};
use ledger::programmes::Outline;
use ledger::tables::entries::Model as Entry;
use ledger::tables::indicators::Model as Indicator;
use ledger::words::{Measure, Purpose};
use rust_decimal::Decimal;
use sea_orm::ConnectionTrait;
use store::Result;
use uuid::Uuid;

use super::{Gathered, of_kind};
use crate::readings::{Origin, Reading, Subject};
use crate::words::{Provenance, SubjectKind};

/// Notes what the ledger says of every subject.
pub(super) async fn gather<C: ConnectionTrait>(
    on: &C,
    outline: &Outline,
    leads: &BTreeSet<(Uuid, Uuid)>,
    needs: &BTreeSet<Provenance>,
    gathered: &mut Gathered,
) -> Result<()> {
    use Provenance::{Completion, LastPlaces, Projects, Schedule, YearRank};
    if needs.is_disjoint(&[Completion, Schedule, Projects, LastPlaces, YearRank].into()) {
        return Ok(());
    }
    of_places(on, outline, gathered).await?;
    of_bodies(on, outline, leads, gathered).await
}

async fn of_places<C: ConnectionTrait>(on: &C, outline: &Outline, gathered: &mut Gathered) -> Result<()> {
    let subjects = of_kind(&gathered.subjects, SubjectKind::Region);
    let places: Vec<RegionCode> = subjects.iter().map(|subject| subject.region).collect();
    let counted: Vec<&Indicator> = delivered(outline).collect();
    let ids: Vec<Uuid> = counted.iter().map(|indicator| indicator.id).collect();
    let entries = entries::at_places(on, outline.programme.id, &ids, &places).await?;
    let figures = Figures { outline, counted, entries };
    let view = gathered.view;
    let now: Vec<(Subject, Vec<Done>)> = figures.of(&subjects, view);
    let ranks = ranks(&now);
    let last = figures.last_places(&subjects, view);
    for ((subject, done), rank) in now.iter().zip(ranks) {
        gathered.note(subject, Provenance::Completion, done.iter().map(|done| done.completion(outline)).collect());
        let against = done.iter().filter_map(|done| done.against_schedule(outline, view));
        let against: Vec<Reading> = against.collect();
        gathered.note(subject, Provenance::Schedule, against);
        let projects: BTreeSet<Uuid> = done.iter().map(|done| done.project).collect();
        gathered.note(subject, Provenance::Projects, vec![count_of(projects.len(), outline)]);
        if let Some(rank) = rank {
            gathered.note(subject, Provenance::YearRank, vec![rank]);
        }
        if let Some(months) = last.get(&subject.region) {
            gathered.note(subject, Provenance::LastPlaces, months.clone());
        }
    }
    Ok(())
}

async fn of_bodies<C: ConnectionTrait>(
    on: &C,
    outline: &Outline,
    leads: &BTreeSet<(Uuid, Uuid)>,
    gathered: &mut Gathered,
) -> Result<()> {
    let board = Board::load(on, outline.programme.clone(), gathered.view).await?;
    for subject in of_kind(&gathered.subjects, SubjectKind::Organisation) {
        let own = |project: Uuid| subject.organisation.is_some_and(|body| leads.contains(&(body, project)));
        let projects: Vec<_> = board.adopted_projects().filter(|project| own(project.project.id)).collect();
        let rows = projects.iter().flat_map(|project| &project.rows);
        let done: Vec<Done> = rows.filter_map(|row| Done::of_row(row)).collect();
        gathered.note(&subject, Provenance::Completion, done.iter().map(|done| done.completion(outline)).collect());
        let against = done.iter().filter_map(|done| done.against_schedule(outline, gathered.view)).collect();
        gathered.note(&subject, Provenance::Schedule, against);
        gathered.note(&subject, Provenance::Projects, vec![count_of(projects.len(), outline)]);
    }
    Ok(())
}

/// What the adopted projects deliver; parts of a whole are in it already.
fn delivered(outline: &Outline) -> impl Iterator<Item = &Indicator> {
    let adopted: BTreeSet<Uuid> =
        outline.categories.iter().filter(|category| category.number.is_some()).map(|category| category.id).collect();
    let projects: BTreeSet<Uuid> = outline
        .projects
        .iter()
        .filter(|project| adopted.contains(&project.category_id))
        .map(|project| project.id)
        .collect();
    outline.indicators.iter().filter(move |row| {
        row.purpose() == Purpose::Delivery && row.parent_id.is_none() && projects.contains(&row.project_id)
    })
}

/// How far one indicator is at one place.
struct Done {
    project: Uuid,
    indicator: i32,
    name: String,
    percent: Decimal,
    words: Text,
    keys: Vec<Uuid>,
}

impl Done {
    fn of_row(row: &Row) -> Option<Self> {
        if row.indicator.purpose() != Purpose::Delivery {
            return None;
        }
        let target = row.target.as_ref()?;
        let goal = target.value()?;
        let actual = row.actual.as_ref().and_then(|shown| shown.value());
        let keys = [row.actual.as_ref().and_then(|shown| shown.entry), target.entry].into_iter().flatten().collect();
        Self::new(&row.indicator, actual, goal, keys)
    }

    fn new(indicator: &Indicator, actual: Option<Decimal>, goal: Decimal, keys: Vec<Uuid>) -> Option<Self> {
        let percent = match actual {
            Some(actual) => ledger::rules::progress(actual, goal, indicator.direction())?,
            None => Decimal::ZERO,
        };
        let (unit, goal) = (&indicator.unit, print_grouped(goal.normalize()));
        let words = match actual.map(|actual| print_grouped(actual.normalize())) {
            Some(done) => {
                Text::new(format!("完成 {done} ÷ 目标 {goal} {unit}"), format!("{done} done of {goal} {unit}"))
            }
            None => Text::new(
                format!("目标 {goal} {unit}，截止日前没有填报，按零计"),
                format!("{goal} {unit} to be done, nothing reported by the cut-off: counted as none"),
            ),
        };
        let (project, name) = (indicator.project_id, indicator.name.clone());
        Some(Self { project, indicator: indicator.number, name, percent, words, keys })
    }

    fn address(&self, outline: &Outline) -> String {
        match self.keys.first() {
            Some(entry) => format!("/entries/{entry}"),
            None => format!("/programmes/{}/indicators/{}", outline.programme.slug, self.indicator),
        }
    }

    /// The completion, to the four places that are kept of any figure.
    fn completion(&self, outline: &Outline) -> Reading {
        let origin = Origin { words: self.words.clone(), keys: self.keys.clone(), address: self.address(outline) };
        Reading::new(&self.name, figures::round(self.percent, 4).normalize(), origin)
    }

    /// The completion as a share of what should be done by the cut-off; none where nothing should be.
    fn against_schedule(&self, outline: &Outline, view: View) -> Option<Reading> {
        let basis = ScheduleBasis::parse(&outline.programme.schedule_basis).unwrap_or_default();
        let schedule = Schedule::at(view.cut_off?, outline.programme.year, basis);
        let share = self.percent.checked_mul(Decimal::ONE_HUNDRED)?.checked_div(schedule.percent)?;
        let (done, due) = (print_percent(self.percent, 1), print_percent(schedule.percent, 1));
        let words = Text::new(
            format!("完成率 {done} ÷ 序时 {due}（{}）", schedule.count().zh),
            format!("completion {done} ÷ schedule {due} ({})", schedule.count().en),
        );
        let origin = Origin { words, keys: self.keys.clone(), address: self.address(outline) };
        Some(Reading::new(&self.name, figures::round(share, 4).normalize(), origin))
    }
}

/// The entries of the places, from which any cut-off is told without asking again.
struct Figures<'a> {
    outline: &'a Outline,
    counted: Vec<&'a Indicator>,
    entries: Vec<Entry>,
}

impl Figures<'_> {
    /// Each subject with what it has done in a view.
    fn of(&self, subjects: &[Subject], view: View) -> Vec<(Subject, Vec<Done>)> {
        let counting = counting(&self.entries, view);
        let of = |place: RegionCode, indicator: Uuid, measure: Measure| {
            counting.get(&(indicator, place.stored(), None, measure.number())).copied()
        };
        let value = |entry: &Entry| entry.number().map(|number| number.value);
        let done = |place: RegionCode| {
            self.counted.iter().filter_map(move |indicator| {
                let target = of(place, indicator.id, Measure::Target)?;
                let actual = of(place, indicator.id, Measure::Actual);
                let keys = actual.map(|entry| entry.id).into_iter().chain([target.id]).collect();
                Done::new(indicator, actual.and_then(value), value(target)?, keys)
            })
        };
        subjects.iter().map(|subject| (subject.clone(), done(subject.region).collect())).collect()
    }

    /// The months up to the cut-off at whose end each place stood last; nothing for anybody while nobody is ranked.
    ///
    /// A month counts when somebody reported a figure of it: without one there was nothing to rank.
    fn last_places(&self, subjects: &[Subject], view: View) -> BTreeMap<RegionCode, Vec<Reading>> {
        let year = self.outline.programme.year;
        let reported: BTreeSet<u32> = self
            .entries
            .iter()
            .filter(|entry| view.knows(entry) && entry.measure == Measure::Actual.number())
            .filter_map(|entry| entry.as_of.filter(|day| day.year() == year).map(|day| day.month()))
            .collect();
        let mut last = BTreeMap::<RegionCode, Vec<Reading>>::new();
        for month in reported {
            let Some(end) = month_end(year, month).filter(|end| view.cut_off.is_none_or(|cut_off| *end <= cut_off))
            else {
                continue;
            };
            let then = self.of(subjects, View { cut_off: Some(end), ..view });
            let means: Vec<Option<Decimal>> = then.iter().map(|(_, done)| mean(done)).collect();
            let (least, most) = (means.iter().flatten().min(), means.iter().flatten().max());
            let ranked = means.iter().flatten().count();
            for ((subject, done), own) in then.iter().zip(&means) {
                if own.is_some() {
                    last.entry(subject.region).or_default();
                }
                if own.is_some() && own.as_ref() == least && least != most {
                    let months = last.entry(subject.region).or_default();
                    months.extend(own.map(|own| last_place(month, own, ranked, done)));
                }
            }
        }
        last
    }
}

fn last_place(month: u32, mean: Decimal, ranked: usize, done: &[Done]) -> Reading {
    let percent = print_percent(mean, 1);
    let words = Text::new(
        format!("{month}月底平均完成率 {percent}，{ranked} 个地区中最低"),
        format!("mean completion {percent} at the end of month {month}, the lowest of {ranked} places"),
    );
    let keys = done.iter().flat_map(|done| done.keys.iter().copied()).collect();
    let origin = Origin { words, keys, address: String::new() };
    Reading { month: u8::try_from(month).ok(), ..Reading::new(format!("{month}月"), Decimal::ONE, origin) }
}

/// The place of each by mean completion; none for who has nothing to be ranked by.
fn ranks(now: &[(Subject, Vec<Done>)]) -> Vec<Option<Reading>> {
    let means: Vec<Option<Decimal>> = now.iter().map(|(_, done)| mean(done)).collect();
    let ranked = means.iter().flatten().count();
    let standard = kernel::rule_set::RankingRule { ties: kernel::rule_set::Ties::Standard, places: 4 };
    let one =
        |((mean, rank), (_, done)): ((&Option<Decimal>, Option<watch::rules::ranks::Rank>), &(Subject, Vec<Done>))| {
            let (rank, percent) = (rank?, print_percent((*mean)?, 1));
            let words = Text::new(
                format!("平均完成率 {percent}，{ranked} 个地区中第 {}", rank.place),
                format!("mean completion {percent}, place {} of {ranked}", rank.place),
            );
            let keys = done.iter().flat_map(|done| done.keys.iter().copied()).collect();
            let origin = Origin { words, keys, address: String::new() };
            Some(Reading { of: u32::try_from(ranked).ok(), ..Reading::new("", Decimal::from(rank.place), origin) })
        };
    means.iter().zip(watch::rules::ranks::rank(&means, &standard)).zip(now).map(one).collect()
}

/// The mean completion, each capped at 100 percent so that no surplus hides a lag.
fn mean(done: &[Done]) -> Option<Decimal> {
    let each: Vec<Decimal> = done.iter().map(|done| done.percent).collect();
    ledger::rules::mean_progress(&each)
}

fn count_of(projects: usize, outline: &Outline) -> Reading {
    let slug = &outline.programme.slug;
    let words = Text::new(format!("方案 {slug} 中承担 {projects} 个项目"), format!("{projects} projects of {slug}"));
    let origin = Origin { words, keys: Vec::new(), address: format!("/programmes/{slug}") };
    Reading::new("", Decimal::from(projects), origin)
}

fn month_end(year: i32, month: u32) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(year, month, 1)?.checked_add_months(Months::new(1))?.pred_opt()
}
