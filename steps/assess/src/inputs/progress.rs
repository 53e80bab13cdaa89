//! What the board says: completion and schedule of every indicator, ranks and last places by mean completion.
//!
//! Ranks are those of the board ([`watch::state`]), so that a circular and the assessment never differ. A target that was given to a
//! subject and of which nothing was reported by the cut-off counts as nothing done, and says so: leaving it out would reward silence.
//! An indicator without a target is no part of any completion.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, NaiveDate};
use figures::{print_grouped, print_percent};
use kernel::{RegionCode, Text};
use ledger::programmes::Outline;
use ledger::series::Standing;
use rust_decimal::Decimal;
use sea_orm::ConnectionTrait;
use store::Result;
use uuid::Uuid;
use watch::rules::ranks::{Rank, rank};
use watch::state::{Each, Gathered as Board};

use super::{Gathered, of_kind};
use crate::readings::{Origin, Reading, Subject};
use crate::words::{Provenance, SubjectKind};

/// Notes what the board says of every subject.
pub(super) async fn gather<C: ConnectionTrait>(
    on: &C,
    outline: &Outline,
    leads: &BTreeSet<(Uuid, Uuid)>,
    gathered: &mut Gathered,
) -> Result<()> {
    let places = of_kind(&gathered.subjects, SubjectKind::Region);
    let home = outline.region();
    let all: Vec<RegionCode> = std::iter::once(home).chain(places.iter().map(|subject| subject.region)).collect();
    let board = Board::load(on, outline.programme.clone(), &all, gathered.view).await?;
    let ranking = Ranking { board: &board, places: &places };
    let ranks = ranking.at(board.cut_off);
    let last = ranking.last_places();
    let watched: Vec<Uuid> = board.projects().iter().map(|(_, project)| project.id).collect();
    for (subject, (mean, rank)) in places.iter().zip(&ranks) {
        note_progress(gathered, &board, subject, subject.region, &watched);
        if let Some((mean, rank)) = mean.zip(*rank) {
            let ranked = ranks.iter().flat_map(|(mean, _)| mean).count();
            gathered.note(subject, Provenance::YearRank, vec![ranking.year_rank(subject, mean, rank, ranked)]);
        }
        if let Some(months) = last.get(&subject.region) {
            gathered.note(subject, Provenance::LastPlaces, months.clone());
        }
    }
    for subject in of_kind(&gathered.subjects, SubjectKind::Organisation) {
        let leads = |project: &Uuid| subject.organisation.is_some_and(|body| leads.contains(&(body, *project)));
        let own: Vec<Uuid> = watched.iter().copied().filter(leads).collect();
        // Whoever leads nothing that is watched, as a finance office that answers for money only, has nothing to be scored by.
        if !own.is_empty() {
            note_progress(gathered, &board, &subject, home, &own);
        }
    }
    Ok(())
}

/// Completion, schedule and number of the projects that concern a subject.
fn note_progress(gathered: &mut Gathered, board: &Board, subject: &Subject, place: RegionCode, projects: &[Uuid]) {
    let (mut completion, mut schedule, mut concerned) = (Vec::new(), Vec::new(), 0_usize);
    for project in projects {
        let progress = board.progress(*project, place, board.cut_off);
        let due = board.due(*project, place, board.cut_off);
        let done: Vec<Done> = progress.each.iter().filter_map(|each| Done::of(board, each)).collect();
        concerned += usize::from(!done.is_empty());
        schedule.extend(done.iter().filter_map(|done| done.against(due.percent, &due.basis)));
        completion.extend(done.into_iter().map(Done::completion));
    }
    gathered.note(subject, Provenance::Completion, completion);
    gathered.note(subject, Provenance::Schedule, schedule);
    gathered.note(subject, Provenance::Projects, vec![count_of(concerned, board)]);
}

/// How far one indicator is.
struct Done {
    name: String,
    percent: Decimal,
    words: Text,
    keys: Vec<Uuid>,
    address: String,
}

impl Done {
    /// None where there is nothing to be done.
    fn of(board: &Board, each: &Each) -> Option<Self> {
        let indicator = board.outline.indicator_by_id(each.indicator)?;
        let goal = each.target?.value?;
        let actual = each.actual.and_then(|standing| standing.value);
        let percent = match actual {
            Some(_) => each.percent?,
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
        let entry = |standing: Option<Standing>| standing.and_then(|standing| standing.entry);
        let keys = keys(each);
        let address = match entry(each.actual).or(entry(each.target)) {
            Some(entry) => format!("/entries/{entry}"),
            None => format!("/programmes/{}/indicators/{}", board.outline.programme.slug, indicator.number),
        };
        Some(Self { name: indicator.name.clone(), percent, words, keys, address })
    }

    /// The completion, to the four places that are kept of any figure.
    fn completion(self) -> Reading {
        let origin = Origin { words: self.words, keys: self.keys, address: self.address };
        Reading::new(self.name, figures::round(self.percent, 4).normalize(), origin)
    }

    /// The completion as a share of what should be done by the cut-off; none where nothing should be.
    fn against(&self, due: Decimal, basis: &Text) -> Option<Reading> {
        let share = self.percent.checked_mul(Decimal::ONE_HUNDRED)?.checked_div(due)?;
        let (done, due) = (print_percent(self.percent, 1), print_percent(due, 1));
        let words = Text::new(
            format!("完成率 {done} ÷ 序时 {due}（{}）", basis.zh),
            format!("completion {done} ÷ schedule {due} ({})", basis.en),
        );
        let origin = Origin { words, keys: self.keys.clone(), address: self.address.clone() };
        Some(Reading::new(&self.name, figures::round(share, 4).normalize(), origin))
    }
}

/// The entries behind one indicator.
fn keys(each: &Each) -> Vec<Uuid> {
    [each.actual, each.target].into_iter().flatten().filter_map(|standing| standing.entry).collect()
}

/// How the places stand among each other.
struct Ranking<'a> {
    board: &'a Board,
    places: &'a [Subject],
}

