//! What is left to do about orders and findings, for the desk.

use std::pin::Pin;

use chrono::NaiveDate;
use kernel::calendar::Calendar;
use kernel::{Lang, Permission};
use people::Viewer;
use uuid::Uuid;
use web::{App, Result, Todo};

use crate::orders::person;
use crate::orders::shown::left_in_words;
use crate::rules::ladder::days_left;
use crate::store::orders::{Filter, Sight, by_due, count};
use crate::tables::orders::Model as Order;
use crate::words::State;

/// Orders told one by one; more are only counted.
const ONE_BY_ONE: u64 = 20;

/// What is left for `viewer`: orders to answer, closings to check and to verify, deadlines that were missed.
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
    }
    if viewer.allows(Permission::CloseOrders, None) {
        let waiting = Filter { states: vec![State::Checked], ..Filter::default() };
        all.extend(several(count(on, &over, &waiting).await?, "checked", ("件销号待核验", "closings to verify"), lang));
    }
    if viewer.allows(Permission::RaiseOrders, None) {
        let waiting = Filter { states: vec![State::Applied], ..Filter::default() };
        all.extend(several(count(on, &over, &waiting).await?, "applied", ("件销号待复核", "closings to check"), lang));
        let overdue = Filter { overdue_on: Some(today), ..Filter::default() };
        all.extend(several(count(on, &over, &overdue).await?, "overdue", ("件督办逾期", "orders overdue"), lang));
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
        title: format!("{count} {}", lang.t(zh, en)),
        link: format!("/office/orders?shelf={shelf}"),
        small: lang.t("督办台账", "Orders").to_owned(),
        word: lang.t("待办", "waiting").to_owned(),
        class: if shelf == "overdue" { "late" } else { "" },
        due_in: if shelf == "overdue" { Some(-1) } else { None },
    })
}
