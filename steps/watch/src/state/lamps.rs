//! The lights of a board of the ledger, as the public sees it: by the very rules of the office's board, so that one project
//! shows one light wherever it is looked at.
//!
//! A board has its figures already; what it lacks is what was planned. That is read here, in five statements at most, and
//! nothing is read of rounds or returns.

use std::collections::HashMap;

use chrono::NaiveDate;
use kernel::{RegionCode, Schedule, ScheduleBasis};
use ledger::board::{Board, ProjectBoard, Row, Shown};
use ledger::tables::indicators;
use ledger::words::Purpose;
use sea_orm::ConnectionTrait;
use store::Result;
use uuid::Uuid;

use super::planned::Planned;
use crate::rules::lights::{Facts, Verdict, judge};
use crate::store::filed;

/// What the projects of a programme are lit by beside their figures.
pub struct Lamps {
    planned: Planned,
}

impl Lamps {
    /// Reads what was planned for `programme`, and how far it got by its milestones, as known on a day.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn load<C: ConnectionTrait>(on: &C, programme: Uuid, known: Option<NaiveDate>) -> Result<Self> {
        Ok(Self { planned: Planned::load(on, programme, known).await? })
    }

    /// What a figure of an indicator at `place` is compared with: the project's plan there, else what the programme counts
    /// by. Money follows no plan.
    pub fn schedule(
        &self,
        board: &Board,
        indicator: &indicators::Model,
        place: RegionCode,
        shown: &Shown,
    ) -> Option<Schedule> {
        let (schedule, day) = (board.schedule_of(shown)?, board.day_of(shown)?);
        if indicator.purpose() != Purpose::Delivery {
            return Some(schedule);
        }
        let due = self.planned.due(indicator.project_id, place, day, usual(board));
        Some(Schedule { percent: due.percent, ..schedule })
    }

    /// Lights every project of `board` and compares its rows with its plan; says why, by project. One without a figure, a
    /// plan or a day has no verdict.
    pub fn light(&self, board: &mut Board) -> HashMap<Uuid, Verdict> {
        let mut categories = std::mem::take(&mut board.categories);
        let mut verdicts = HashMap::new();
        for project in categories.iter_mut().flat_map(|category| &mut category.projects) {
            project.rows.iter_mut().for_each(|row| self.light_row(board, row));
            if let Some(verdict) = self.light_project(board, project) {
                project.light = verdict.light;
                verdicts.insert(project.project.id, verdict);
            }
        }
        board.categories = categories;
        verdicts
    }

    fn light_row(&self, board: &Board, row: &mut Row) {
        if let Some(shown) = &row.actual {
            row.schedule = self.schedule(board, &row.indicator, board.place, shown);
            let compared = row.progress.zip(row.schedule);
            let lit = compared.filter(|_| !self.planned.is_cancelled(row.indicator.project_id));
            row.light = lit.map(|(progress, schedule)| board.light(progress, &schedule));
        }
        row.parts.iter_mut().for_each(|part| self.light_row(board, part));
    }

    fn light_project(&self, board: &Board, project: &mut ProjectBoard) -> Option<Verdict> {
        let id = project.project.id;
        let rows: Vec<&Row> = project.rows.iter().filter(|row| row.indicator.purpose() == Purpose::Delivery).collect();
        let counted = || rows.iter().filter(|row| row.progress.is_some()).filter_map(|row| row.actual.as_ref());
        let latest = rows.iter().filter_map(|row| row.actual.as_ref()?.day()).max();
        // A page without a cut-off shows each project on the day of its latest figure.
        let cut_off = board.view.cut_off.max(latest).or_else(|| board.cut_offs.first().copied())?;
        if rows.iter().all(|row| row.target.is_none()) {
            project.progress = project.progress.or_else(|| self.planned.reached(id, board.place, cut_off));
        }
        let undated = counted().any(|shown| shown.day().is_none());
        let due = (!undated).then(|| self.planned.due(id, board.place, cut_off, usual(board)).percent);
        let nodes = self.planned.nodes(id, board.place);
        let facts = Facts {
            cut_off,
            quantity: project.progress,
            due,
            reported: rows.iter().any(|row| row.actual.is_some()),
            silent: rows.iter().filter(|row| row.target.is_some() && row.actual.is_none()).count(),
            nodes: &nodes,
            cancelled: self.planned.is_cancelled(id),
        };
        Some(judge(&facts, board.rules))
    }
}

fn usual(board: &Board) -> (i32, ScheduleBasis) {
    let programme = &board.outline.programme;
    (programme.year, ScheduleBasis::parse(&programme.schedule_basis).unwrap_or_default())
}

/// The cut-off of the latest round of which nothing is expected any more, as known on a day: what a programme is shown at
/// while the next one is half reported. Two statements.
///
/// # Errors
/// When the database fails.
pub async fn finished_cut_off<C: ConnectionTrait>(
    on: &C,
    programme: Uuid,
    known: Option<NaiveDate>,
) -> Result<Option<NaiveDate>> {
    Ok(super::gathered::usual_round(&filed(on, programme, known).await?).map(|round| round.cut_off))
}
