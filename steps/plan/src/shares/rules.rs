//! How a target is spread: weights as they are pasted, and what must be true of shares before they are saved. Pure.

use figures::{Decimal, Number, Precision};
use kernel::{Problem, Text};
use ledger::allocations::{Reach, check_shares, split};
use ledger::words::Kind;

/// Reads weights that were pasted: one line for each place, as `海曙区 12345` or the number alone.
///
/// Numbers alone are taken in the order of `names`; lines with names find theirs, whichever order they stand in. A name
/// that is not pasted weighs nothing.
///
/// # Errors
/// The line and what is wrong with it.
pub(crate) fn read_weights(pasted: &str, names: &[String]) -> Result<Vec<Decimal>, Problem> {
    let lines: Vec<&str> = pasted.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let mut problem = Problem::invalid("依据数列有误", "The series has faults");
    let mut weights = vec![None; names.len()];
    for (at, line) in lines.iter().enumerate() {
        let place = Text::new(format!("第 {} 行", at + 1), format!("line {}", at + 1));
        // A comma may stand between thousands: it separates name and number only where nothing else does.
        let apart = line.rsplit_once([' ', '\t', '：', ':', '　']).or_else(|| line.split_once(['，', ',']));
        let (name, number) = match apart {
            Some((name, number)) if figures::parse_number(name).is_err() => (name.trim(), number.trim()),
            _ => ("", *line),
        };
        let found = match name {
            "" if lines.len() == names.len() => Some(at),
            "" => None,
            name => names.iter().position(|known| known == name || known.starts_with(name) && name.chars().count() > 1),
        };
        let value = figures::parse_number(number).map(|number| number.value);
        match (found, value) {
            (Some(at), Ok(value)) if !value.is_sign_negative() => weights[at] = Some(value),
            (Some(_), Ok(_)) => {
                problem = problem.at(place, Text::new("依据不能是负数", "a weight is not negative"));
            }
            (Some(_), Err(_)) => {
                let zh = format!("读不懂数字“{number}”");
                problem = problem.at(place, Text::new(zh, format!("“{number}” is no number")));
            }
            (None, _) if name.is_empty() => {
                let (lines, rows) = (lines.len(), names.len());
                let zh = format!("只有数字时须与下表行数相同：现在 {lines} 行，下表 {rows} 行；或在数字前写名称");
                let en =
                    format!("numbers alone must be as many as rows: {lines} and {rows}; or write names before them");
                problem = problem.at(place, Text::new(zh, en));
                break;
            }
            (None, _) => {
                let zh = format!("下表没有“{name}”");
                problem = problem.at(place, Text::new(zh, format!("there is no “{name}” below")));
            }
        }
    }
    if !problem.places.is_empty() {
        return Err(problem);
    }
    Ok(weights.into_iter().map(Option::unwrap_or_default).collect())
}

/// How many decimal places shares of a target get: none for what is counted in pieces, else those of the target.
pub(crate) fn usual_places(kind: Kind, target: Number) -> u32 {
    match kind {
        Kind::Count | Kind::People | Kind::Times | Kind::Boolean => 0,
        _ => target.value.normalize().scale().min(4),
    }
}

/// Shares of `target` in proportion to `weights`, rounded to `places` so that they add up to it exactly.
///
/// # Errors
/// When there is nothing to go by.
pub(crate) fn propose(target: Decimal, weights: &[Decimal], places: u32) -> Result<Vec<Number>, Problem> {
    let shares = split(target, weights, Decimal::new(1, places.min(4))).ok_or_else(|| {
        Problem::field(
            "basis",
            "依据数列全为零或为空，无法按比例分解",
            "The series is empty or all zero: there is no proportion",
        )
    })?;
    Ok(shares.into_iter().map(|value| Number { value, precision: Precision::of(value) }).collect())
}

/// Refuses shares that do not reach what they are shares of, unless whoever splits says that more are to come.
///
/// # Errors
/// By how much they fall short.
pub(crate) fn must_reach(target: Option<Decimal>, shares: &[Decimal], unfinished: bool) -> Result<(), Problem> {
    let Some(target) = target.filter(|_| !shares.is_empty() && !unfinished) else { return Ok(()) };
    let Reach::Short(by) = check_shares(target, shares) else { return Ok(()) };
    let (by, target) = (figures::print_grouped(by), figures::print_grouped(target));
    Err(Problem::field(
        "unfinished",
        format!("分解合计比目标 {target} 少 {by}：请分足；还没分完就勾选“尚未分完”再保存"),
        format!("The shares fall {by} short of {target}: reach it, or tick “not finished” to save what there is"),
    ))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn names() -> Vec<String> {
        ["海曙区", "江北区", "慈溪市"].map(str::to_owned).to_vec()
    }

    fn read(pasted: &str) -> Result<Vec<String>, Problem> {
        read_weights(pasted, &names()).map(|weights| weights.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn pasted_weights_find_their_places() {
        assert_eq!(read("104.1万\n49.7万\n183.6万").unwrap(), ["1041000", "497000", "1836000"]);
        assert_eq!(read("慈溪 3\n海曙区\t1,234").unwrap(), ["1234", "0", "3"]);
        assert!(read("1\n2").unwrap_err().places[0].message.zh.contains("现在 2 行"));
        let problem = read("余姚市 3\n海曙区 x\n江北区 -2").unwrap_err();
        let said: Vec<_> =
            problem.places.iter().map(|place| (place.at.zh.as_str(), place.message.zh.as_str())).collect();
        assert_eq!(
            said,
            [("第 1 行", "下表没有“余姚市”"), ("第 2 行", "读不懂数字“x”"), ("第 3 行", "依据不能是负数")]
        );
    }

    #[test]
    fn shares_that_fall_short_are_said_to() {
        let shares = [Decimal::from(3), Decimal::from(4)];
        assert!(must_reach(Some(Decimal::from(7)), &shares, false).is_ok());
        assert!(must_reach(Some(Decimal::from(6)), &shares, false).is_ok(), "more than the target is a margin");
        let problem = must_reach(Some(Decimal::from(9)), &shares, false).unwrap_err();
        assert!(problem.message.zh.contains("少 2"), "{problem:?}");
        assert!(must_reach(Some(Decimal::from(9)), &shares, true).is_ok());
        assert!(must_reach(None, &shares, false).is_ok());
    }

    proptest! {
        #[test]
        fn what_is_proposed_reaches_the_target_exactly(
            target in 0_i64..1_000_000_000, weights in prop::collection::vec(0_i64..100_000, 1..20), places in 0_u32..5,
        ) {
            prop_assume!(weights.iter().any(|weight| *weight > 0));
            let weights: Vec<_> = weights.into_iter().map(Decimal::from).collect();
            let target = Decimal::new(target, 2);
            let shares: Vec<_> = propose(target, &weights, places).unwrap().iter().map(|share| share.value).collect();
            prop_assert_eq!(check_shares(target, &shares), Reach::Exact);
            prop_assert!(must_reach(Some(target), &shares, false).is_ok());
        }

        #[test]
        fn nothing_pasted_panics(pasted in ".{0,60}") {
            let _ = read(&pasted);
        }
    }
}
