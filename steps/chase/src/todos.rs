//! What is left to do about orders and findings, for the desk.

use std::pin::Pin;

use chrono::NaiveDate;
use kernel::calendar::Calendar;
use kernel::{Lang, Permission, RegionCode};
use people::Viewer;
use uuid::Uuid;
use web::{App, Result, Todo};

use crate::orders::person;
use crate::orders::shown::left_in_words;
use crate::rules::ladder::days_left;
use crate::store::inspections::{self, Scope};
use crate::store::orders::{Filter, Sight, by_due, count};
use crate::tables::findings::Model as Finding;
use crate::tables::inspections::Model as Inspection;
use crate::tables::orders::Model as Order;
use crate::words::{FindingState, State};

/// Orders told one by one; more are only counted.
const ONE_BY_ONE: u64 = 20;

/// Days before its planned day from which an inspection that nobody has made is told.
const SOON: i64 = 14;

/// What is left for `viewer`: orders to answer, closings to check and to verify, deadlines that were missed; findings to mend
/// and to re-check, inspections to make.
pub fn todos<'a>(
    app: &'a App,
    viewer: &'a Viewer,
    lang: Lang,
) -> Pin<Box<dyn Future<Output = Result<Vec<Todo>>> + Send + 'a>> {
    Box::pin(gather(app, viewer, lang))
}

async fn gather(app: &App, viewer: &Viewer, lang: Lang) -> Result<Vec<Todo>> {
    let (on, today) = (app.store.reader(), app.store.clock().today());
    let sight = person::sight(viewer);
    let own = Sight { regions: Vec::new(), bodies: sight.bodies.clone() };
    let over = Sight { regions: sight.regions.clone(), bodies: Vec::new() };
    let mut all = Vec::new();
    if !own.bodies.is_empty() {
        let waiting = State::ALL.iter().copied().filter(|state| state.awaits_body()).collect();
        let addressed = Filter { states: waiting, ..Filter::default() };
        let rows = by_due(on, &own, &addressed, None, ONE_BY_ONE).await?;
        let mine = rows.iter().filter(|order| own.bodies.contains(&order.organisation_id));
        all.extend(mine.map(|order| answer(order, today, lang)));
        let applied = Filter { states: vec![State::Applied], ..Filter::default() };
        let rows = by_due(on, &own, &applied, None, ONE_BY_ONE).await?;
        let lead = |order: &&Order| order.lead_id.is_some_and(|lead: Uuid| own.bodies.contains(&lead));
        all.extend(rows.iter().filter(lead).map(|order| check(order, lang)));
        let open = inspections::findings_for(on, &own.bodies, FindingState::Open, ONE_BY_ONE).await?;
        all.extend(open.iter().map(|finding| mend(finding, today, lang)));
    }
    if viewer.allows(Permission::Inspect, None) {
        let stored = |scope: &std::ops::RangeInclusive<RegionCode>| (scope.start().stored(), scope.end().stored());
        let scopes: Vec<Scope> = viewer.scopes(Permission::Inspect).iter().map(stored).collect();
        let mended = inspections::findings_at(on, &scopes, FindingState::Mended, ONE_BY_ONE).await?;
        all.extend(mended.iter().map(|finding| recheck(finding, lang)));
        let soon = today.checked_add_signed(chrono::TimeDelta::days(SOON)).unwrap_or(today);
        let unmade = inspections::unvisited(on, &scopes, soon, ONE_BY_ONE).await?;
        all.extend(unmade.iter().map(|row| inspect(row, today, lang)));
    }
    if viewer.allows(Permission::CloseOrders, None) {
        let waiting = Filter { states: vec![State::Checked], ..Filter::default() };
        all.extend(several(count(on, &over, &waiting).await?, "checked", ("件销号待核验", "Closings to verify"), lang));
    }
    if viewer.allows(Permission::RaiseOrders, None) {
        let waiting = Filter { states: vec![State::Applied], ..Filter::default() };
        all.extend(several(count(on, &over, &waiting).await?, "applied", ("件销号待复核", "Closings to check"), lang));
        let overdue = Filter { overdue_on: Some(today), ..Filter::default() };
        all.extend(several(count(on, &over, &overdue).await?, "overdue", ("件督办逾期", "Overdue orders"), lang));
    }
    Ok(all)
}

