//! Everything that happened to a project, from its adoption on: targets, plans, returns, figures, lights, adjustments,
//! orders, bottlenecks, tasks, inspections.

mod gathering;
mod page;
mod reporting;

use chrono::NaiveDate;
use kernel::{RegionCode, Text, codes};
use ledger::entries::View;
use ledger::programmes::Outline;
use sea_orm::ConnectionTrait;
use store::Result;
use uuid::Uuid;

pub(crate) use page::step;

codes! {
    /// What sort of thing happened.
    What {
        /// The programme: adopted, changed, published.
        Programme = "programme", "方案", "programme";
        /// A target was set or adjusted.
        Target = "target", "目标", "target";
        /// Its plan was edited.
        Plan = "plan", "计划", "plan";
        /// A return was handed in, sent back, approved.
        Return = "return", "填报", "return";
        /// A figure came into the ledger.
        Figure = "figure", "数据", "figure";
        /// The light turned.
        Light = "light", "亮灯", "light";
        /// A milestone was reached.
        Milestone = "milestone", "节点", "milestone";
        /// A change of the project was asked for or decided.
        Adjustment = "adjustment", "调整", "adjustment";
        /// A supervision order.
        Order = "order", "督办", "order";
        /// A bottleneck.
        Bottleneck = "bottleneck", "堵点", "bottleneck";
        /// A task.
        Task = "task", "任务", "task";
        /// An inspection.
        Inspection = "inspection", "督查", "inspection";
    }
}

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Happening {
    /// The day on which it happened, or for which it is true.
    pub day: NaiveDate,
    /// The instant, where one is known.
    pub at_ms: Option<i64>,
    /// What sort of thing.
    pub what: What,
    /// What happened, in a line.
    pub title: Text,
    /// More about it, as somebody wrote it.
    pub words: String,
    /// Who did it.
    pub who: String,
    /// The page where it is told.
    pub link: Option<String>,
    /// The class of a light (`behind`, `late` …), where one belongs to it.
    pub class: &'static str,
}

/// Everything that happened to a project at `region` and below it, as the ledger knew it in `view`; newest first. Figures
/// and lights are those of the place itself.
///
/// # Errors
/// When the database fails.
pub async fn of_project<C: ConnectionTrait>(
    on: &C,
    outline: &Outline,
    project: Uuid,
    region: RegionCode,
    view: View,
) -> Result<Vec<Happening>> {
    let mut all = gathering::programme(on, outline, project).await?;
    all.extend(reporting::plans(on, outline, project, region).await?);
    all.extend(reporting::returns(on, outline, project, region).await?);
    all.extend(reporting::adjustments(on, outline, project).await?);
    all.extend(gathering::figures(on, outline, project, region).await?);
    all.extend(gathering::lights(on, outline, project, region, view).await?);
    all.extend(gathering::milestones(on, outline, project, region, view).await?);
    all.extend(gathering::orders(on, outline, project, region).await?);
    all.extend(gathering::bottlenecks(on, outline, project, region).await?);
    all.extend(gathering::inspections(on, outline, project, region).await?);
    if let Some(known) = view.known {
        all.retain(|one| one.day <= known);
    }
    all.sort_by_key(|one| std::cmp::Reverse((one.day, one.at_ms)));
    Ok(all)
}
