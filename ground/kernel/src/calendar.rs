//! Working days in China, and the legal arithmetic of periods: which day a deadline falls on.
//!
//! What is off and what is worked in exchange (调休上班) is data: one TOML file for each yearly notice of the State
//! Council's General Office (data/holidays). For a year without a notice only weekends are known; [`Calendar::covers`]
//! tells, so that whoever shows a deadline can say so.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use chrono::{Datelike, Days, Months, NaiveDate, TimeDelta, Weekday};
use serde::Deserialize;

use crate::Text;
use crate::rule_set::Certainty;

/// The files that ship with the program.
const SHIPPED: [(&str, &str); 7] = [
    ("2020.toml", include_str!("../../../data/holidays/2020.toml")),
    ("2021.toml", include_str!("../../../data/holidays/2021.toml")),
    ("2022.toml", include_str!("../../../data/holidays/2022.toml")),
    ("2023.toml", include_str!("../../../data/holidays/2023.toml")),
    ("2024.toml", include_str!("../../../data/holidays/2024.toml")),
    ("2025.toml", include_str!("../../../data/holidays/2025.toml")),
    ("2026.toml", include_str!("../../../data/holidays/2026.toml")),
];

/// No holiday is this long with the days around it; a longer span is a misprint.
const LONGEST_HOLIDAY: TimeDelta = TimeDelta::days(31);

/// Which days are worked.
#[derive(Clone, Debug)]
pub struct Calendar {
    notices: BTreeMap<i32, Notice>,
    days: BTreeMap<NaiveDate, Day>,
}

/// What a notice says of one day.
#[derive(Clone, Debug)]
struct Day {
    worked: bool,
    holiday: Text,
}

/// The notice about one year.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Notice {
    /// The year that it is about.
    pub year: i32,
    /// The numbers of the notice and of later ones that changed it.
    pub documents: Vec<String>,
    /// The date of the first.
    pub dated: NaiveDate,
    /// Where they were published.
    pub urls: Vec<String>,
    /// How sure the dates are.
    pub certainty: Certainty,
    /// The holidays, in their order.
    pub holidays: Vec<Holiday>,
}

/// One holiday of a notice.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Holiday {
    /// Its name in Chinese.
    pub name: String,
    /// Its name in English.
    pub name_en: String,
    /// The first day off.
    pub from: NaiveDate,
    /// The last day off.
    pub to: NaiveDate,
    /// Weekend days worked in exchange.
    pub worked: Vec<NaiveDate>,
}

