//! Where the happenings of a project are found.

use std::collections::HashMap;

use chrono::NaiveDate;
use kernel::clock::china_time;
use kernel::{RegionCode, Text};
use ledger::entries::{self, View};
use ledger::programmes::Outline;
use ledger::words::{Measure, Purpose};
use sea_orm::ConnectionTrait;
use store::{Result, audit};
use uuid::Uuid;
use watch::state::{Gathered, turns};

use super::{Happening, What};
use crate::store::orders::{Filter, of_project};
use crate::store::{acts, bottlenecks as bottleneck_rows, inspections as inspection_rows};
use crate::words::FindingAct;

/// Events of the programme that are looked through.
const EVENTS: u64 = 500;

fn day(ms: i64) -> NaiveDate {
    china_time(ms).map(|time| time.date_naive()).unwrap_or_default()
}

/// The programme: drawn up, published; and what was changed in the project's description.
pub(super) async fn programme<C: ConnectionTrait>(on: &C, outline: &Outline, project: Uuid) -> Result<Vec<Happening>> {
    let own = outline.projects.iter().find(|row| row.id == project).map(|row| row.name.as_str());
    let slug = &outline.programme.slug;
    let events = audit::about(on, "programme", std::slice::from_ref(slug), EVENTS).await?;
    let about = |event: &audit::events::Model| {
        let detail: serde_json::Value = serde_json::from_str(&event.detail).unwrap_or_default();
        let named = detail.get("name").and_then(serde_json::Value::as_str);
        let whole = ["programme.created", "programme.imported", "programme.published", "programme.unpublished"];
        // Adjustments are told with what was asked for and what came of it.
        let told = event.action.starts_with("adjustment.");
        whole.contains(&event.action.as_str()) || (named.is_some() && named == own && !told)
    };
    let happening = |event: &audit::events::Model| Happening {
        day: day(event.at_ms),
        at_ms: Some(event.at_ms),
        what: What::Programme,
        title: web::audit::action_words(&event.action),
        words: String::new(),
        who: event.actor.clone(),
        link: Some(format!("/office/programmes/{slug}")),
        class: "",
    };
    Ok(events.iter().filter(|event| about(event)).map(happening).collect())
}

/// Targets and figures of the place itself, with their corrections.
pub(super) async fn figures<C: ConnectionTrait>(
    on: &C,
    outline: &Outline,
    project: Uuid,
    region: RegionCode,
) -> Result<Vec<Happening>> {
    let own = outline.indicators.iter().filter(|row| row.project_id == project && row.parent_id.is_none());
    let shown: HashMap<Uuid, _> = own
        .filter(|row| matches!(row.purpose(), Purpose::Delivery | Purpose::Funding))
        .map(|row| (row.id, row))
        .collect();
    let ids: Vec<Uuid> = shown.keys().copied().collect();
    let rows = entries::of_place(on, &ids, region).await?;
    let happening = |row: &ledger::tables::entries::Model| {
        let indicator = shown.get(&row.indicator_id)?;
        let is_target = Measure::from_number(row.measure) == Measure::Target;
        let number = row.number().map(|number| number.grouped()).unwrap_or_else(|| "—".to_owned());
        let corrected = row.supersedes.is_some();
        let (zh, en) = match (is_target, corrected) {
            (true, false) => ("目标", "Target"),
            (true, true) => ("目标调整为", "Target changed to"),
            (false, false) => ("完成", "Done"),
            (false, true) => ("更正为", "Corrected to"),
        };
        let until = row.as_of.filter(|_| !is_target);
        let (name, unit) = (&indicator.name, &indicator.unit);
        let until_zh = until.map(|day| format!("，截至 {day}")).unwrap_or_default();
        let until_en = until.map(|day| format!(", to {day}")).unwrap_or_default();
        Some(Happening {
            day: day(row.recorded_ms),
            at_ms: Some(row.recorded_ms),
            what: if is_target { What::Target } else { What::Figure },
            title: Text::new(
                format!("{name}：{zh} {number}{unit}{until_zh}"),
                format!("{name}: {en} {number} {unit}{until_en}"),
            ),
            words: String::new(),
            who: String::new(),
            link: Some(format!("/entries/{}", row.id)),
            class: "",
        })
    };
    Ok(rows.iter().filter_map(happening).collect())
}

