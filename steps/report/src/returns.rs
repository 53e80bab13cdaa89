//! Returns (填报): what a body reports on a project for a place in a round, from owed to approved.
//!
//! Every function here takes one or many returns, does all of it in one transaction with one audit event or nothing, and
//! asks the same rules ([`crate::rules::moves`]) whoever calls: pages, API, command line, a demonstration.

mod batch;
mod filling;
pub(crate) mod mine;
pub(crate) mod page;
mod posting;
mod proposing;
pub(crate) mod queue;
mod review;
pub(crate) mod sight;
mod signing;

use std::collections::BTreeMap;

use chrono::NaiveDate;
use kernel::{Problem, Text};
use sea_orm::ConnectionTrait;
use serde::{Deserialize, Serialize};
use store::Result;
use uuid::Uuid;

use crate::rules::lines::{Flag, Typed};
use crate::rules::window::Window;
use crate::store as rows;
use crate::words::{Cause, State};

pub(crate) use batch::{Batch, Beside, veiled};
pub(crate) use filling::{check, fill, take_file_back};
pub use filling::{save, submit};
pub use proposing::{Owing, Proposal, owing, propose};
pub use review::{CORRECTION_DAYS, Read, allow_late, pass_or_approve, send_back, withdraw};

pub(crate) use signing::{Signed, sign};

pub use crate::tables::return_acts::Model as Done;
pub use crate::tables::return_lines::Model as Line;
pub use crate::tables::returns::Model as Return;

/// What a body fills in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Content {
    /// The figures, by indicator; those that are missing stay as they are.
    pub lines: BTreeMap<Uuid, Typed>,
    /// The milestone that is reached.
    pub stage: Option<Uuid>,
    /// Since when.
    pub reached_on: Option<NaiveDate>,
    /// 形象进度, such as `35` or `35%`; empty for none.
    pub image: String,
    /// Where work goes on, in words.
    pub places: String,
    /// What is in the way; empty when nothing is.
    pub problem: String,
    /// Why.
    pub cause: Option<Cause>,
}

impl Content {
    /// Figures alone.
    pub fn figures<T: Into<String>>(figures: impl IntoIterator<Item = (Uuid, T)>) -> Self {
        let typed = |raw: T| Typed { raw: raw.into(), reason: String::new() };
        Self { lines: figures.into_iter().map(|(id, raw)| (id, typed(raw))).collect(), ..Self::default() }
    }
}

/// What somebody fills into a return that they have read in `version`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filling {
    /// The return.
    pub id: Uuid,
    /// The version that was read.
    pub version: i32,
    /// The content.
    pub content: Content,
}

/// What became of a return.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The return.
    pub id: Uuid,
    /// Its version now.
    pub version: i32,
    /// Its state now.
    pub state: State,
    /// What a reviewer should look at.
    pub flags: Vec<Flag>,
}

impl Return {
    /// Where it stands.
    pub fn state(&self) -> State {
        State::parse(&self.state).unwrap_or(State::Owed)
    }
}

impl Line {
    /// What a reviewer should look at.
    pub fn flags(&self) -> Vec<Flag> {
        serde_json::from_str(&self.flags).unwrap_or_default()
    }
}

/// Everything that is owed in a round, by place and body.
///
/// # Errors
/// When the database fails.
pub async fn owed_of<C: ConnectionTrait>(on: &C, round: Uuid) -> Result<Vec<Return>> {
    rows::of_round(on, round).await
}

/// The lines of these returns, each in the order of its form.
///
/// # Errors
/// When the database fails.
pub async fn lines_of<C: ConnectionTrait>(
    on: &C,
    returns: &[Uuid],
) -> Result<std::collections::HashMap<Uuid, Vec<Line>>> {
    rows::lines_of(on, returns).await
}

/// What was done to these returns, each in its order.
///
/// # Errors
/// When the database fails.
pub async fn acts_of<C: ConnectionTrait>(
    on: &C,
    returns: &[Uuid],
) -> Result<std::collections::HashMap<Uuid, Vec<Done>>> {
    rows::acts_of(on, returns).await
}

/// A return that has not come though its time is over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overdue {
    /// The return.
    pub row: Return,
    /// Days since the last day of its round.
    pub days: i64,
}

/// The returns of a programme that have not come though their round is over, the oldest round first.
///
/// # Errors
/// When the database fails.
pub async fn overdue<C: ConnectionTrait>(on: &C, programme: Uuid, today: NaiveDate) -> Result<Vec<Overdue>> {
    let mut rounds = crate::rounds::of_programme(on, programme).await?;
    rounds.reverse();
    let ids: Vec<Uuid> = rounds.iter().map(|round| round.id).collect();
    let still_owed = rows::still_owed(on, &ids).await?;
    let mut found = Vec::new();
    for round in &rounds {
        for row in still_owed.iter().filter(|row| row.round_id == round.id) {
            if let Window::Shut { .. } = crate::rules::window::window(round.span(), row.late_until, today) {
                found.push(Overdue { row: row.clone(), days: (today - round.closes_on).num_days().max(0) });
            }
        }
    }
    Ok(found)
}

/// Somebody else was faster.
fn stale() -> Problem {
    Problem::conflict(
        "这份填报刚刚有了变化（可能已被他人修改、提交或审核），您的操作没有保存。请打开最新内容，核对后再操作",
        "this return has just changed – somebody wrote, submitted or reviewed it – and nothing of yours was saved: open it anew and compare",
    )
}

fn missing() -> Problem {
    Problem::not_found("没有这份填报", "There is no such return")
}

/// Puts the name of a return before what is said about it, where several are handled together.
fn about(name: &Text, text: &Text) -> Text {
    Text::new(format!("{}：{}", name.zh, text.zh), format!("{}: {}", name.en, text.en))
}
