//! Acting on an order: one row with who and when, one audit event, one transaction; of two at once one wins.

use chrono::NaiveDate;
use files::Kept;
use files::store::Subject;
use kernel::calendar::Calendar;
use kernel::clock::china_time;
use kernel::{Problem, RegionCode};
use ledger::programmes;
use sea_orm::ActiveValue::Set;
use serde_json::json;
use store::audit::Event;
use store::{Actor, Result, Store, Tx};
use uuid::Uuid;

use super::{By, LONGEST_TEXT, telling, written};
use crate::rules::closing::{Hands, Person, check_evidence, next};
use crate::rules::ladder::{Ground, check_due, due};
use crate::store::{acts, orders};
use crate::tables::order_acts::Model as ActRow;
use crate::tables::orders::{ActiveModel, Model as Order};
use crate::words::{Act, Party, State};

/// What evidence of an act is attached to.
pub(crate) const EVIDENCE: &str = "order_act";

/// What somebody does to an order.
#[derive(Clone, Debug)]
pub struct Deed {
    /// What.
    pub act: Act,
    /// In words.
    pub text: String,
    /// Until when: the body's promise, or the later deadline of an extension.
    pub due_on: Option<NaiveDate>,
    /// Files that show it; needed to apply for closing.
    pub evidence: Vec<Kept>,
}

/// Acts on the order that stood at `version` when it was read, in the name of one of `parties`. Returns the order and
/// the key of the act, for evidence.
///
/// # Errors
/// Problems of the fields `text` and `due_on`; forbidden when the act is not for these parties or this person; a
/// conflict, with what happened meanwhile, when somebody else was faster.
pub async fn act(
    store: &Store,
    actor: &Actor,
    by: &By,
    parties: &[Party],
    (id, version): (Uuid, i32),
    deed: &Deed,
) -> Result<(Order, Uuid)> {
    let mut tx = store.begin(actor).await?;
    let done = act_in(&mut tx, by, parties, (id, version), deed).await?;
    tx.commit().await?;
    Ok(done)
}

/// As [`act`], in the caller's write.
pub(crate) async fn act_in(
    tx: &mut Tx,
    by: &By,
    parties: &[Party],
    (id, version): (Uuid, i32),
    deed: &Deed,
) -> Result<(Order, Uuid)> {
    let missing = || Problem::not_found("没有这份督办", "There is no such order");
    let order = orders::find(tx.on(), id).await?.ok_or_else(missing)?;
    let before = acts::of_order(tx.on(), id).await?;
    if order.version != version {
        return Err(overtaken(&before).into());
    }
    let who = Person { account: by.account, name: &by.name };
    let (to, party) = next(order.state(), deed.act, parties, &who, &hands(&before))?;
    let text = if deed.act.needs_text() { written("text", &deed.text, LONGEST_TEXT)? } else { deed.text.trim().into() };
    check_evidence(deed.act, deed.evidence.len())?;
    let today = china_time(tx.at_ms()).map(|time| time.date_naive()).unwrap_or_default();
    let due_on = due_after(tx, &order, deed, today).await?;
    let moved = Order {
        state: to.code().to_owned(),
        due_on,
        version: version + 1,
        closed_ms: match deed.act {
            Act::Verify => Some(tx.at_ms()),
            Act::Reopen => None,
            _ => order.closed_ms,
        },
        reopenings: order.reopenings + i32::from(deed.act == Act::Reopen),
        ..order.clone()
    };
    let late = matches!(deed.act, Act::Answer | Act::Apply) && today > order.due_on;
    let act = step(tx, by, &order, &moved, Step { act: deed.act, party, late, text }).await?;
    let subject =
        Subject { programme: order.programme_id, region: order.region(), kind: EVIDENCE, id: act, public: false };
    for kept in &deed.evidence {
        files::store::attach(tx, &subject, kept, "", &by.name).await?;
    }
    let programme = programmes::with_key(tx.on(), order.programme_id).await?;
    let top = programme.and_then(|row| RegionCode::from_stored(row.region)).unwrap_or_else(|| order.region());
    telling::tell(tx, &moved, Some(deed.act), top).await?;
    Ok((moved, act))
}