/// The cut-offs at which the light turned.
pub(super) async fn lights<C: ConnectionTrait>(
    on: &C,
    outline: &Outline,
    project: Uuid,
    region: RegionCode,
    view: View,
) -> Result<Vec<Happening>> {
    let gathered = Gathered::load(on, outline.programme.clone(), &[region], view).await?;
    let history = gathered.history(project, region);
    let turned = watch::rules::streak::turned(&turns(&history));
    let happening = |(cut_off, light): (NaiveDate, ledger::rules::Light)| {
        let name = light.name();
        let why = history.iter().find(|moment| moment.cut_off == cut_off);
        let why = why.and_then(|moment| moment.verdict.why.first());
        Happening {
            day: cut_off,
            at_ms: None,
            what: What::Light,
            title: Text::new(format!("截至 {cut_off} 亮灯：{}", name.zh), format!("{} at {cut_off}", name.en)),
            words: why.map(|why| why.words.zh.clone()).unwrap_or_default(),
            who: String::new(),
            link: None,
            class: light.code(),
        }
    };
    Ok(turned.into_iter().map(happening).collect())
}

/// Milestones that were reached at the place and below it.
pub(super) async fn milestones<C: ConnectionTrait>(
    on: &C,
    outline: &Outline,
    project: Uuid,
    region: RegionCode,
    view: View,
) -> Result<Vec<Happening>> {
    let mut planned = plan::milestones::of_programme(on, outline.programme.id).await?;
    planned.retain(|one| one.project == project);
    let marks = plan::milestones::marks_of_programme(on, outline.programme.id, view.known).await?;
    let happening = |mark: &plan::milestones::Mark| {
        let milestone = planned.iter().find(|one| one.id == mark.milestone)?;
        let late = milestone.planned_on.is_some_and(|day| day < mark.reached_on);
        let planned = milestone.planned_on.map(|day| day.to_string()).unwrap_or_default();
        Some(Happening {
            day: mark.reached_on,
            at_ms: Some(mark.recorded_ms),
            what: What::Milestone,
            title: Text::new(
                format!("节点完成：{}{}", milestone.name, if late { "（晚于计划）" } else { "" }),
                format!("Milestone reached: {}{}", milestone.name, if late { " (late)" } else { "" }),
            ),
            words: if planned.is_empty() { String::new() } else { format!("计划 {planned}") },
            who: mark.by_name.clone(),
            link: None,
            class: if late { "late" } else { "done" },
        })
    };
    let here = marks.iter().filter(|mark| region.contains(mark.region) && mark.stands(view.known));
    Ok(here.filter_map(happening).collect())
}

/// Orders about the project at the place and below it.
pub(super) async fn orders<C: ConnectionTrait>(
    on: &C,
    outline: &Outline,
    project: Uuid,
    region: RegionCode,
) -> Result<Vec<Happening>> {
    let filter = Filter {
        programme: Some(outline.programme.id),
        project: Some(project),
        region: Some(region),
        ..Filter::default()
    };
    let all: HashMap<Uuid, _> = of_project(on, &filter).await?.into_iter().map(|order| (order.id, order)).collect();
    let ids: Vec<Uuid> = all.keys().copied().collect();
    let done = acts::of_orders(on, &ids).await?;
    let happening = |row: &crate::tables::order_acts::Model| {
        let order = all.get(&row.order_id)?;
        let (kind, number) = (order.kind().name(), order.numbered());
        let act = row.act().map_or_else(|| Text::new("发出", "raised"), crate::words::Act::name);
        let late = if row.late { ("（逾期）", " (late)") } else { ("", "") };
        Some(Happening {
            day: day(row.at_ms),
            at_ms: Some(row.at_ms),
            what: What::Order,
            title: Text::new(
                format!("{}{number} {}{}", kind.zh, act.zh, late.0),
                format!("{} {number}: {}{}", kind.en, act.en, late.1),
            ),
            words: if row.text.is_empty() && row.act().is_none() { order.title.clone() } else { row.text.clone() },
            who: format!("{} {}", row.organisation_name, row.account_name).trim().to_owned(),
            link: Some(format!("/office/orders/{}", order.id)),
            class: if row.late { "late" } else { "" },
        })
    };
    Ok(done.iter().filter_map(happening).collect())
}

