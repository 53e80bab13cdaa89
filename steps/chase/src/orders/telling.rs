//! Who hears of an order: those whose turn it is, in the same write.

use kernel::{Permission, RegionCode, Text};
use notices::{Kind, NewNotice};
use store::{Result, Tx};
use uuid::Uuid;

use crate::tables::orders::Model as Order;
use crate::words::Act;
use people::store::accounts::in_charge;

/// Tells those whose turn it is after `act`, or after the raising when there is none. `top` is the programme's place.
pub(super) async fn tell(tx: &Tx, order: &Order, act: Option<Act>, top: RegionCode) -> Result<()> {
    let name = order.kind().name();
    let number = order.numbered();
    let (to, zh, en) = match act {
        None => (body(tx, order).await?, "收到", "New"),
        Some(Act::SendBack) => (body(tx, order).await?, "答复被退回", "Answer sent back"),
        Some(Act::Refuse) => (body(tx, order).await?, "销号申请被驳回", "Application refused"),
        Some(Act::Extend) => (body(tx, order).await?, "已延期", "Extended"),
        Some(Act::Verify) => (body(tx, order).await?, "已销号", "Closed"),
        Some(Act::Reopen) => (body(tx, order).await?, "销号被撤销", "Reopened"),
        Some(Act::Withdraw) => (body(tx, order).await?, "已撤回", "Withdrawn"),
        Some(Act::Answer) => (order.raised_by.into_iter().collect(), "已答复", "Answered"),
        Some(Act::Apply) => (checkers(tx, order, top).await?, "待复核", "To be checked"),
        Some(Act::Check) => (in_charge(tx.on(), Permission::CloseOrders, top, None).await?, "待核验", "To be verified"),
        Some(Act::Escalate | Act::Plan) => return Ok(()),
    };
    let due = order.due_on;
    let notice = NewNotice {
        kind: Kind::Order,
        to,
        subject: Text::new(format!("{zh}：{}{number} {}", name.zh, order.title), format!("{en}: {} {number}", name.en)),
        body: if order.state().awaits_body() {
            Text::new(format!("期限 {due}。\n{}", order.demand), format!("Due {due}.\n{}", order.demand))
        } else {
            Text::new("", "")
        },
        link: format!("/office/orders/{}", order.id),
        programme: Some(order.programme_id),
        dedup: format!("order.{}:{}:{}", act.map_or("raise", Act::code), order.id, order.version),
    };
    notices::send(tx.on(), tx.at_ms(), &notice).await
}

async fn body(tx: &Tx, order: &Order) -> Result<Vec<Uuid>> {
    in_charge(tx.on(), Permission::AnswerOrders, order.region(), Some(order.organisation_id)).await
}

/// The lead body, or the office where there is none.
async fn checkers(tx: &Tx, order: &Order, top: RegionCode) -> Result<Vec<Uuid>> {
    if let Some(lead) = order.lead_id {
        let lead = in_charge(tx.on(), Permission::AnswerOrders, order.region(), Some(lead)).await?;
        if !lead.is_empty() {
            return Ok(lead);
        }
    }
    in_charge(tx.on(), Permission::RaiseOrders, top, None).await
}