/// Lets the next step of the ladder take the place of `order`.
pub(super) async fn escalate(tx: &mut Tx, by: &By, order: &Order, ground: &Ground) -> Result<()> {
    let moved = Order { state: State::Escalated.code().to_owned(), version: order.version + 1, ..order.clone() };
    let text = ground.reason().unwrap_or_default().to_owned();
    step(tx, by, order, &moved, Step { act: Act::Escalate, party: Party::Office, late: false, text }).await?;
    Ok(())
}

struct Step {
    act: Act,
    party: Party,
    late: bool,
    text: String,
}

async fn step(tx: &mut Tx, by: &By, from: &Order, to: &Order, step: Step) -> Result<Uuid> {
    let change = ActiveModel {
        state: Set(to.state.clone()),
        due_on: Set(to.due_on),
        version: Set(to.version),
        closed_ms: Set(to.closed_ms),
        reopenings: Set(to.reopenings),
        ..Default::default()
    };
    if !orders::advance(tx, from.id, from.version, change).await? {
        let now = acts::of_order(tx.on(), from.id).await?;
        return Err(overtaken(&now).into());
    }
    let id = Uuid::now_v7();
    let row = ActRow {
        order_id: from.id,
        position: to.version,
        id,
        programme_id: from.programme_id,
        act: step.act.code().to_owned(),
        party: step.party.code().to_owned(),
        state: to.state.clone(),
        due_on: to.due_on,
        late: step.late,
        account_id: by.account,
        account_name: by.name.clone(),
        organisation_name: by.organisation.clone(),
        text: step.text,
        at_ms: tx.at_ms(),
    };
    let detail = json!({
        "name": format!("{}{}", from.kind().name().zh, from.numbered()), "from": from.state, "to": to.state,
        "party": row.party, "due_on": to.due_on, "late": step.late, "text": row.text,
    });
    acts::add(tx, row).await?;
    tx.record(Event::new(step.act.audited(), "order", from.id, detail)).await?;
    Ok(id)
}

/// The last day for the body once `deed` is done.
async fn due_after(tx: &Tx, order: &Order, deed: &Deed, today: NaiveDate) -> Result<NaiveDate> {
    let calendar = Calendar::shipped();
    if deed.act.says_day() {
        let needed = || Problem::field("due_on", "请填写日期", "A day is needed");
        let day = deed.due_on.ok_or_else(needed)?;
        check_due(day, today, calendar)?;
        if deed.act == Act::Extend && day <= order.due_on {
            let was = order.due_on;
            return Err(Problem::field(
                "due_on",
                format!("延期后的期限应晚于原期限（{was}）"),
                format!("An extension ends after the present last day ({was})"),
            )
            .into());
        }
        return Ok(day);
    }
    if !matches!(deed.act, Act::SendBack | Act::Refuse | Act::Reopen) {
        return Ok(order.due_on);
    }
    let programme = programmes::with_key(tx.on(), order.programme_id).await?;
    let year = programme.map_or(order.year, |programme| programme.year);
    let closing = &ledger::rules::rule_set(order.region(), year).closing.says;
    let term = if deed.act == Act::Reopen { closing.reopened } else { closing.mend };
    Ok(due(term, today, calendar))
}

/// Who applied for and who checked the closing that is under way.
pub(crate) fn hands(acts: &[ActRow]) -> Hands<'_> {
    let last = |wanted: Act| {
        let act = acts.iter().rev().find(|row| row.act() == Some(wanted));
        act.map(|row| Person { account: row.account_id, name: &row.account_name })
    };
    Hands { applied: last(Act::Apply), checked: last(Act::Check) }
}

/// Somebody was faster: who, and what they did.
fn overtaken(acts: &[ActRow]) -> Problem {
    let Some(last) = acts.last() else {
        return Problem::conflict("这份督办刚刚有变化，请刷新页面", "The order has just changed: reload the page");
    };
    let done = last.act().map(Act::name);
    let (zh, en) = done.map_or(("发出".into(), "raised it".into()), |name| (name.zh, name.en));
    let (who, state) = (&last.account_name, last.state().name());
    Problem::conflict(
        format!("{who} 刚刚办理了“{zh}”，这份督办现为“{}”。您填写的内容没有提交，仍在下方，请核对后再处理", state.zh),
        format!(
            "{who} was faster (“{en}”); the order is “{}” now. What you typed was not sent and is kept below",
            state.en
        ),
    )
}
