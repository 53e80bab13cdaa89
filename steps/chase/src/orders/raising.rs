//! Raising an order: the ladder decides whether, the calendar until when; the number comes with the write.

use chrono::{Datelike, NaiveDate};
use kernel::calendar::Calendar;
use kernel::clock::china_time;
use kernel::ladder::{OrderKind, Rung};
use kernel::{Problem, RegionCode};
use ledger::programmes::{Outline, responsibilities_of};
use people::store::organisations;
use serde_json::json;
use store::audit::Event;
use store::{Actor, Result, Store, Tx};
use uuid::Uuid;

use super::{By, LONGEST_TEXT, LONGEST_TITLE, acting, telling, written};
use crate::rules::closing::checking_body;
use crate::rules::ladder::{Ground, check_due, due, ground};
use crate::store::{acts, numbers, orders};
use crate::tables::order_acts::Model as ActRow;
use crate::tables::orders::Model as Order;
use crate::words::{Party, State};

/// What an order is raised from; nothing is raised twice from one origin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A form, by the key that it carried: sent twice, it raises one order.
    Form(Uuid),
    /// A lag, by [`crate::rules::proposals::Lag::origin`].
    Lag(String),
    /// The order before, whose place it takes.
    Next(Uuid),
}

impl Origin {
    /// As it is kept.
    pub(crate) fn text(&self) -> String {
        match self {
            Self::Form(key) => format!("form:{key}"),
            Self::Lag(key) => key.clone(),
            Self::Next(order) => format!("next:{order}"),
        }
    }
}

/// An order to be raised.
#[derive(Clone, Debug)]
pub struct NewOrder {
    /// What it is raised from.
    pub origin: Origin,
    /// The step of the ladder.
    pub kind: OrderKind,
    /// The project.
    pub project: Uuid,
    /// The indicator, where it is about one.
    pub indicator: Option<Uuid>,
    /// The place.
    pub region: RegionCode,
    /// Whom it is addressed to.
    pub organisation: Uuid,
    /// What it is about, in a line.
    pub title: String,
    /// What is demanded.
    pub demand: String,
    /// The last day; by rule when `None`.
    pub due_on: Option<NaiveDate>,
    /// The rule that proposed it; none when raised by hand.
    pub rule: Option<String>,
    /// Why a step is skipped; empty where none is.
    pub skip_reason: String,
}

/// Raises `all` in one write: all of them or none.
///
/// # Errors
/// Problems of the fields of the first that cannot be raised; a conflict when one was raised already.
pub async fn raise(store: &Store, actor: &Actor, by: &By, outline: &Outline, all: &[NewOrder]) -> Result<Vec<Order>> {
    let mut tx = store.begin(actor).await?;
    let mut raised = Vec::with_capacity(all.len());
    for new in all {
        raised.push(raise_in(&mut tx, by, outline, new).await?);
    }
    tx.commit().await?;
    Ok(raised)
}