impl Calendar {
    /// The calendar of the notices that ship with the program: 2020 to 2026.
    pub fn shipped() -> &'static Self {
        static SHIPPED_CALENDAR: LazyLock<Calendar> = LazyLock::new(|| {
            let nothing = Calendar { notices: BTreeMap::new(), days: BTreeMap::new() };
            SHIPPED.iter().fold(nothing, |calendar, (name, text)| {
                calendar.with(name, text).expect("the shipped holidays are tested")
            })
        });
        &SHIPPED_CALENDAR
    }

    /// This calendar with one more notice, which takes the place of one about the same year. `name` is the file's, for
    /// the message.
    ///
    /// # Errors
    /// Names the file and what is wrong: no TOML, an unknown key, a span that ends before it begins, a day that is both
    /// off and worked, a weekday said to be worked in exchange.
    pub fn with(&self, name: &str, text: &str) -> Result<Self, String> {
        let notice: Notice = toml::from_str(text).map_err(|error| format!("{name}: {error}"))?;
        let mut notices = self.notices.clone();
        notices.insert(notice.year, notice);
        let days = days(notices.values()).map_err(|error| format!("{name}: {error}"))?;
        Ok(Self { notices, days })
    }

    /// Whether the notice about `year` is known. Without, every Monday to Friday counts as worked.
    pub fn covers(&self, year: i32) -> bool {
        self.notices.contains_key(&year)
    }

    /// The notice about `year`.
    pub fn notice(&self, year: i32) -> Option<&Notice> {
        self.notices.get(&year)
    }

    /// The holiday on which `day` is off.
    pub fn holiday(&self, day: NaiveDate) -> Option<&Text> {
        self.days.get(&day).filter(|said| !said.worked).map(|said| &said.holiday)
    }

    /// Whether offices work on `day`.
    pub fn is_working_day(&self, day: NaiveDate) -> bool {
        self.days.get(&day).map_or_else(|| is_weekday(day), |said| said.worked)
    }

    /// The `count`th working day after `day`, which itself does not count; `day` when `count` is 0.
    pub fn add_working_days(&self, day: NaiveDate, count: u32) -> NaiveDate {
        let mut reached = day;
        for _ in 0..count {
            let Some(next) = reached.succ_opt() else { return reached };
            reached = self.on_or_after(next);
        }
        reached
    }

    /// How many working days lie after `from` up to and with `to`; 0 when `to` is not after `from`.
    pub fn working_days_between(&self, from: NaiveDate, to: NaiveDate) -> u32 {
        let Some(first) = from.succ_opt().filter(|first| *first <= to) else { return 0 };
        let length = (to - from).num_days();
        let beyond_whole_weeks = first.iter_days().zip(0..length % 7);
        let weekdays = length / 7 * 5 + beyond_whole_weeks.map(|(day, _)| i64::from(is_weekday(day))).sum::<i64>();
        let exceptions: i64 =
            self.days.range(first..=to).map(|(day, said)| i64::from(said.worked) - i64::from(is_weekday(*day))).sum();
        u32::try_from(weekdays + exceptions).unwrap_or_default()
    }

    /// `day` when it is worked, else the next day that is.
    pub fn on_or_after(&self, day: NaiveDate) -> NaiveDate {
        let mut reached = day;
        while !self.is_working_day(reached) {
            let Some(next) = reached.succ_opt() else { return reached };
            reached = next;
        }
        reached
    }

    /// The last day of a period of `months` months from `day`: the corresponding day of the month, the month's last when
    /// it has none, and the day after when that is a legal day off. It ends at the close of that day.
    ///
    /// Source: 民法典 §§201–203 (certainty M). That weekends are legal days off (法定休假日), and that a weekend day
    /// worked in exchange is none, is how we read §203.
    pub fn period_end_months(&self, day: NaiveDate, months: u32) -> NaiveDate {
        // chrono takes the month's last day where the corresponding one is missing, as §202 does.
        self.on_or_after(day.checked_add_months(Months::new(months)).unwrap_or(NaiveDate::MAX))
    }

    /// The last day of a period of `days` calendar days from `day`, which itself does not count; moved as by
    /// [`Calendar::period_end_months`].
    ///
    /// Source: 民法典 §§201, 203 (certainty M).
    pub fn period_end_days(&self, day: NaiveDate, days: u32) -> NaiveDate {
        self.on_or_after(day.checked_add_days(Days::new(u64::from(days))).unwrap_or(NaiveDate::MAX))
    }
}

fn is_weekday(day: NaiveDate) -> bool {
    !matches!(day.weekday(), Weekday::Sat | Weekday::Sun)
}

