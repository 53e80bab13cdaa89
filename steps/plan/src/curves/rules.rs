//! What should be done by a cut-off, by the plan of a project. Pure.

use chrono::{Datelike, NaiveDate};
use figures::Decimal;
use kernel::{Problem, ScheduleBasis, Text};

use super::postponed::{Postponed, along, steadily};
use super::{Basis, Plan, Point};
use crate::milestones::Milestone;

/// The most points of one curve.
pub const MOST: usize = 60;

/// What should be done by a cut-off, and how that was counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scheduled {
    /// Percent, 0–100, not rounded.
    pub percent: Decimal,
    /// What was counted, such as 6/12 月 or 节点 3/7.
    pub basis: Text,
}

/// What of a project should be done by `cut_off`: by its `plan`, else as the programme counts (`usual`).
///
/// Months ÷ 12 is what offices publish (certainty V, see [`ScheduleBasis`]); curves, quarter nodes and weighted
/// milestones are our own choice beside it (certainty D). A curve begins with 0 at the end of the year before; behind
/// its last point it stays there. Of `milestones` those count that should be reached by the cut-off, by weight. What a
/// postponement does to it says [`super::postponed`]; a curve that was drawn after one is meant as it stands.
pub fn scheduled(
    plan: Option<&Plan>,
    milestones: &[&Milestone],
    cut_off: NaiveDate,
    (year, usual): (i32, ScheduleBasis),
) -> Scheduled {
    let postponed = plan.map(|plan| plan.postponed.as_slice()).unwrap_or_default();
    let steadily = |basis| steadily(postponed, cut_off, year, basis);
    let basis = plan.map(|plan| plan.basis);
    match (plan, basis) {
        (_, Some(Basis::Months)) => steadily(ScheduleBasis::Months),
        (_, Some(Basis::Days)) => steadily(ScheduleBasis::Days),
        (Some(plan), Some(Basis::Curve)) if !plan.points.is_empty() => {
            let later: Vec<Postponed> = postponed.iter().filter(|one| one.decided_ms > plan.set_ms).cloned().collect();
            along(&later, (&plan.points, plan.stepped), cut_off, year)
        }
        (_, Some(Basis::Milestones)) => by_weight(milestones, cut_off).unwrap_or_else(|| steadily(usual)),
        _ => steadily(usual),
    }
}

fn by_weight(milestones: &[&Milestone], cut_off: NaiveDate) -> Option<Scheduled> {
    let whole: Decimal = milestones.iter().map(|one| one.weight).sum();
    let due: Vec<_> = milestones.iter().filter(|one| one.planned_on.is_some_and(|day| day <= cut_off)).collect();
    let weight: Decimal = due.iter().map(|one| one.weight).sum();
    let (reached, all) = (due.len(), milestones.len());
    Some(Scheduled {
        percent: weight.checked_mul(Decimal::ONE_HUNDRED)?.checked_div(whole)?,
        basis: Text::new(format!("节点 {reached}/{all}"), format!("{reached} of {all} milestones")),
    })
}

pub(super) fn on_curve(points: &[Point], stepped: bool, cut_off: NaiveDate, year: i32) -> Decimal {
    let eve = NaiveDate::from_ymd_opt(year - 1, 12, 31).unwrap_or(NaiveDate::MIN);
    let before = points.iter().rfind(|point| point.cut_off <= cut_off);
    let after = points.iter().find(|point| point.cut_off > cut_off);
    let start = Point { cut_off: eve, percent: Decimal::ZERO };
    let from = before.copied().unwrap_or(start);
    let (Some(to), false) = (after, stepped) else { return from.percent };
    let days = |from: NaiveDate, to: NaiveDate| Decimal::from((to - from).num_days().max(0));
    let part = days(from.cut_off, cut_off).checked_div(days(from.cut_off, to.cut_off)).unwrap_or_default();
    from.percent + (to.percent - from.percent) * part
}

/// The points of quarter nodes (季度节点): what should be done by the end of each quarter.
pub fn quarters(year: i32, percents: [Decimal; 4]) -> Vec<Point> {
    let ends = [3, 6, 9, 12].into_iter().filter_map(|month| crate::milestones::end_of_month(year, month));
    ends.zip(percents).map(|(cut_off, percent)| Point { cut_off, percent }).collect()
}

