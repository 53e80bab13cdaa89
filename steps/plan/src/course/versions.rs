//! What a plan was before: its versions, and the postponements that moved its deadline.

use chrono::NaiveDate;
use kernel::RegionCode;
use sea_orm::ConnectionTrait;
use uuid::Uuid;
use web::Frame;

use crate::curves::{self, Basis, Plan, Postponed, Version, versions};
use crate::milestones::Stage;

/// Versions shown at once.
const SHOWN: usize = 20;

/// One version as it is shown.
pub(super) struct Shown {
    pub(super) number: i32,
    pub(super) edit: String,
    pub(super) small: String,
    pub(super) reason: String,
    pub(super) basis: String,
    /// Points of a curve: day and percent.
    pub(super) points: Vec<(String, String)>,
    pub(super) milestones: Vec<PlannedLine>,
}

/// A milestone as it was planned.
pub(super) struct PlannedLine {
    pub(super) name: String,
    pub(super) stage: String,
    pub(super) weight: String,
    pub(super) planned_on: String,
    /// Whether it was planned otherwise, or not at all, in the version before.
    pub(super) changed: bool,
}

/// The versions of the plan of a project at a place, or at every place, newest first.
pub(super) async fn shown<C: ConnectionTrait>(
    on: &C,
    f: &Frame,
    (project, region): (Uuid, Option<RegionCode>),
) -> store::Result<Vec<Shown>> {
    let all = versions::of_spot(on, project, region).await?;
    let pairs = all.iter().zip(all.iter().skip(1).map(Some).chain([None]));
    Ok(pairs.take(SHOWN).map(|(one, before)| of(f, one, before)).collect())
}

fn of(f: &Frame, one: &Version, before: Option<&Version>) -> Shown {
    let changed = |planned: &versions::Planned| {
        before.is_some_and(|before| {
            let same = |old: &&versions::Planned| {
                (&old.id, &old.name, old.weight, old.planned_on)
                    == (&planned.id, &planned.name, planned.weight, planned.planned_on)
            };
            !before.milestones.iter().any(|old| same(&old))
        })
    };
    let line = |planned: &versions::Planned| PlannedLine {
        name: planned.name.clone(),
        stage: Stage::parse(&planned.stage).map(|stage| f.say(&stage.name()).to_owned()).unwrap_or_default(),
        weight: planned.weight.normalize().to_string(),
        planned_on: planned.planned_on.map(|day| f.day(&day)).unwrap_or_default(),
        changed: changed(planned),
    };
    let Plan { basis, points, version, .. } = &one.plan;
    let points = points.iter().filter(|_| *basis == Basis::Curve);
    Shown {
        number: *version,
        edit: f.say(&one.edit.name()).to_owned(),
        small: format!("{} · {}", f.time(&one.at_ms), one.by_name),
        reason: one.reason.clone(),
        basis: f.say(&basis.name()).to_owned(),
        points: points.map(|point| (f.day(&point.cut_off), point.percent.normalize().to_string())).collect(),
        milestones: one.milestones.iter().map(line).collect(),
    }
}

/// A postponement in a sentence, with the deadline that stood before.
pub(super) fn postponed(f: &Frame, one: &Postponed) -> String {
    let day = |day: &NaiveDate| f.day(day);
    let (from, to, on, document) = (day(&one.from), day(&one.to), day(&one.decided_on), &one.document);
    match f.lang {
        kernel::Lang::Zh => format!("原定 {from} 前完成；{document}（{on}）同意延期至 {to}"),
        kernel::Lang::En => format!("Due by {from} originally; {document} of {on} agreed to {to}"),
    }
}

/// The postponements of a project.
pub(super) fn of_project(plans: &curves::Plans, project: Uuid, place: RegionCode) -> Vec<Postponed> {
    plans.at(project, place).map(|plan| plan.postponed.clone()).unwrap_or_default()
}