/// Every day that the notices name.
fn days<'a>(notices: impl Iterator<Item = &'a Notice>) -> Result<BTreeMap<NaiveDate, Day>, String> {
    let mut days = BTreeMap::<NaiveDate, Day>::new();
    let mut say = |day: NaiveDate, worked: bool, holiday: &Holiday| {
        let said = Day { worked, holiday: Text::new(&holiday.name, &holiday.name_en) };
        match days.insert(day, said) {
            Some(before) if before.worked != worked => Err(format!("{day} is both off and worked")),
            _ => Ok(()),
        }
    };
    for holiday in notices.flat_map(|notice| &notice.holidays) {
        let Holiday { name, from, to, worked, .. } = holiday;
        if to < from || *to - *from > LONGEST_HOLIDAY {
            return Err(format!("{name}: {from} to {to} is no span of days off"));
        }
        for day in from.iter_days().take_while(|day| day <= to) {
            say(day, false, holiday)?;
        }
        for day in worked {
            if is_weekday(*day) {
                return Err(format!("{name}: {day} is no weekend day, so it is worked anyway"));
            }
            say(*day, true, holiday)?;
        }
    }
    Ok(days)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    /// Days named in the notices.
    #[test]
    fn published_days() {
        let calendar = Calendar::shipped();
        for worked in [
            "2020-01-19",
            "2021-02-20",
            "2022-01-29",
            "2022-10-09",
            "2023-06-25",
            "2024-02-04",
            "2024-02-09",
            "2024-02-18",
            "2024-10-12",
            "2025-01-26",
            "2025-09-28",
            "2026-01-04",
            "2026-10-10",
            "2026-11-24",
        ] {
            assert!(calendar.is_working_day(day(worked)), "{worked} is worked");
        }
        for off in [
            "2020-01-31",
            "2020-02-01",
            "2021-10-07",
            "2022-12-31",
            "2023-01-02",
            "2023-10-06",
            "2024-02-10",
            "2024-02-17",
            "2024-09-16",
            "2024-11-24",
            "2025-10-08",
            "2026-02-23",
            "2026-09-25",
        ] {
            assert!(!calendar.is_working_day(day(off)), "{off} is off");
        }
        assert_eq!(calendar.holiday(day("2024-10-07")).unwrap().zh, "国庆节");
        assert_eq!(calendar.holiday(day("2024-10-12")), None);
    }

    /// Counted by hand from each notice; data/holidays/README.md has the same numbers.
    #[test]
    fn working_days_of_each_year() {
        let calendar = Calendar::shipped();
        let count = |year: i32| {
            calendar.working_days_between(day(&format!("{}-12-31", year - 1)), day(&format!("{year}-12-31")))
        };
        assert_eq!((2020..=2026).map(count).collect::<Vec<_>>(), [249, 250, 249, 249, 251, 248, 248]);
    }

    #[test]
    fn a_deadline_jumps_the_holiday_and_stops_on_the_exchanged_day() {
        let calendar = Calendar::shipped();
        assert_eq!(calendar.add_working_days(day("2024-09-30"), 1), day("2024-10-08"));
        assert_eq!(calendar.add_working_days(day("2024-10-11"), 1), day("2024-10-12"));
        assert_eq!(calendar.add_working_days(day("2024-02-09"), 5), day("2024-02-22"));
        assert_eq!(calendar.add_working_days(day("2024-10-01"), 0), day("2024-10-01"));
        assert_eq!(calendar.working_days_between(day("2024-09-27"), day("2024-10-08")), 3);
        assert_eq!(calendar.working_days_between(day("2024-10-08"), day("2024-10-08")), 0);
        assert_eq!(calendar.working_days_between(day("2024-10-08"), day("2024-09-27")), 0);
    }

    #[test]
    fn a_period_ends_on_the_corresponding_day_or_the_last_of_the_month() {
        let calendar = Calendar::shipped();
        assert_eq!(calendar.period_end_months(day("2024-01-31"), 1), day("2024-02-29"));
        assert_eq!(calendar.period_end_months(day("2023-01-31"), 1), day("2023-02-28"));
        assert_eq!(calendar.period_end_months(day("2024-03-12"), 3), day("2024-06-12"));
        assert_eq!(
            calendar.period_end_months(day("2024-07-03"), 3),
            day("2024-10-08"),
            "3 October is off until the 7th"
        );
        assert_eq!(calendar.period_end_months(day("2024-09-12"), 1), day("2024-10-12"), "a worked Saturday");
        assert_eq!(calendar.period_end_days(day("2024-06-01"), 30), day("2024-07-01"));
        assert_eq!(calendar.period_end_days(day("2024-06-07"), 1), day("2024-06-11"), "weekend, then 端午节");
    }

    #[test]
    fn beyond_the_notices_weekends_are_off_and_it_can_be_told() {
        let calendar = Calendar::shipped();
        assert!(calendar.covers(2020) && calendar.covers(2026) && !calendar.covers(2027) && !calendar.covers(2019));
        assert!(calendar.is_working_day(day("2027-10-01")));
        assert!(!calendar.is_working_day(day("2027-10-02")));
        let head = "year = 2027\ndocuments = [\"某文\"]\ndated = \"2026-11-30\"\nurls = []\ncertainty = \"M\"\n";
        let national = "[[holidays]]\nname = \"国庆节\"\nname_en = \"National Day\"\nfrom = \"2027-10-01\"\n\
                        to = \"2027-10-07\"\nworked = [\"2027-10-09\"]\n";
        let longer = calendar.with("2027.toml", &format!("{head}{national}")).unwrap();
        assert!(
            longer.covers(2027)
                && !longer.is_working_day(day("2027-10-01"))
                && longer.is_working_day(day("2027-10-09"))
        );
        assert_eq!(longer.notice(2024).unwrap().documents, ["国办发明电〔2023〕7号"]);
    }

    #[test]
    fn a_wrong_file_is_named_with_its_fault() {
        let head = "year = 2027\ndocuments = []\ndated = \"2026-11-30\"\nurls = []\ncertainty = \"M\"\n";
        let holiday = |from: &str, to: &str, worked: &str| {
            let text = format!(
                "{head}[[holidays]]\nname = \"元旦\"\nname_en = \"New Year\"\nfrom = \"{from}\"\nto = \"{to}\"\nworked = [{worked}]"
            );
            Calendar::shipped().with("2027.toml", &text).unwrap_err()
        };
        assert!(holiday("2027-01-03", "2027-01-01", "").contains("2027.toml: 元旦: 2027-01-03 to 2027-01-01"));
        assert!(holiday("2027-01-01", "2028-01-01", "").contains("no span"));
        assert!(holiday("2027-01-01", "2027-01-03", "\"2027-01-02\"").contains("2027-01-02 is both off and worked"));
        assert!(holiday("2027-01-01", "2027-01-01", "\"2027-01-04\"").contains("no weekend day"));
        assert!(holiday("2027-02-30", "2027-03-01", "").contains("2027.toml"));
        assert!(Calendar::shipped().with("x.toml", "yaer = 2027").unwrap_err().contains("x.toml"));
    }

    #[test]
    fn the_ends_of_the_calendar_are_no_panic() {
        let calendar = Calendar::shipped();
        assert_eq!(calendar.add_working_days(NaiveDate::MAX, 3), NaiveDate::MAX);
        assert_eq!(calendar.period_end_months(NaiveDate::MAX, u32::MAX), NaiveDate::MAX);
        assert_eq!(calendar.period_end_days(NaiveDate::MAX, u32::MAX), NaiveDate::MAX);
        assert_eq!(calendar.working_days_between(NaiveDate::MAX, NaiveDate::MAX), 0);
    }

    fn any_day() -> impl Strategy<Value = NaiveDate> {
        (0_u64..3_300).prop_map(|days| day("2019-06-01") + Days::new(days))
    }

    proptest! {
        #[test]
        fn adding_then_counting_gives_the_same(from in any_day(), count in 0_u32..400) {
            let calendar = Calendar::shipped();
            let end = calendar.add_working_days(from, count);
            prop_assert_eq!(calendar.working_days_between(from, end), count);
            prop_assert!(count == 0 || calendar.is_working_day(end));
        }

        #[test]
        fn counting_is_looking_at_every_day(from in any_day(), length in 0_u64..500) {
            let calendar = Calendar::shipped();
            let to = from + Days::new(length);
            let looked = from.iter_days().skip(1).take_while(|day| *day <= to).filter(|day| calendar.is_working_day(*day));
            prop_assert_eq!(calendar.working_days_between(from, to) as usize, looked.count());
        }

        #[test]
        fn a_later_start_never_ends_sooner(a in any_day(), b in any_day(), count in 0_u32..60) {
            let calendar = Calendar::shipped();
            let (early, late) = (a.min(b), a.max(b));
            prop_assert!(calendar.add_working_days(early, count) <= calendar.add_working_days(late, count));
            prop_assert!(calendar.add_working_days(early, count) <= calendar.add_working_days(early, count + 1));
            prop_assert!(calendar.period_end_months(early, count) <= calendar.period_end_months(late, count));
            prop_assert!(calendar.period_end_days(early, count) <= calendar.period_end_days(late, count));
        }

        #[test]
        fn a_period_never_ends_on_a_day_off(from in any_day(), length in 0_u32..60) {
            let calendar = Calendar::shipped();
            prop_assert!(calendar.is_working_day(calendar.period_end_months(from, length)));
            prop_assert!(calendar.is_working_day(calendar.period_end_days(from, length)));
        }
    }
}
