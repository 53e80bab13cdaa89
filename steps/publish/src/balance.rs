//! What follows from money planned and spent by source: rules without I/O.

use figures::relations::{self, Judgement};
use figures::{Decimal, Number, Precision};
use kernel::Schedule;
use ledger::rules;
use ledger::words::Direction;

/// Money of one source, or of all of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Money {
    /// What is planned.
    pub(crate) planned: Option<Number>,
    /// What is spent.
    pub(crate) spent: Option<Number>,
}

/// What is left of the whole when the sources with published spending are taken away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Remainder {
    /// Planned by the other sources together.
    pub(crate) planned: Number,
    /// Spent by them together.
    pub(crate) spent: Number,
    /// Spent of planned, in percent, not rounded.
    pub(crate) percent: Decimal,
}

/// The sources whose spending is not published one by one, taken together.
///
/// None when all or no source publishes its spending, or when the published ones are more than the whole.
/// Ningbo 2024, first half: 22.47 − 3.82 = 18.65 of 40.16 − 6.52 = 33.64, in 亿元; 55.4 %.
pub(crate) fn remainder(whole: Money, sources: &[Money]) -> Option<Remainder> {
    let told: Vec<_> = sources.iter().filter_map(|source| Some((source.planned?, source.spent?))).collect();
    if told.is_empty() || told.len() == sources.len() {
        return None;
    }
    let planned = told.iter().try_fold(whole.planned?, |left, (planned, _)| less(left, *planned))?;
    let spent = told.iter().try_fold(whole.spent?, |left, (_, spent)| less(left, *spent))?;
    let percent = rules::progress(spent.value, planned.value, Direction::More)?;
    Some(Remainder { planned, spent, percent })
}

/// `whole` less `part`, printed as finely as the finer of the two.
fn less(whole: Number, part: Number) -> Option<Number> {
    let value = whole.value.checked_sub(part.value).filter(|left| !left.is_sign_negative())?;
    let (a, b) = (whole.precision, part.precision);
    let precision = if a.magnitude == b.magnitude {
        Precision { places: a.places.max(b.places), magnitude: a.magnitude }
    } else {
        Precision::of(value)
    };
    Some(Number { value, precision })
}

/// Whether a published share follows from the money: `spent` ÷ `planned`.
pub(crate) fn judge_share(money: Money, published: Number) -> Option<Judgement> {
    Some(relations::ratio(money.spent?, money.planned?, published))
}

/// Whether a published lead over the schedule follows from the published share.
pub(crate) fn judge_lead(share: Number, schedule: Schedule, published: Number) -> Judgement {
    relations::points(share, Number::exact(schedule.percent), published)
}

#[cfg(test)]
mod tests {
    use figures::parse_number;
    use figures::relations::Verdict;
    use kernel::ScheduleBasis;

    use super::*;

    fn money(planned: &str, spent: &str) -> Money {
        Money { planned: parse_number(planned).ok(), spent: parse_number(spent).ok() }
    }

    /// The published sums of Ningbo, first half of 2024.
    #[test]
    fn what_is_not_told_by_source_is_derived() {
        let whole = money("40.16亿", "22.47亿");
        let sources = [money("6.52亿", "3.82亿"), money("21.76亿", ""), money("11.88亿", "")];
        let rest = remainder(whole, &sources).unwrap();
        assert_eq!((rest.planned.to_string(), rest.spent.to_string()), ("33.64亿".to_owned(), "18.65亿".to_owned()));
        assert_eq!(figures::print_percent(rest.percent, 1), "55.4%");
    }

    #[test]
    fn nothing_is_derived_without_need_or_ground() {
        let whole = money("10亿", "5亿");
        assert_eq!(remainder(whole, &[money("10亿", "5亿")]), None);
        assert_eq!(remainder(whole, &[money("4亿", ""), money("6亿", "")]), None);
        assert_eq!(remainder(whole, &[money("11亿", "1亿"), money("6亿", "")]), None);
        assert_eq!(remainder(money("10亿", ""), &[money("4亿", "1亿"), money("6亿", "")]), None);
    }

    #[test]
    fn published_shares_agree() {
        let of = |money: Money, percent: &str| judge_share(money, parse_number(percent).unwrap()).unwrap().verdict;
        assert_eq!(of(money("40.16亿", "22.47亿"), "56.0"), Verdict::Rounds);
        assert_eq!(of(money("6.52亿", "3.82亿"), "58.6"), Verdict::Rounds);
        assert_eq!(of(money("6.52亿", "3.82亿"), "68.6"), Verdict::Fails);
        let june = Schedule::at("2024-06-30".parse().unwrap(), 2024, ScheduleBasis::Months);
        let number = |text| parse_number(text).unwrap();
        assert!(judge_lead(number("58.6"), june, number("8.6")).verdict.agrees());
    }
}
