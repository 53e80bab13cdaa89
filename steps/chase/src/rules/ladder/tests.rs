use chrono::Days;
use kernel::RuleSets;
use proptest::prelude::*;

use super::*;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn ladder() -> Ladder {
    RuleSets::shipped().default_set().ladder.says.steps.clone()
}

fn standing(kind: OrderKind, state: State, due_on: &str) -> Option<Standing> {
    Some(Standing { kind, state, due_on: day(due_on) })
}

/// 提醒函 gives five working days, 督办单 ten; National Day 2024 and the worked Saturday of 12 October lie between.
#[test]
fn terms_of_the_shipped_ladder() {
    let calendar = Calendar::shipped();
    let due_of = |kind, from| due(ladder().rung(kind).unwrap().term, day(from), calendar).to_string();
    assert_eq!(due_of(OrderKind::Reminder, "2024-07-08"), "2024-07-15");
    assert_eq!(due_of(OrderKind::Reminder, "2024-09-27"), "2024-10-10", "29 and 30 September, 8, 9 and 10 October");
    assert_eq!(due_of(OrderKind::Order, "2024-07-08"), "2024-07-22");
    assert_eq!(due(Term::Months(1), day("2024-09-05"), calendar).to_string(), "2024-10-08", "5 October is off");
    assert_eq!(due(Term::Days(2), day("2024-07-04"), calendar).to_string(), "2024-07-08", "a Saturday moves");
}

#[test]
fn a_step_needs_the_missed_deadline_of_the_one_before() {
    let take = |kind, previous, reason: &str, today: &str| {
        ground(&ladder(), kind, previous, reason, day(today)).map(|(_, ground)| ground)
    };
    let reminder = |state| standing(OrderKind::Reminder, state, "2024-07-15");
    assert_eq!(take(OrderKind::Reminder, None, "", "2024-07-08"), Ok(Ground::First));
    assert_eq!(take(OrderKind::Order, reminder(State::Open), "", "2024-07-16"), Ok(Ground::Missed));
    let early = take(OrderKind::Order, reminder(State::Open), "", "2024-07-15").unwrap_err();
    assert!(early.for_field("skip_reason").unwrap().zh.contains("2024-07-15"), "the last day itself is in time");
    assert_eq!(
        take(OrderKind::Order, reminder(State::Open), "群众集中反映", "2024-07-15"),
        Ok(Ground::Skipped("群众集中反映".into()))
    );
    assert!(take(OrderKind::Circular, reminder(State::Open), "", "2024-08-01").is_err(), "a step is left out");
    let late = take(OrderKind::Order, reminder(State::Checked), "急", "2024-08-01").unwrap_err();
    assert_eq!(late.kind, kernel::ProblemKind::Conflict, "the body has done its part");
    assert!(
        take(OrderKind::Reminder, reminder(State::Open), "急", "2024-08-01").unwrap_err().for_field("kind").is_some()
    );
}

/// Urgent matters begin at orange or red, with the reason kept.
#[test]
fn an_urgent_matter_may_begin_higher() {
    let take = |reason| ground(&ladder(), OrderKind::Circular, None, reason, day("2024-07-08"));
    assert!(take("  ").unwrap_err().message.zh.contains("理由"));
    let (rung, ground) = take("汛期前必须完工").unwrap();
    assert_eq!((rung.colour, ground.reason()), (kernel::ladder::OrderColour::Red, Some("汛期前必须完工")));
}

#[test]
fn a_day_named_by_hand_is_a_working_day() {
    let calendar = Calendar::shipped();
    let check = |due_on: &str| check_due(day(due_on), day("2024-09-27"), calendar).map_err(|p| p.message.zh);
    assert!(check("2024-10-03").unwrap_err().contains("2024-10-08"));
    assert!(check("2024-09-26").unwrap_err().contains("早于今天"));
    assert!(check("2034-10-08").unwrap_err().contains("年份"));
    assert_eq!(check("2024-09-29"), Ok(()), "a worked Sunday");
    assert_eq!(check("2024-09-27"), Ok(()));
}

#[test]
fn days_left_count_working_days_and_the_last_day_is_in_time() {
    let calendar = Calendar::shipped();
    let left = |today: &str| days_left(day("2024-09-30"), day(today), calendar);
    assert_eq!([left("2024-09-27"), left("2024-09-30"), left("2024-10-01"), left("2024-10-08")], [2, 0, -1, -1]);
    assert_eq!(left("2024-10-09"), -2);
}

fn any_day() -> impl Strategy<Value = NaiveDate> {
    (0_u64..3_000).prop_map(|days| day("2019-06-01") + Days::new(days))
}

fn any_term() -> impl Strategy<Value = Term> {
    prop_oneof![
        (0_u32..60).prop_map(Term::WorkingDays),
        (0_u32..90).prop_map(Term::Days),
        (0_u32..12).prop_map(Term::Months)
    ]
}

proptest! {
    #[test]
    fn no_term_ends_on_a_day_off_or_before_it_begins(term in any_term(), from in any_day()) {
        let calendar = Calendar::shipped();
        let end = due(term, from, calendar);
        prop_assert!(calendar.is_working_day(end));
        prop_assert!(end >= from);
    }

    #[test]
    fn a_step_up_without_a_reason_means_a_missed_deadline(
        kind in proptest::sample::select(OrderKind::ALL),
        previous in proptest::option::of((proptest::sample::select(OrderKind::ALL), proptest::sample::select(State::ALL))),
        due_on in any_day(),
        today in any_day(),
    ) {
        let previous = previous.map(|(kind, state)| Standing { kind, state, due_on });
        match ground(&ladder(), kind, previous, "", today) {
            Ok((_, Ground::First)) => prop_assert!(previous.is_none() && kind == ladder().first().kind),
            Ok((_, Ground::Missed)) => {
                let previous = previous.unwrap();
                prop_assert!(today > previous.due_on && previous.state.awaits_body());
                prop_assert_eq!(ladder().above(previous.kind).unwrap().kind, kind);
            }
            Ok((_, Ground::Skipped(_))) => prop_assert!(false, "skipped without a reason"),
            Err(_) => {}
        }
    }

    /// The boundary of a window: in time on the last day, missed from the next on, whatever the calendar.
    #[test]
    fn a_deadline_is_missed_from_the_day_after(due_on in any_day(), offset in -5_i64..=5) {
        let today = due_on + chrono::TimeDelta::days(offset);
        let open = Standing { kind: OrderKind::Reminder, state: State::Open, due_on };
        prop_assert_eq!(open.is_missed(today), offset > 0);
        prop_assert_eq!(days_left(due_on, today, Calendar::shipped()) < 0, offset > 0);
    }
}
