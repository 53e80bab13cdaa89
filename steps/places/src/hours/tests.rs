//! Doors as they are labelled, and days of the published calendar.

use chrono::{NaiveDateTime, TimeDelta};
use kernel::Calendar;
use proptest::prelude::*;

use super::*;

fn at(text: &str) -> NaiveDateTime {
    NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").expect("a moment")
}

fn state(hours: &str, moment: &str) -> State {
    Hours::parse(hours).expect(hours).state(at(moment), Calendar::shipped())
}

fn next(hours: &str, moment: &str) -> String {
    match state(hours, moment) {
        State::Closed { next } => next.map(|at| at.format("%m-%d %H:%M").to_string()).unwrap_or_default(),
        State::Open { until } => {
            format!("open {}", until.map(|at| at.format("%m-%d %H:%M").to_string()).unwrap_or_default())
        }
    }
}

const OFFICE: &str = "周一至周五 8:30–11:30、14:00–17:00；法定节假日休息";

#[test]
fn lunch_weekends_and_holidays_are_closed() {
    assert_eq!(next(OFFICE, "2024-06-28 09:00"), "open 06-28 11:30");
    assert_eq!(next(OFFICE, "2024-06-28 11:30"), "06-28 14:00", "half past eleven is lunch already");
    assert_eq!(next(OFFICE, "2024-06-28 17:00"), "07-01 08:30", "Friday evening leads to Monday");
    assert_eq!(next(OFFICE, "2024-10-01 10:00"), "10-08 08:30", "the national holidays of 2024 end on 7 October");
    assert_eq!(
        next(OFFICE, "2024-02-10 10:00"),
        "02-19 08:30",
        "Spring Festival 2024, without the days worked in exchange"
    );
    let working = "工作日 9:00–17:00";
    assert_eq!(next(working, "2024-02-18 10:00"), "open 02-18 17:00", "a Sunday worked in exchange");
    assert_eq!(next("工作日 18:00–20:30；非工作日 8:00–20:30", "2024-10-01 10:00"), "open 10-01 20:30");
    assert_eq!(next("每天 9:00–17:00；周一闭馆", "2024-06-30 18:00"), "07-02 09:00");
    assert_eq!(next("每天 9:00–17:00；法定节假日 10:00–12:00", "2024-10-01 09:30"), "10-01 10:00");
}

#[test]
fn nights_run_into_the_next_day() {
    let night = "每天 18:00–次日2:00";
    assert_eq!(next(night, "2024-06-28 01:59"), "open 06-28 02:00");
    assert_eq!(next(night, "2024-06-28 02:00"), "06-28 18:00");
    assert_eq!(
        next("周五 18:00–24:00；周六 0:00–3:00", "2024-06-28 23:00"),
        "open 06-29 03:00",
        "what touches at midnight is one"
    );
    assert_eq!(state("全天", "2024-06-28 02:00"), State::Open { until: None });
    assert_eq!(state("24小时", "2024-10-01 02:00"), State::Open { until: None });
}

#[test]
fn people_write_the_same_in_many_ways() {
    let same =
        |one: &str, other: &str| assert_eq!(Hours::parse(one).expect(one), Hours::parse(other).expect(other), "{one}");
    same(OFFICE, "星期一到星期五：08:30-11:30，14:00~17:00; 节假日休息");
    same("周六、周日 9:00–11:30", "周末 9：00—11：30");
    same("每天 9:00–17:00", "9:00-17:00");
    same("周一至周三、周五 9:00–17:00", "周一、周二、周三、周五 9:00–17:00");
    same("周五至周一 9:00–17:00", "周一、周五、周六、周日 9:00–17:00");
    assert_eq!(Hours::parse(OFFICE).unwrap().to_string(), OFFICE);
    assert_eq!(
        Hours::parse(OFFICE).unwrap().print(Lang::En),
        "Mon–Fri 8:30–11:30, 14:00–17:00; closed on public holidays"
    );
}

#[test]
fn what_makes_no_sense_is_refused_in_words() {
    for wrong in [
        "",
        "看情况",
        "周八 9:00–10:00",
        "周一 9–10",
        "每天 9:00–9:00",
        "每天 17:00–9:00",
        "每天 9:00–12:00、11:00–13:00",
        "每天 9:00–25:00",
        "法定节假日休息",
        "工作日 9:00–17:00；周六 9:00–12:00",
        "每天 9:00–12:00、12:00–13:00",
        "每天 6:00–次日8:00",
    ] {
        assert!(Hours::parse(wrong).is_err(), "{wrong}");
    }
}

fn spans() -> impl Strategy<Value = Spans> {
    proptest::collection::btree_set(1_u16..95, 0..=3).prop_map(|cuts| {
        let cuts: Vec<u16> = cuts.into_iter().collect();
        cuts.chunks_exact(2).map(|pair| Span { from: pair[0] * 15, to: pair[1] * 15 }).collect()
    })
}

fn any_hours() -> impl Strategy<Value = Hours> {
    let week = proptest::array::uniform7(spans()).prop_map(|days| Week::Days(Box::new(days)));
    let work = (spans(), spans()).prop_map(|(working, off)| Week::Work { working, off });
    let open = |week: &Week| match week {
        Week::Days(days) => days.iter().any(|spans| !spans.is_empty()),
        Week::Work { working, .. } => !working.is_empty(),
    };
    let week = prop_oneof![week, work].prop_filter("open on some day", open);
    (week, proptest::option::of(spans())).prop_map(|(week, holidays)| Hours { week, holidays })
}

proptest! {
    #[test]
    fn what_is_printed_reads_the_same(hours in any_hours()) {
        prop_assert_eq!(Hours::parse(&hours.to_string()).unwrap(), hours);
    }

    #[test]
    fn the_state_holds_until_it_says(hours in any_hours(), minutes in 0_i64..525_600) {
        let moment = at("2024-01-01 00:00") + TimeDelta::minutes(minutes);
        let calendar = Calendar::shipped();
        let state = hours.state(moment, calendar);
        let change = match state { State::Open { until } => until, State::Closed { next } => next };
        if let Some(change) = change {
            prop_assert!(change > moment);
            prop_assert_eq!(hours.state(change, calendar).is_open(), !state.is_open(), "it changes then");
            let before = change - TimeDelta::minutes(1);
            prop_assert_eq!(hours.state(before, calendar).is_open(), state.is_open(), "and not a minute earlier");
        }
    }

    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,60}") {
        if let Ok(hours) = Hours::parse(&text) {
            prop_assert_eq!(Hours::parse(&hours.to_string()), Ok(hours));
        }
    }
}