/// As [`raise`], in the caller's write.
///
/// # Errors
/// As [`raise`].
pub async fn raise_in(tx: &mut Tx, by: &By, outline: &Outline, new: &NewOrder) -> Result<Order> {
    let title = written("title", &new.title, LONGEST_TITLE)?;
    let demand = written("demand", &new.demand, LONGEST_TEXT)?;
    check_subject(outline, new)?;
    let bodies = organisations::with_keys(tx.on(), &[new.organisation]).await?;
    if bodies.is_empty() {
        return Err(Problem::field("organisation", "请选择责任单位", "Choose the body it is addressed to").into());
    }
    let origin = new.origin.text();
    if orders::from_origin(tx.on(), &origin).await?.is_some() {
        return Err(already_raised().into());
    }
    let today = china_time(tx.at_ms()).map(|time| time.date_naive()).unwrap_or_default();
    let rules = ledger::rules::rule_set(outline.region(), outline.programme.year);
    let previous = match new.origin {
        Origin::Next(id) => Some(previous(tx, outline, id).await?),
        Origin::Form(_) | Origin::Lag(_) => None,
    };
    let standing = previous.as_ref().map(Order::standing);
    let (rung, ground) = ground(&rules.ladder.says.steps, new.kind, standing, &new.skip_reason, today)?;
    let due_on = due_on(new, rung, today)?;
    let lead = {
        let responsible = responsibilities_of(tx.on(), new.project).await?;
        checking_body(&responsible, outline.region(), new.region, new.organisation, today)
    };
    if let Some(previous) = &previous {
        acting::escalate(tx, by, previous, &ground).await?;
    }
    let row = Order {
        id: Uuid::now_v7(),
        programme_id: outline.programme.id,
        year: today.year(),
        number: numbers::next(tx, outline.programme.id, today.year()).await?,
        kind: rung.kind.code().to_owned(),
        colour: rung.colour.code().to_owned(),
        previous_id: previous.map(|order| order.id),
        origin,
        project_id: new.project,
        indicator_id: new.indicator,
        region: new.region.stored(),
        organisation_id: new.organisation,
        lead_id: lead,
        title,
        demand,
        raised_ms: tx.at_ms(),
        raised_by: by.account,
        raised_by_name: by.name.clone(),
        raised_by_organisation: by.organisation.clone(),
        due_on,
        rule_code: new.rule.clone(),
        rule_set: rules.jurisdiction.clone(),
        rule_version: rules.version.cast_signed(),
        skip_reason: ground.reason().map(str::to_owned),
        state: State::Open.code().to_owned(),
        version: 1,
        closed_ms: None,
        reopenings: 0,
    };
    orders::add(tx, row.clone()).await.map_err(
        |error| {
            if error.is_duplicate() { already_raised().into() } else { error }
        },
    )?;
    acts::add(tx, first_act(tx, by, &row)).await?;
    let detail = json!({
        "name": format!("{}{}", rung.kind.name().zh, row.numbered()), "programme": outline.programme.slug,
        "title": row.title, "due_on": row.due_on, "organisation": row.organisation_id,
        "ground": ground_word(&ground), "skip_reason": row.skip_reason,
    });
    telling::tell(tx, &row, None, outline.region()).await?;
    tx.record(Event::new("order.raised", "order", row.id, detail)).await?;
    Ok(row)
}

fn check_subject(outline: &Outline, new: &NewOrder) -> Result<(), Problem> {
    if !outline.projects.iter().any(|project| project.id == new.project) {
        return Err(Problem::field("project", "请选择本方案的项目", "Choose a project of this programme"));
    }
    let fits = |id| outline.indicator_by_id(id).is_some_and(|row| row.project_id == new.project);
    if !new.indicator.is_none_or(fits) {
        return Err(Problem::field("indicator", "这个指标不属于所选项目", "The indicator is none of the project's"));
    }
    if !outline.region().contains(new.region) {
        return Err(Problem::field("region", "所选地方不在本方案范围内", "The place lies outside the programme's"));
    }
    Ok(())
}

/// The last day that was named, else that of the rule.
fn due_on(new: &NewOrder, rung: Rung, today: NaiveDate) -> Result<NaiveDate, Problem> {
    let calendar = Calendar::shipped();
    match new.due_on {
        Some(day) => check_due(day, today, calendar).map(|()| day),
        None => Ok(due(rung.term, today, calendar)),
    }
}

async fn previous(tx: &Tx, outline: &Outline, id: Uuid) -> Result<Order> {
    let found = orders::find(tx.on(), id).await?.filter(|order| order.programme_id == outline.programme.id);
    Ok(found.ok_or_else(|| Problem::not_found("没有要升级的督办", "There is no such order to escalate"))?)
}

fn first_act(tx: &Tx, by: &By, row: &Order) -> ActRow {
    ActRow {
        order_id: row.id,
        position: 1,
        id: Uuid::now_v7(),
        programme_id: row.programme_id,
        act: acts::RAISE.to_owned(),
        party: Party::Office.code().to_owned(),
        state: row.state.clone(),
        due_on: row.due_on,
        late: false,
        account_id: by.account,
        account_name: by.name.clone(),
        organisation_name: by.organisation.clone(),
        text: row.skip_reason.clone().unwrap_or_default(),
        at_ms: tx.at_ms(),
    }
}

fn ground_word(ground: &Ground) -> &'static str {
    match ground {
        Ground::First => "first",
        Ground::Missed => "missed",
        Ground::Skipped(_) => "skipped",
    }
}

fn already_raised() -> Problem {
    Problem::conflict(
        "这一事项刚刚已发出督办，没有重复发出。请刷新页面核对",
        "An order about this was raised a moment ago; none was raised twice. Reload and compare",
    )
}
