//! Derivations in words: what a formula made of which readings. Wording may be improved at any time; the points that were kept stay.

use figures::{Magnitude, Precision, print_grouped, print_number, round};
use kernel::{Lang, Text};
use rust_decimal::Decimal;

use crate::formulas::{self, Formula, Over};
use crate::readings::Reading;
use crate::rules::Part;
use crate::scheme::Component;
use crate::words::InputKind;

/// A number without trailing zeros, `places` decimals at most.
pub fn plain(value: Decimal, places: u8) -> String {
    print_grouped(round(value, places).normalize())
}

/// Points with all the places that a scheme rounds to, so that a column lines up.
pub fn aligned(points: Decimal, places: u8) -> String {
    print_number(points, Precision { places, magnitude: Magnitude::One })
}

/// Points with their sign, as deductions and additions are written.
pub fn signed(points: Decimal) -> String {
    let printed = plain(points, 4);
    if points > Decimal::ZERO { format!("+{printed}") } else { printed.replace('-', "−") }
}

/// A reading as it is shown: 98.5%, 第 2（共 10）, 4月, 3.
pub fn reading(reading: &Reading, kind: InputKind, lang: Lang) -> String {
    let value = plain(reading.value, 4);
    match (kind, lang) {
        (InputKind::Percent, _) => format!("{}%", plain(reading.value, 2)),
        (InputKind::Rank, Lang::Zh) => match reading.of {
            Some(of) => format!("第 {value}（共 {of}）"),
            None => format!("第 {value}"),
        },
        (InputKind::Rank, Lang::En) => match reading.of {
            Some(of) => format!("{value} of {of}"),
            None => value,
        },
        (InputKind::Months, Lang::Zh) => reading.month.map_or(value, |month| format!("{month}月")),
        (InputKind::Months, Lang::En) => reading.month.map_or(value, |month| format!("month {month}")),
        (InputKind::Fact, _) => {
            let yes = !reading.value.is_zero();
            lang.t(if yes { "有" } else { "无" }, if yes { "yes" } else { "no" }).to_owned()
        }
        (InputKind::Points | InputKind::Count, _) => value,
    }
}

/// What the formula of a component says, whatever the readings are.
pub fn rule(component: &Component) -> Text {
    let weight = component.weight.map(|weight| plain(*weight, 4));
    let text = |zh: String, en: String| Text::new(zh, en);
    match &component.formula {
        Formula::Share(share) => {
            let (weight, of) = (weight.unwrap_or_default(), plain(*share.of, 4));
            match share.cap {
                Some(cap) => {
                    let cap = plain(*cap, 4);
                    text(
                        format!("{weight} × 平均 min(值 ÷ {of}, {cap}%)"),
                        format!("{weight} × mean of min(value ÷ {of}, {cap} %)"),
                    )
                }
                None => text(
                    format!("{weight} × 平均(值 ÷ {of})，不封顶"),
                    format!("{weight} × mean of value ÷ {of}, no cap"),
                ),
            }
        }
        Formula::Given(given) => {
            let (zh, en) = over(given.over);
            match weight {
                Some(weight) => text(
                    format!("所给分值的{zh}，最多 {weight}"),
                    format!("the {en} of the points given, {weight} at most"),
                ),
                None => text(format!("所给分值的{zh}"), format!("the {en} of the points given")),
            }
        }
        Formula::Each(each) => text(format!("每次 {}", signed(*each.points)), format!("{} each", signed(*each.points))),
        Formula::Ladder(ladder) => {
            let places =
                |places: &[crate::exact::Exact]| places.iter().map(|one| signed(**one)).collect::<Vec<_>>().join("、");
            let few = ladder.few.as_ref().map(|few| {
                let (most, list, then) = (few.at_most, places(&few.places), signed(*few.then));
                (
                    format!("；不超过 {most} 家时 {list}，之后每名 {then}"),
                    format!("; among {most} or fewer {list}, then {then} each"),
                )
            });
            let (zh, en) = few.unwrap_or_default();
            let (list, then) = (places(&ladder.places), signed(*ladder.then));
            text(format!("按名次 {list}，之后每名 {then}{zh}"), format!("by rank {list}, then {then} each{en}"))
        }
        Formula::Thresholds(thresholds) => {
            let steps = thresholds.steps.iter();
            let list: Vec<_> =
                steps.map(|step| format!("≥{} {}", plain(*step.at_least, 4), signed(*step.points))).collect();
            text(format!("分档：{}", list.join("，")), format!("steps: {}", list.join(", ")))
        }
        Formula::LastPlaces(last) => {
            let runs = |unit: &str| {
                let list = last.runs.iter().map(|run| format!("{} {unit} {}", run.length, signed(*run.points)));
                list.collect::<Vec<_>>().join("、")
            };
            let each = signed(*last.each);
            text(
                format!("每次 {each}，连续另计 {}", runs("次")),
                format!("{each} each, in a row besides {}", runs("times")),
            )
        }
        Formula::AllDone(all) => {
            let (least, points) = (plain(*all.at_least, 4), signed(*all.points));
            text(format!("全部达到 {least}% 的 {points}"), format!("{points} when all reach {least} %"))
        }
        Formula::Surplus(surplus) => {
            let (over, points) = (plain(*surplus.over, 4), signed(*surplus.points));
            text(
                format!("超出 {over}% 的部分取平均，每 1 个百分点 {points}"),
                format!("{points} for each point of mean surplus over {over} %"),
            )
        }
        Formula::Coefficient(coefficient) => {
            let (start, step) = (plain(*coefficient.start, 4), plain(*coefficient.step, 4));
            text(
                format!("系数 {start}＋{step}×(n−1)，计超出一倍的部分"),
                format!("factor {start} + {step} × (n − 1), the part beyond once"),
            )
        }
    }
}

