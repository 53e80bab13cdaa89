//! What the reporting and the congress did to a project: returns handed in, sent back and approved; plans; adjustments.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use kernel::clock::china_time;
use kernel::{RegionCode, Text};
use ledger::programmes::Outline;
use plan::adjustments::{self, Adjustment, AdjustmentKind, Decision};
use plan::curves::versions;
use report::words::Act;
use sea_orm::ConnectionTrait;
use store::Result;
use uuid::Uuid;

use super::{Happening, What};
use crate::store::returns::{self, ReturnAct};

/// Places named one by one where several bodies did the same on a day; more are only counted.
const NAMED: usize = 12;

fn day(ms: i64) -> NaiveDate {
    china_time(ms).map(|time| time.date_naive()).unwrap_or_default()
}

/// Returns about the project at the place and below it. What several bodies did to the returns of one round on one day
/// is one thing that happened, with their places.
pub(super) async fn returns<C: ConnectionTrait>(
    on: &C,
    outline: &Outline,
    project: Uuid,
    region: RegionCode,
) -> Result<Vec<Happening>> {
    let acts = returns::of_project(on, (outline.programme.id, project), region).await?;
    let places = acts.iter().map(|act| act.region);
    let names = ledger::regions::names(on, places, outline.programme.year).await?;
    let mut groups = BTreeMap::<(NaiveDate, Uuid, &str, &str), Vec<&ReturnAct>>::new();
    for act in &acts {
        groups.entry((day(act.at_ms), act.round, act.act.code(), &act.reason)).or_default().push(act);
    }
    let name = |place: RegionCode| names.get(&place).cloned().unwrap_or_else(|| place.short());
    Ok(groups.into_values().filter_map(|group| happening(&group, &name)).collect())
}

fn happening(group: &[&ReturnAct], name: &dyn Fn(RegionCode) -> String) -> Option<Happening> {
    let (first, last) = (group.first()?, group.last()?);
    let (act, cut_off) = (first.act.name(), first.cut_off);
    let mut places: Vec<String> = Vec::new();
    for place in group.iter().map(|one| name(one.region)) {
        if !places.contains(&place) {
            places.push(place);
        }
    }
    let named = places.iter().take(NAMED).cloned().collect::<Vec<_>>().join("、");
    let more = if places.len() > NAMED { format!("等 {} 地", places.len()) } else { String::new() };
    let one = group.len() == 1;
    let words = match (one, first.reason.is_empty()) {
        (true, _) => first.reason.clone(),
        (false, true) => format!("{named}{more}"),
        (false, false) => format!("{}（{named}{more}）", first.reason),
    };
    let same = |of: fn(&ReturnAct) -> &str| group.iter().all(|other| of(other) == of(first)).then(|| of(first));
    let who = [same(|act| &act.organisation), same(|act| &act.person)];
    let who: Vec<&str> = who.into_iter().flatten().filter(|who| !who.is_empty()).collect();
    let who = if who.len() == 2 && who[0] == who[1] { who[0].to_owned() } else { who.join(" ") };
    let count = group.len();
    Some(Happening {
        day: day(last.at_ms),
        at_ms: Some(last.at_ms),
        what: What::Return,
        title: if one {
            Text::new(
                format!("{named}填报（截至 {cut_off}）：{}", act.zh),
                format!("Return of {named} to {cut_off}: {}", act.en),
            )
        } else {
            Text::new(
                format!("{count} 份填报（截至 {cut_off}）：{}", act.zh),
                format!("{count} returns to {cut_off}: {}", act.en),
            )
        },
        words,
        who,
        link: Some(if one {
            format!("/office/returns/{}", first.of)
        } else {
            format!("/office/rounds/{}", first.round)
        }),
        class: match first.act {
            Act::SendBack => "late",
            Act::Approve => "done",
            _ => "",
        },
    })
}

/// Adjustments of the project: asked for, and decided.
pub(super) async fn adjustments<C: ConnectionTrait>(
    on: &C,
    outline: &Outline,
    project: Uuid,
) -> Result<Vec<Happening>> {
    let mut all = Vec::new();
    for one in adjustments::of_programme(on, outline.programme.id).await? {
        if one.project != project {
            continue;
        }
        let (kind, change) = (one.kind.name(), change(outline, &one));
        let link = Some(format!("/office/adjustments/{}", one.id));
        all.push(Happening {
            day: day(one.requested_ms),
            at_ms: Some(one.requested_ms),
            what: What::Adjustment,
            title: Text::new(format!("申请{}{change}", kind.zh), format!("Asked to {}{change}", kind.en)),
            words: one.reason.clone(),
            who: one.requested_name.clone(),
            link: link.clone(),
            class: "behind",
        });
        let Some((decided_ms, decision)) = one.decided_ms.zip(one.decision) else { continue };
        let said = decision.name();
        let document = one.document.clone().unwrap_or_default();
        all.push(Happening {
            day: day(decided_ms),
            at_ms: Some(decided_ms),
            what: What::Adjustment,
            title: Text::new(
                format!("人大审议：{}{}{change}", said.zh, kind.zh),
                format!("The congress {} to {}{change}", said.en, kind.en),
            ),
            words: [document, one.note.clone().unwrap_or_default()]
                .into_iter()
                .filter(|part| !part.is_empty())
                .collect::<Vec<_>>()
                .join("；"),
            who: String::new(),
            link,
            class: if decision == Decision::Approved { "done" } else { "late" },
        });
    }
    Ok(all)
}

/// What becomes what, where that can be said in a line.
fn change(outline: &Outline, one: &Adjustment) -> String {
    let unit =
        one.indicator.and_then(|id| outline.indicator_by_id(id)).map(|row| row.unit.as_str()).unwrap_or_default();
    match one.kind {
        AdjustmentKind::Target => format!("：{}{unit} → {}{unit}", one.original, one.proposed),
        AdjustmentKind::Postpone => {
            let to = one.proposed_on.map(|day| day.to_string()).unwrap_or_default();
            format!("：{} → {to}", one.original)
        }
        AdjustmentKind::Content | AdjustmentKind::Cancel => String::new(),
    }
}

/// Edits of the project's plans at the place, below it and for every place.
pub(super) async fn plans<C: ConnectionTrait>(
    on: &C,
    outline: &Outline,
    project: Uuid,
    region: RegionCode,
) -> Result<Vec<Happening>> {
    let slug = &outline.programme.slug;
    let own = |version: &versions::Version| version.plan.region.is_none_or(|place| region.contains(place));
    let happening = |version: versions::Version| {
        let edit = version.edit.name();
        let number = version.plan.version;
        let place = version.plan.region.map(RegionCode::short).unwrap_or_default();
        Happening {
            day: day(version.at_ms),
            at_ms: Some(version.at_ms),
            what: What::Plan,
            title: Text::new(format!("{}（第 {number} 版）", edit.zh), format!("{} (version {number})", edit.en)),
            words: version.reason,
            who: version.by_name,
            link: Some(format!("/office/programmes/{slug}/projects/{project}/course?place={place}#versions")),
            class: "",
        }
    };
    Ok(versions::of_project(on, project).await?.into_iter().filter(own).map(happening).collect())
}