/// Bottlenecks and tasks of the project at the place and below it.
pub(super) async fn bottlenecks<C: ConnectionTrait>(
    on: &C,
    outline: &Outline,
    project: Uuid,
    region: RegionCode,
) -> Result<Vec<Happening>> {
    let link = Some(format!("/office/projects/{project}/bottlenecks"));
    let mut all = Vec::new();
    for row in bottleneck_rows::bottlenecks_of(on, outline.programme.id, Some(project)).await? {
        if !region.contains(row.region()) {
            continue;
        }
        let cause = row.cause().name();
        all.push(Happening {
            day: day(row.noted_ms),
            at_ms: Some(row.noted_ms),
            what: What::Bottleneck,
            title: Text::new(format!("登记堵点（{}）", cause.zh), format!("Bottleneck noted ({})", cause.en)),
            words: row.text.clone(),
            who: row.noted_by_name.clone(),
            link: link.clone(),
            class: "behind",
        });
        all.extend(row.resolved_on.map(|day| Happening {
            day,
            at_ms: None,
            what: What::Bottleneck,
            title: Text::new("堵点疏解", "Bottleneck gone"),
            words: row.resolution.clone(),
            who: row.resolved_by_name.clone(),
            link: link.clone(),
            class: "done",
        }));
    }
    for row in bottleneck_rows::tasks_of(on, project).await? {
        let Some(done) = row.done_on.filter(|_| region.contains(row.region())) else { continue };
        all.push(Happening {
            day: done,
            at_ms: None,
            what: What::Task,
            title: Text::new("任务办结", "Task done"),
            words: row.text.clone(),
            who: row.done_by_name.clone(),
            link: link.clone(),
            class: if done > row.due_on { "late" } else { "" },
        });
    }
    Ok(all)
}

/// What inspections found in the project at the place and below it, and the re-checks.
pub(super) async fn inspections<C: ConnectionTrait>(
    on: &C,
    outline: &Outline,
    project: Uuid,
    region: RegionCode,
) -> Result<Vec<Happening>> {
    let visits = visits(on, outline, project, region).await?;
    let mut findings = inspection_rows::findings_of(on, outline.programme.id).await?;
    findings.retain(|row| row.project_id == project && region.contains(row.region()));
    let ids: Vec<Uuid> = findings.iter().map(|row| row.id).collect();
    let done = inspection_rows::acts_of(on, &ids).await?;
    let happening = |row: &crate::tables::finding_acts::Model| {
        let finding = findings.iter().find(|finding| finding.id == row.finding_id)?;
        let title = match row.act() {
            None => Text::new("督查发现问题", "Inspection found"),
            Some(act) => Text::new(format!("督查问题{}", act.name().zh), format!("Finding: {}", act.name().en)),
        };
        Some(Happening {
            day: day(row.at_ms),
            at_ms: Some(row.at_ms),
            what: What::Inspection,
            title,
            words: if row.text.is_empty() { finding.text.clone() } else { row.text.clone() },
            who: format!("{} {}", row.organisation_name, row.account_name).trim().to_owned(),
            link: Some(format!("/office/inspections/{}", finding.inspection_id)),
            class: match row.act() {
                Some(FindingAct::Pass) => "done",
                Some(FindingAct::Fail) => "late",
                _ => "",
            },
        })
    };
    Ok(visits.into_iter().chain(done.iter().filter_map(happening)).collect())
}

/// The inspections planned for the project itself, and their visits.
async fn visits<C: ConnectionTrait>(
    on: &C,
    outline: &Outline,
    project: Uuid,
    region: RegionCode,
) -> Result<Vec<Happening>> {
    let mut plan = inspection_rows::of_programme(on, outline.programme.id).await?;
    plan.retain(|row| row.project_id == Some(project) && region.contains(row.region()));
    let mut all = Vec::new();
    let happening = |row: &crate::tables::inspections::Model, at_ms: i64, title: Text| Happening {
        day: day(at_ms),
        at_ms: Some(at_ms),
        what: What::Inspection,
        title,
        words: String::new(),
        who: row.planned_by_name.clone(),
        link: Some(format!("/office/inspections/{}", row.id)),
        class: "",
    };
    for row in &plan {
        let title = Text::new(format!("列入重点督查：{}", row.title), format!("Inspection planned: {}", row.title));
        all.push(happening(row, row.planned_ms, title));
        if let Some(at_ms) = row.dropped_ms {
            let title = Text::new(format!("取消督查：{}", row.title), format!("Inspection called off: {}", row.title));
            all.push(Happening { words: row.dropped_reason.clone(), ..happening(row, at_ms, title) });
        }
    }
    for visit in inspection_rows::visits_of(on, outline.programme.id).await? {
        let Some(row) = plan.iter().find(|row| row.id == visit.inspection_id) else { continue };
        let title = Text::new(format!("督查走访：{}", visit.place), format!("Inspection visit: {}", visit.place));
        let told = happening(row, visit.noted_ms, title);
        all.push(Happening { day: visit.visited_on, words: visit.summary, who: visit.noted_by_name, ..told });
    }
    Ok(all)
}
