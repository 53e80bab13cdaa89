//! What a change must say that is asked of the congress, and who may decide. Pure; whether one is needed at all is
//! [`ledger::programmes::needs_decision`].

use chrono::{Months, NaiveDate};
use kernel::Problem;
use uuid::Uuid;

use super::store::NewAdjustment;
use super::{AdjustmentKind, Ruling};

/// Refuses a request that does not say what is wanted, and why.
///
/// # Errors
/// A problem of the field that is missing.
pub fn check_request(new: &NewAdjustment) -> Result<(), Problem> {
    let missing = |field: &str, zh: &str, en: &str| Err(Problem::field(field, zh, en));
    if new.reason.trim().is_empty() {
        return missing("reason", "请写明调整理由", "Say why it is to be changed");
    }
    match new.kind {
        AdjustmentKind::Target if new.indicator.is_none() => {
            missing("indicator", "请选择要调整目标的指标", "Choose the indicator whose target is to change")
        }
        AdjustmentKind::Target | AdjustmentKind::Content if new.proposed.trim().is_empty() => {
            missing("proposed", "请写明拟调整为什么", "Say what it is to become")
        }
        AdjustmentKind::Postpone if new.proposed_on.is_none() => {
            missing("proposed_on", "请写明拟延至哪一天", "Say to which day it is to be postponed")
        }
        _ => Ok(()),
    }
}

/// Refuses a postponement to a day that is not behind the standing deadline, or more than three years behind it.
///
/// # Errors
/// Names both days.
pub fn check_postponement(standing: NaiveDate, proposed: Option<NaiveDate>) -> Result<(), Problem> {
    let latest = standing.checked_add_months(Months::new(36)).unwrap_or(NaiveDate::MAX);
    match proposed {
        Some(day) if standing < day && day <= latest => Ok(()),
        _ => Err(Problem::field(
            "proposed_on",
            format!("现行时限是 {standing}，拟延至的日期应晚于它，并在三年以内（不晚于 {latest}）"),
            format!("The standing deadline is {standing}: name a day behind it, {latest} at the latest"),
        )),
    }
}

/// Refuses a decision by whoever asked, or without the number of the resolution.
///
/// # Errors
/// What is wrong.
pub fn check_ruling(requested_by: Option<Uuid>, decides: Option<Uuid>, ruling: &Ruling) -> Result<(), Problem> {
    if requested_by.is_some() && requested_by == decides {
        return Err(Problem::conflict(
            "不能审议自己提出的调整申请，请由人大机关的其他人员办理",
            "Whoever asked for a change does not decide on it",
        ));
    }
    if ruling.document.trim().is_empty() {
        return Err(Problem::field("document", "请填写决议文号或会议名称", "Give the number of the resolution"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::Decision;
    use super::*;

    #[test]
    fn nobody_decides_on_their_own_request() {
        let ruling =
            |document: &str| Ruling { decision: Decision::Approved, document: document.into(), note: String::new() };
        let (a, b) = (Uuid::from_u128(1), Uuid::from_u128(2));
        assert!(check_ruling(Some(a), Some(b), &ruling("甬人大常〔2024〕5号")).is_ok());
        assert!(check_ruling(Some(a), Some(a), &ruling("甬人大常〔2024〕5号")).is_err());
        assert!(check_ruling(Some(a), Some(b), &ruling(" ")).is_err());
        assert!(check_ruling(None, None, &ruling("x")).is_ok(), "the operator writes down what was decided elsewhere");
    }

    #[test]
    fn a_request_says_what_and_why() {
        let new = |kind, proposed: &str, reason: &str| NewAdjustment {
            project: Uuid::nil(),
            indicator: Some(Uuid::nil()),
            kind,
            proposed: proposed.into(),
            proposed_on: None,
            reason: reason.into(),
        };
        assert!(check_request(&new(AdjustmentKind::Cancel, "", "规划调整")).is_ok());
        assert!(check_request(&new(AdjustmentKind::Cancel, "", " ")).is_err());
        assert!(check_request(&new(AdjustmentKind::Target, "", "x")).is_err());
        assert!(check_request(&new(AdjustmentKind::Postpone, "明年", "x")).is_err());
        let without = NewAdjustment { indicator: None, ..new(AdjustmentKind::Target, "5", "x") };
        assert!(check_request(&without).is_err());
    }
}