impl Ranking<'_> {
    /// The mean completion of each place at a cut-off, with its rank; none where there is nothing to be ranked by.
    fn at(&self, cut_off: NaiveDate) -> Vec<(Option<Decimal>, Option<Rank>)> {
        let means: Vec<Option<Decimal>> =
            self.places.iter().map(|subject| self.mean(subject.region, cut_off)).collect();
        let ranks = rank(&means, &self.board.rules.ranking.says);
        means.into_iter().zip(ranks).collect()
    }

    /// As on the board: over the projects, each capped at 100 percent so that no surplus hides a lag.
    fn mean(&self, place: RegionCode, cut_off: NaiveDate) -> Option<Decimal> {
        let quantity = |project: Uuid| self.board.progress(project, place, cut_off).quantity;
        let each: Vec<Decimal> =
            self.board.projects().into_iter().filter_map(|(_, project)| quantity(project.id)).collect();
        ledger::rules::mean_progress(&each)
    }

    /// The entries behind a place's mean.
    fn keys(&self, place: RegionCode, cut_off: NaiveDate) -> Vec<Uuid> {
        let projects = self.board.projects();
        let each = projects.iter().flat_map(|(_, project)| self.board.progress(project.id, place, cut_off).each);
        each.filter(|each| each.percent.is_some()).flat_map(|each| keys(&each)).collect()
    }

    fn year_rank(&self, subject: &Subject, mean: Decimal, rank: Rank, ranked: usize) -> Reading {
        let percent = print_percent(mean, 1);
        let words = Text::new(
            format!("平均完成率 {percent}，{ranked} 个地区中第 {}", rank.place),
            format!("mean completion {percent}, place {} of {ranked}", rank.place),
        );
        let keys = self.keys(subject.region, self.board.cut_off);
        let origin = Origin { words, keys, address: self.address() };
        Reading { of: u32::try_from(ranked).ok(), ..Reading::new("", Decimal::from(rank.place), origin) }
    }

    /// The months up to the cut-off whose last figures left each place last among the others.
    ///
    /// A month counts when somebody reported a figure of it: without one there was nothing to rank. Nobody is last where all
    /// stand alike.
    fn last_places(&self) -> BTreeMap<RegionCode, Vec<Reading>> {
        let year = self.board.outline.programme.year;
        let mut circulars = BTreeMap::<u32, NaiveDate>::new();
        for day in self.places.iter().flat_map(|subject| self.board.all_cut_offs(subject.region)) {
            if day.year() == year && day <= self.board.cut_off {
                circulars.entry(day.month()).and_modify(|last| *last = day.max(*last)).or_insert(day);
            }
        }
        let mut last = BTreeMap::<RegionCode, Vec<Reading>>::new();
        for (month, day) in circulars {
            let ranks = self.at(day);
            let lowest = ranks.iter().flat_map(|(_, rank)| rank).map(|rank| rank.place).max();
            let ranked = ranks.iter().flat_map(|(mean, _)| mean).count();
            for (subject, (mean, rank)) in self.places.iter().zip(ranks) {
                let Some((mean, rank)) = mean.zip(rank) else { continue };
                let months = last.entry(subject.region).or_default();
                if rank.place > 1 && Some(rank.place) == lowest {
                    months.push(self.last_place(subject, (month, day), mean, ranked));
                }
            }
        }
        last
    }

    fn last_place(&self, subject: &Subject, (month, day): (u32, NaiveDate), mean: Decimal, ranked: usize) -> Reading {
        let percent = print_percent(mean, 1);
        let words = Text::new(
            format!("截至 {day} 平均完成率 {percent}，{ranked} 个地区中最低"),
            format!("mean completion {percent} to {day}, the lowest of {ranked} places"),
        );
        let origin = Origin { words, keys: self.keys(subject.region, day), address: self.address() };
        let label = format!("{month}月");
        Reading { month: u8::try_from(month).ok(), ..Reading::new(label, Decimal::ONE, origin) }
    }

    fn address(&self) -> String {
        format!("/programmes/{}", self.board.outline.programme.slug)
    }
}

fn count_of(projects: usize, board: &Board) -> Reading {
    let slug = &board.outline.programme.slug;
    let words = Text::new(format!("方案 {slug} 中承担 {projects} 个项目"), format!("{projects} projects of {slug}"));
    let origin = Origin { words, keys: Vec::new(), address: format!("/programmes/{slug}") };
    Reading::new("", Decimal::from(projects), origin)
}