/// Refuses a curve that falls, leaves 0–100, names a day twice, or has a day before the programme year or behind
/// `deadline`, its end or the day to which the project was postponed.
///
/// # Errors
/// Names the point and what is wrong with it.
pub fn check(points: &[Point], (year, deadline): (i32, NaiveDate)) -> Result<(), Problem> {
    let mut problem = Problem::invalid("计划曲线有误，没有保存", "The curve has faults and was not saved");
    if points.is_empty() || points.len() > MOST {
        return Err(Problem::field(
            "points",
            format!("计划曲线须有 1 至 {MOST} 个点"),
            format!("a curve has 1 to {MOST} points"),
        ));
    }
    let mut before: Option<&Point> = None;
    for point in points {
        let at = Text::new(point.cut_off.to_string(), point.cut_off.to_string());
        let mut fault = |zh: &str, en: &str| problem = problem.clone().at(at.clone(), Text::new(zh, en));
        if point.cut_off.year() < year || point.cut_off > deadline {
            fault(
                "不在方案年度内（延期的项目，不晚于批准的时限）",
                "lies outside the programme year, or behind the day it was postponed to",
            );
        }
        if point.percent.is_sign_negative() || point.percent > Decimal::ONE_HUNDRED {
            fault("应在 0 至 100 之间", "must lie between 0 and 100");
        }
        if before.is_some_and(|before| before.cut_off >= point.cut_off) {
            fault("日期重复或早于前一个点", "stands there twice or before the point above");
        }
        if before.is_some_and(|before| before.percent > point.percent) {
            fault("比前一个点低：计划只升不降", "lies below the point above: a plan never falls");
        }
        before = Some(point);
    }
    if problem.places.is_empty() { Ok(()) } else { Err(problem) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::super::Plan;
    use super::super::postponed::year_end;
    use super::*;
    use crate::milestones::{Origin, Template};

    fn plan(basis: Basis, stepped: bool, points: Vec<Point>) -> Plan {
        Plan {
            project: Uuid::nil(),
            region: None,
            basis,
            kind: String::new(),
            stepped,
            points,
            version: 1,
            set_ms: 0,
            postponed: Vec::new(),
        }
    }

    fn at(plan: Option<&Plan>, milestones: &[&Milestone], day: &str) -> (String, String) {
        let found = scheduled(plan, milestones, day.parse().unwrap(), (2024, ScheduleBasis::Months));
        (found.percent.round_dp(2).normalize().to_string(), found.basis.zh)
    }

    fn percents(of: [i64; 4]) -> Vec<Point> {
        quarters(2024, of.map(Decimal::from))
    }

    #[test]
    fn quarter_nodes() {
        let linear = plan(Basis::Curve, false, percents([10, 40, 80, 100]));
        let of = |day: &str| at(Some(&linear), &[], day).0;
        assert_eq!([of("2023-12-31"), of("2024-03-31"), of("2024-06-30"), of("2024-12-31")], ["0", "10", "40", "100"]);
        assert_eq!(of("2024-05-15"), "24.84", "30 points over 91 days, 45 of them gone");
        let stepped = plan(Basis::Curve, true, percents([10, 40, 80, 100]));
        assert_eq!(at(Some(&stepped), &[], "2024-06-29"), ("10".into(), "计划曲线".into()));
        assert_eq!(at(None, &[], "2024-06-30"), ("50".into(), "6/12 月".into()));
        assert_eq!(at(Some(&plan(Basis::Days, false, Vec::new())), &[], "2024-06-30").0, "49.73");
    }

    #[test]
    fn milestones_count_by_weight() {
        let forms = Template::find("building").unwrap().milestones(2024);
        let all: Vec<_> = (1..)
            .zip(forms)
            .map(|(position, form)| Milestone {
                id: Uuid::now_v7(),
                project: Uuid::nil(),
                region: None,
                position,
                stage: form.stage,
                name: form.name,
                weight: form.weight,
                planned_on: form.planned_on,
                origin: Origin::Plan,
                source_key: None,
            })
            .collect();
        let all: Vec<_> = all.iter().collect();
        let by = plan(Basis::Milestones, false, Vec::new());
        assert_eq!(at(Some(&by), &all, "2024-03-30"), ("15".into(), "节点 2/7".into()));
        assert_eq!(at(Some(&by), &all, "2024-03-31"), ("30".into(), "节点 3/7".into()));
        assert_eq!(at(Some(&by), &all, "2024-12-31").0, "100");
        assert_eq!(at(Some(&by), &[], "2024-06-30").0, "50", "without milestones as the programme counts");
    }

    #[test]
    fn a_curve_never_falls() {
        let points = percents([10, 5, 120, 100]);
        let problem = check(&points, (2024, year_end(2024))).unwrap_err();
        assert_eq!(problem.places.len(), 3, "{problem:?}");
        let fine = percents([10, 10, 80, 100]);
        assert!(check(&fine, (2024, year_end(2024))).is_ok());
        assert!(check(&fine, (2025, year_end(2025))).is_err());
        let later =
            [fine.clone(), vec![Point { cut_off: "2025-06-30".parse().unwrap(), percent: Decimal::ONE_HUNDRED }]]
                .concat();
        assert!(check(&later, (2024, year_end(2024))).is_err());
        assert!(check(&later, (2024, "2025-06-30".parse().unwrap())).is_ok(), "postponed");
    }

    proptest! {
        #[test]
        fn what_should_be_done_never_falls(
            mut raw in prop::collection::btree_map(0_u64..366, 0_i64..=10_000, 1..12),
            stepped: bool, a in 0_u64..420, b in 0_u64..420,
        ) {
            let first: NaiveDate = "2024-01-01".parse().unwrap();
            let mut top = 0;
            for percent in raw.values_mut() {
                top = top.max(*percent);
                *percent = top;
            }
            let points: Vec<_> = raw
                .into_iter()
                .map(|(day, percent)| Point { cut_off: first + chrono::Days::new(day), percent: Decimal::new(percent, 2) })
                .collect();
            prop_assert!(check(&points, (2024, year_end(2024))).is_ok());
            let curve = plan(Basis::Curve, stepped, points);
            let of = |day| scheduled(Some(&curve), &[], first + chrono::Days::new(day), (2024, ScheduleBasis::Months)).percent;
            prop_assert!(of(a.min(b)) <= of(a.max(b)));
            prop_assert!(of(a) >= Decimal::ZERO && of(a) <= Decimal::ONE_HUNDRED);
        }
    }
}
