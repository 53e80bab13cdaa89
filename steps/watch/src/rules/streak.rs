//! For how long a light has been on.

use chrono::{Datelike, NaiveDate};
use ledger::rules::Light;

/// The light at one cut-off.
pub type Turn = (NaiveDate, Option<Light>);

/// Whether a light calls for chasing.
pub fn lags(light: Light) -> bool {
    matches!(light, Light::Behind | Light::FarBehind)
}

/// Since which cut-off the project has lagged without a break up to the last of `turns`, and in how many months of them.
/// `None` when it does not lag at the last. `turns` are in the order of their days; a month is counted once.
///
/// A cut-off without a light (nothing reported) neither ends nor lengthens a lag.
pub fn lagging_since(turns: &[Turn]) -> Option<(NaiveDate, u32)> {
    let lit = turns.iter().filter_map(|(day, light)| Some((*day, (*light)?)));
    let run: Vec<_> = lit.rev().take_while(|(_, light)| lags(*light)).map(|(day, _)| day).collect();
    let since = *run.last()?;
    let mut months: Vec<_> = run.iter().map(|day| (day.year(), day.month())).collect();
    months.dedup();
    Some((since, u32::try_from(months.len()).unwrap_or(u32::MAX)))
}

/// The cut-offs at which the light changed, with what it became; the first light is a change too.
pub fn turned(turns: &[Turn]) -> Vec<(NaiveDate, Light)> {
    let mut changes = Vec::<(NaiveDate, Light)>::new();
    for (day, light) in turns {
        if let Some(light) = light.filter(|light| changes.last().is_none_or(|(_, before)| before != light)) {
            changes.push((*day, light));
        }
    }
    changes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn turns(lights: &[Option<Light>]) -> Vec<Turn> {
        let end = |month: usize| {
            let next = NaiveDate::from_ymd_opt(2024, u32::try_from(month).unwrap() + 2, 1).unwrap();
            next.pred_opt().unwrap()
        };
        lights.iter().enumerate().map(|(month, light)| (end(month), *light)).collect()
    }

    #[test]
    fn a_lag_is_counted_back_to_where_it_began() {
        use Light::{Behind, FarBehind, OnSchedule};
        let of =
            |lights: &[Option<Light>]| lagging_since(&turns(lights)).map(|(day, months)| (day.to_string(), months));
        assert_eq!(of(&[Some(OnSchedule), Some(Behind), Some(FarBehind)]), Some(("2024-02-29".into(), 2)));
        assert_eq!(of(&[Some(Behind), Some(OnSchedule)]), None);
        assert_eq!(of(&[Some(Behind), None, Some(Behind)]), Some(("2024-01-31".into(), 2)), "a gap is no recovery");
        assert_eq!(of(&[Some(Behind), Some(OnSchedule), Some(Behind), None]), Some(("2024-03-31".into(), 1)));
        assert_eq!(of(&[]), None);
    }

    #[test]
    fn changes_are_told_once() {
        use Light::{Behind, Done, OnSchedule};
        let found =
            turned(&turns(&[None, Some(OnSchedule), Some(OnSchedule), Some(Behind), None, Some(Behind), Some(Done)]));
        let codes: Vec<_> = found.iter().map(|(_, light)| light.code()).collect();
        assert_eq!(codes, ["steady", "behind", "done"]);
    }
}
