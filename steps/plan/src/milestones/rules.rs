//! Milestones as pure functions: what a plan of them must be like, which hold for a place, how far they are reached.

use chrono::{Datelike, NaiveDate};
use figures::Decimal;
use kernel::{Problem, RegionCode, Text};
use uuid::Uuid;

use super::{Mark, Milestone, MilestoneForm, Origin};

/// The most milestones of one project at one place.
pub const MOST: usize = 40;

/// Refuses a plan whose weights do not make a whole, or whose days lie outside the programme year and the years next
/// to it. A plan without any milestone is none, and fine.
///
/// # Errors
/// Names the line and what is wrong with it.
pub fn check(plan: &[MilestoneForm], year: i32) -> Result<(), Problem> {
    let mut problem = Problem::invalid("节点有误，没有保存", "The milestones have faults and were not saved");
    if plan.len() > MOST {
        return Err(Problem::invalid(
            format!("节点过多：一个项目最多 {MOST} 个"),
            format!("Too many milestones: {MOST} at most"),
        ));
    }
    for (at, form) in plan.iter().enumerate() {
        let line = Text::new(format!("第 {} 个节点", at + 1), format!("milestone {}", at + 1));
        if form.name.trim().is_empty() {
            problem = problem.at(line.clone(), Text::new("请填写名称", "it needs a name"));
        }
        if form.weight.is_sign_negative() || form.weight > Decimal::ONE_HUNDRED {
            problem = problem.at(line.clone(), Text::new("权重应在 0 至 100 之间", "a weight lies between 0 and 100"));
        }
        if form.planned_on.is_some_and(|day| (day.year() - year).abs() > 1) {
            problem = problem.at(
                line,
                Text::new(
                    format!("计划日期应在 {} 至 {} 年之间", year - 1, year + 1),
                    format!("a planned day lies between {} and {}", year - 1, year + 1),
                ),
            );
        }
    }
    let sum: Decimal = plan.iter().map(|form| form.weight).sum();
    if !plan.is_empty() && sum != Decimal::ONE_HUNDRED {
        let sum = sum.normalize();
        problem = problem.at(
            Text::new("权重合计", "sum of weights"),
            Text::new(format!("应为 100，现在是 {sum}"), format!("must be 100 and is {sum}")),
        );
    }
    if problem.places.is_empty() { Ok(()) } else { Err(problem) }
}

/// The milestones of the plan that hold for a project at a place: its own where it has any, else those of the nearest
/// place above that has, else those made for every place. In their order.
pub fn plan_at(all: &[Milestone], project: Uuid, place: RegionCode) -> Vec<&Milestone> {
    let of_plan = |one: &&Milestone| one.project == project && one.origin == Origin::Plan;
    let own = all.iter().filter(of_plan).filter_map(|one| one.region.filter(|region| region.contains(place)));
    let nearest = own.max_by_key(|region| region.level());
    let mut plan: Vec<_> = all.iter().filter(of_plan).filter(|one| one.region == nearest).collect();
    plan.sort_by_key(|one| (one.position, one.id));
    plan
}

/// The milestones of the catch-up plans (赶工计划) of a project at a place.
pub fn catch_up_at(all: &[Milestone], project: Uuid, place: RegionCode) -> Vec<&Milestone> {
    let fits = |one: &&Milestone| one.project == project && one.origin == Origin::CatchUp && one.region == Some(place);
    let mut plan: Vec<_> = all.iter().filter(fits).collect();
    plan.sort_by_key(|one| (one.planned_on, one.position, one.id));
    plan
}

/// The day on which a milestone was reached at a place, as known on a day; none while it was not.
pub fn reached_on(marks: &[Mark], milestone: Uuid, place: RegionCode, known: Option<NaiveDate>) -> Option<NaiveDate> {
    let here = marks.iter().filter(|mark| mark.milestone == milestone && mark.region == place);
    here.filter(|mark| mark.stands(known)).map(|mark| mark.reached_on).min()
}

/// How much of a plan is reached by a cut-off, in percent: the weights of the milestones that are, over all weights.
/// None without weights.
pub fn reached_percent(
    plan: &[&Milestone],
    marks: &[Mark],
    place: RegionCode,
    (cut_off, known): (NaiveDate, Option<NaiveDate>),
) -> Option<Decimal> {
    let whole: Decimal = plan.iter().map(|one| one.weight).sum();
    let is_reached = |one: &&&Milestone| reached_on(marks, one.id, place, known).is_some_and(|day| day <= cut_off);
    let reached: Decimal = plan.iter().filter(is_reached).map(|one| one.weight).sum();
    reached.checked_mul(Decimal::ONE_HUNDRED)?.checked_div(whole)
}

#[cfg(test)]
mod tests {
    use super::super::{Stage, Template};
    use super::*;

    fn one(region: Option<&str>, position: i32) -> Milestone {
        Milestone {
            id: Uuid::now_v7(),
            project: Uuid::nil(),
            region: region.map(|code| code.parse().unwrap()),
            position,
            stage: Stage::Other,
            name: String::new(),
            weight: Decimal::from(50),
            planned_on: None,
            origin: Origin::Plan,
            source_key: None,
        }
    }

    #[test]
    fn the_nearest_plan_holds() {
        let all = vec![one(None, 2), one(None, 1), one(Some("330200"), 1), one(Some("330203"), 1)];
        let at =
            |code: &str| -> Vec<_> { plan_at(&all, Uuid::nil(), code.parse().unwrap()).iter().map(|m| m.id).collect() };
        assert_eq!(at("330203001"), [all[3].id]);
        assert_eq!(at("330205"), [all[2].id]);
        assert_eq!(at("330300"), [all[1].id, all[0].id]);
    }

    #[test]
    fn weights_make_a_whole() {
        let mut plan = Template::all()[0].milestones(2024);
        plan[0].weight += Decimal::ONE;
        plan[1].name.clear();
        let problem = check(&plan, 2024).unwrap_err();
        assert_eq!(problem.places.len(), 2);
        assert!(problem.places[1].message.zh.contains("101"), "{problem:?}");
        assert!(check(&[], 2024).is_ok());
    }

    #[test]
    fn a_mark_counts_from_the_day_on_which_it_was_known_until_it_is_taken_back() {
        let place: RegionCode = "330203".parse().unwrap();
        let noon =
            |day: &str| format!("{day}T04:00:00Z").parse::<chrono::DateTime<chrono::Utc>>().unwrap().timestamp_millis();
        let (a, b) = (one(None, 1), one(None, 2));
        let mark = Mark {
            id: Uuid::nil(),
            milestone: a.id,
            region: place,
            reached_on: "2024-03-10".parse().unwrap(),
            recorded_ms: noon("2024-04-05"),
            by_name: String::new(),
            return_id: None,
            withdrawn_ms: Some(noon("2024-06-01")),
        };
        let of = |cut_off: &str, known: &str| {
            let view = (cut_off.parse().unwrap(), Some(known.parse().unwrap()));
            reached_percent(&[&a, &b], std::slice::from_ref(&mark), place, view).unwrap().to_string()
        };
        assert_eq!(of("2024-03-31", "2024-04-04"), "0");
        assert_eq!(of("2024-03-31", "2024-04-05"), "50");
        assert_eq!(of("2024-03-09", "2024-04-05"), "0");
        assert_eq!(of("2024-03-31", "2024-06-01"), "0");
    }
}