fn over(over: Over) -> (&'static str, &'static str) {
    match over {
        Over::Mean => ("平均", "mean"),
        Over::Sum => ("合计", "sum"),
    }
}

/// How the points of one part came about.
pub fn part(component: &Component, part: &Part, readings: &[&Reading]) -> Text {
    let Some(result) = part.formula else {
        return Text::new("缺少输入，尚未计分", "an input is missing, not scored yet");
    };
    let text = |zh: String, en: String| Text::new(zh, en);
    let count = readings.len();
    let shown = plain(result, 4);
    let made = match &component.formula {
        Formula::Share(share) => {
            let mean = share.mean(readings).unwrap_or_default() * Decimal::ONE_HUNDRED;
            let (weight, mean) = (component.weight.map(|weight| plain(*weight, 4)).unwrap_or_default(), plain(mean, 4));
            text(
                format!("{count} 项平均 {mean}% × {weight} ＝ {shown}"),
                format!("mean of {count}: {mean} % × {weight} = {shown}"),
            )
        }
        Formula::Given(given) => {
            let (zh, en) = over(given.over);
            text(format!("{count} 个分值，{zh} {shown}"), format!("{en} of {count}: {shown}"))
        }
        Formula::Each(each) => {
            let (times, points) = (plain(readings.iter().map(|reading| reading.value).sum(), 4), signed(*each.points));
            text(format!("{times} × {points} ＝ {shown}"), format!("{times} × {points} = {shown}"))
        }
        Formula::Ladder(ladder) => {
            let each = readings.iter().map(|reading| {
                let (rank, points) = (plain(reading.value, 0), signed(ladder.at(reading)));
                (format!("第 {rank} 名 {points}"), format!("place {rank}: {points}"))
            });
            let (zh, en): (Vec<_>, Vec<_>) = each.unzip();
            text(zh.join("，"), en.join(", "))
        }
        Formula::LastPlaces(_) => {
            let months = formulas::months(readings);
            let longest = formulas::runs(&months).into_iter().max().unwrap_or_default();
            let times = months.len();
            text(
                format!("末位 {times} 次，最长连续 {longest} 次，共 {shown}"),
                format!("last {times} times, {longest} in a row at most: {shown}"),
            )
        }
        Formula::AllDone(all) => {
            let reached = readings.iter().filter(|reading| reading.value >= *all.at_least).count();
            text(
                format!("{count} 项中 {reached} 项达到，得 {shown}"),
                format!("{reached} of {count} reach it: {shown}"),
            )
        }
        Formula::Coefficient(coefficient) => {
            let factor = plain(coefficient.factor(readings.iter().map(|reading| reading.value).sum()), 4);
            text(format!("系数 {factor}，另加 {shown}"), format!("factor {factor}, {shown} besides"))
        }
        Formula::Thresholds(_) | Formula::Surplus(_) => text(format!("得 {shown}"), format!("gives {shown}")),
    };
    match part.points {
        Some(points) if points != result => {
            let points = plain(points, 4);
            Text::new(format!("{}；按上下限计 {points}", made.zh), format!("{}; within its bounds {points}", made.en))
        }
        _ => made,
    }
}