fn answer(order: &Order, today: NaiveDate, lang: Lang) -> Todo {
    let left = days_left(order.due_on, today, Calendar::shipped());
    let kind = order.kind().name();
    Todo {
        title: format!("{} {} {}", kind.get(lang), order.numbered(), order.title),
        link: format!("/office/orders/{}", order.id),
        small: format!("{} · {} {}", order.state().name().get(lang), lang.t("期限", "due"), order.due_on),
        word: left_in_words(left, lang),
        class: match left {
            ..0 => "late",
            0..=1 => "behind",
            _ => "",
        },
        due_in: Some((order.due_on - today).num_days()),
    }
}

/// Heading of a finding, in a line.
const LONGEST_HEADING: usize = 40;

fn mend(finding: &Finding, today: NaiveDate, lang: Lang) -> Todo {
    let left = days_left(finding.due_on, today, Calendar::shipped());
    Todo {
        title: format!("{} {}", lang.t("整改督查问题", "Mend:"), heading(finding)),
        link: format!("/office/inspections/{0}#finding-{1}", finding.inspection_id, finding.id),
        small: format!("{} {}", lang.t("期限", "due"), finding.due_on),
        word: left_in_words(left, lang),
        class: match left {
            ..0 => "late",
            0..=1 => "behind",
            _ => "",
        },
        due_in: Some((finding.due_on - today).num_days()),
    }
}

fn recheck(finding: &Finding, lang: Lang) -> Todo {
    Todo {
        title: format!("{} {}", lang.t("复查督查问题", "Re-check:"), heading(finding)),
        link: format!("/office/inspections/{0}#finding-{1}", finding.inspection_id, finding.id),
        small: lang.t("重点督查", "Inspections").to_owned(),
        word: lang.t("待复查", "to be re-checked").to_owned(),
        class: "",
        due_in: None,
    }
}

fn inspect(row: &Inspection, today: NaiveDate, lang: Lang) -> Todo {
    let days = (row.planned_on - today).num_days();
    Todo {
        title: format!("{} {}", lang.t("开展督查", "Inspect:"), row.title),
        link: format!("/office/inspections/{}", row.id),
        small: format!("{} {}", lang.t("计划", "planned for"), row.planned_on),
        word: if days < 0 { lang.t("未走访", "not visited") } else { lang.t("待走访", "to be visited") }.to_owned(),
        class: if days < 0 { "late" } else { "behind" },
        due_in: Some(days),
    }
}

fn heading(finding: &Finding) -> String {
    let mut heading: String = finding.text.chars().take(LONGEST_HEADING).collect();
    if heading.len() < finding.text.len() {
        heading.push('…');
    }
    heading
}

fn check(order: &Order, lang: Lang) -> Todo {
    Todo {
        title: format!("{} {} {}", lang.t("复核销号", "Check the closing of"), order.numbered(), order.title),
        link: format!("/office/orders/{}", order.id),
        small: String::new(),
        word: lang.t("待复核", "to check").to_owned(),
        class: "",
        due_in: None,
    }
}

fn several(count: u64, shelf: &str, (zh, en): (&str, &str), lang: Lang) -> Option<Todo> {
    (count > 0).then(|| Todo {
        title: lang.tally(zh, en, count),
        link: format!("/office/orders?shelf={shelf}"),
        small: lang.t("督办台账", "Orders").to_owned(),
        word: lang.t("待办", "waiting").to_owned(),
        class: if shelf == "overdue" { "late" } else { "" },
        due_in: if shelf == "overdue" { Some(-1) } else { None },
    })
}
