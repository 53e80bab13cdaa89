//! What a figure on a form must be, and what a reviewer should look at twice.
//!
//! Faults keep a return from being submitted and stand at their field; flags are words beside a figure and never block.
//! Sources: the cumulative count never falls without a reason, parts do not exceed the whole (一致性校验, domain rules §2.6,
//! certainty V for the published sums); the rest is our own choice (D) where it says so.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use figures::{Decimal, Magnitude, Number, Qualifier, print_grouped};
use kernel::Text;
use kernel::rule_set::PeersRule;
use ledger::rules::{BreakdownFault, check_breakdown};
use ledger::words::{Accumulation, Breakdown, Direction, Kind};
use plan::sheet::figure::{self, Counted, Told};
use plan::sheet::read::Cell;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::outliers;
use crate::words::FlagKind;

/// This many times the target is most likely a wrong unit (certainty D).
const FAR_OVER: Decimal = Decimal::from_parts(3, 0, 0, false, 0);

/// The longest text of a reason, in characters.
pub const LONGEST_REASON: usize = 500;

/// What must be known of an indicator to judge its figure.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The indicator.
    pub indicator: Uuid,
    /// Its name.
    pub name: String,
    /// Its unit.
    pub unit: String,
    /// What is counted.
    pub kind: Kind,
    /// How values accumulate.
    pub accumulation: Accumulation,
    /// Which way is better.
    pub direction: Direction,
    /// The share that stands.
    pub target: Option<Decimal>,
    /// Earlier values by cut-off, the last one being the last cumulative value.
    pub history: Vec<(NaiveDate, Decimal)>,
    /// What share of its target other places reached in this round, in percent.
    pub peers: Vec<Decimal>,
    /// The indicator it is part of, when that is on the same form.
    pub whole: Option<Uuid>,
    /// Whether its own parts are all of it.
    pub breakdown: Option<Breakdown>,
}

/// What was typed beside it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Typed {
    /// The figure, such as `3.31万`.
    pub raw: String,
    /// Why it falls, or why there is none.
    pub reason: String,
}

/// The field of a line that a fault stands at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineField {
    /// The figure.
    Raw,
    /// The reason.
    Reason,
}

/// Something that must be mended before the return is submitted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The line.
    pub indicator: Uuid,
    /// The field.
    pub field: LineField,
    /// What is wrong and what to do.
    pub text: Text,
}

/// Something that a reviewer should look at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flag {
    /// What sort.
    pub kind: FlagKind,
    /// In words.
    pub text: Text,
}

/// What became of a line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Judged {
    /// The number, when one could be read.
    pub number: Option<Number>,
    /// How closely it is meant.
    pub qualifier: Option<Qualifier>,
    /// What must be mended.
    pub faults: Vec<Fault>,
    /// What to look at.
    pub flags: Vec<Flag>,
}

impl Asked {
    /// The last cumulative value and its cut-off.
    pub fn last(&self) -> Option<(NaiveDate, Decimal)> {
        self.history.last().copied()
    }
}

/// Judges every line of a form; lines that were not typed count as empty.
pub fn judge(asked: &[Asked], typed: &BTreeMap<Uuid, Typed>, rule: &PeersRule) -> BTreeMap<Uuid, Judged> {
    let nothing = Typed::default();
    let mut judged: BTreeMap<Uuid, Judged> = asked
        .iter()
        .map(|line| (line.indicator, judge_line(line, typed.get(&line.indicator).unwrap_or(&nothing), rule)))
        .collect();
    for whole in asked {
        if let Some(fault) = parts_fault(whole, asked, &judged)
            && let Some(of_whole) = judged.get_mut(&whole.indicator)
        {
            of_whole.faults.push(fault);
        }
    }
    judged
}

fn judge_line(asked: &Asked, typed: &Typed, rule: &PeersRule) -> Judged {
    let fault = |field, zh: String, en: String| Fault { indicator: asked.indicator, field, text: Text::new(zh, en) };
    let mut judged = Judged::default();
    let reason = typed.reason.trim();
    if reason.chars().count() > LONGEST_REASON {
        judged.faults.push(fault(
            LineField::Reason,
            format!("说明最多 {LONGEST_REASON} 字"),
            format!("At most {LONGEST_REASON} characters"),
        ));
    }
    let raw = typed.raw.trim();
    if raw.is_empty() {
        if reason.is_empty() {
            judged.faults.push(fault(
                LineField::Raw,
                "请填写累计完成数；没有进展也照填上期数，确实没有数字的请在说明里写明原因".into(),
                "Give the cumulative figure, the last one if nothing moved; if there is none, say why".into(),
            ));
        } else {
            judged.flags.push(Flag {
                kind: FlagKind::NoNumber,
                text: Text::new(format!("没有数字：{reason}"), format!("No number: {reason}")),
            });
        }
        return judged;
    }
    let counted = Counted { unit: &asked.unit, scale: Magnitude::One, kind: asked.kind };
    let read = match figure::read(&Cell::Text(raw.to_owned()), counted, Told::Nothing) {
        Ok(read) => read,
        Err(text) => {
            judged.faults.push(Fault { indicator: asked.indicator, field: LineField::Raw, text });
            return judged;
        }
    };
    let Some(number) = read.number else { return judged };
    if let Some(text) = impossible(asked, number.value) {
        judged.faults.push(Fault { indicator: asked.indicator, field: LineField::Raw, text });
        return judged;
    }
    (judged.number, judged.qualifier) = (Some(number), Some(read.qualifier));
    if let Some((day, last)) = asked.last()
        && asked.accumulation == Accumulation::New
        && number.value < last
    {
        let (last, unit) = (print_grouped(last), &asked.unit);
        if reason.is_empty() {
            judged.faults.push(fault(
                LineField::Reason,
                format!("少于上期（{day}）的累计数 {last}{unit}：如确属核减，请在说明里写明原因"),
                format!("Below the last cumulative value {last} {unit} ({day}): if it was reduced, say why"),
            ));
        }
        judged.flags.push(Flag {
            kind: FlagKind::Falls,
            text: Text::new(
                format!("低于上期累计数 {last}{unit}"),
                format!("Below the last cumulative value {last} {unit}"),
            ),
        });
    }
    judged.flags.extend(flags(asked, number.value, rule));
    judged
}

/// Why nothing can have this value, if so.
fn impossible(asked: &Asked, value: Decimal) -> Option<Text> {
    let additive = asked.kind.is_additive();
    if value < Decimal::ZERO && (additive || asked.kind == Kind::Percent) && asked.accumulation != Accumulation::Change
    {
        return Some(Text::new("累计完成数不能是负数", "A cumulative figure is never negative"));
    }
    let counted_singly = matches!(asked.kind, Kind::Count | Kind::People | Kind::Times | Kind::Rank);
    if counted_singly && !value.fract().is_zero() {
        let unit = &asked.unit;
        return Some(Text::new(
            format!("按{unit}计的数应为整数，请核对单位"),
            format!("What is counted in {unit} is a whole number: check the unit"),
        ));
    }
    None
}

fn flags(asked: &Asked, value: Decimal, rule: &PeersRule) -> Vec<Flag> {
    let mut flags = Vec::new();
    let unit = &asked.unit;
    let values: Vec<Decimal> = asked.history.iter().map(|(_, value)| *value).collect();
    if let Some(found) = outliers::jump(&values, value, rule)
        && asked.accumulation == Accumulation::New
    {
        let step = print_grouped(value - values.last().copied().unwrap_or_default());
        let usual = print_grouped(figures::round(found.median, 2).normalize());
        let (zh, en) = if found.above { ("远高于", "far above") } else { ("远低于", "far below") };
        flags.push(Flag {
            kind: FlagKind::Jump,
            text: Text::new(
                format!("本期新增 {step}{unit}，{zh}往期一般水平（{usual}{unit}）"),
                format!("{step} {unit} more this time, {en} the usual {usual}"),
            ),
        });
    }
    let share = asked
        .target
        .filter(|target| *target > Decimal::ZERO)
        .and_then(|target| value.checked_mul(Decimal::ONE_HUNDRED)?.checked_div(target));
    if let Some(share) = share
        && let Some(found) = outliers::among_peers(&asked.peers, share, rule)
    {
        let (own, usual) = (figures::print_percent(share, 1), figures::print_percent(found.median, 1));
        let (zh, en) = if found.above { ("明显高于", "well above") } else { ("明显低于", "well below") };
        flags.push(Flag {
            kind: FlagKind::Peers,
            text: Text::new(
                format!("完成 {own}，{zh}其他地方（中位数 {usual}）"),
                format!("{own} done, {en} the others (median {usual})"),
            ),
        });
    }
    if let Some(target) = asked.target
        && asked.direction == Direction::More
        && target > Decimal::ZERO
        && target.checked_mul(FAR_OVER).is_some_and(|most| value > most)
    {
        let target = print_grouped(target);
        flags.push(Flag {
            kind: FlagKind::OverTarget,
            text: Text::new(
                format!("超过目标（{target}{unit}）的三倍，请核对单位"),
                format!("More than three times the target ({target} {unit}): check the unit"),
            ),
        });
    }
    flags
}

/// Parts that exceed their whole, or complete ones that do not make it.
fn parts_fault(whole: &Asked, asked: &[Asked], judged: &BTreeMap<Uuid, Judged>) -> Option<Fault> {
    let value = |line: &Asked| judged.get(&line.indicator).and_then(|judged| judged.number).map(|number| number.value);
    let total = value(whole)?;
    let parts: Vec<&Asked> = asked
        .iter()
        .filter(|part| part.whole == Some(whole.indicator) && part.unit == whole.unit && part.kind == whole.kind)
        .collect();
    let values: Vec<Decimal> = parts.iter().filter_map(|part| value(part)).collect();
    if values.is_empty() {
        return None;
    }
    let all_there = values.len() == parts.len();
    let breakdown = whole.breakdown.filter(|_| all_there).unwrap_or(Breakdown::Partial);
    let fault = check_breakdown(total, &values, breakdown).err()?;
    let (sum, total) = (print_grouped(values.iter().sum()), print_grouped(total));
    let text = match fault {
        BreakdownFault::Exceeds(_) => Text::new(
            format!("分项合计 {sum}，超过总数 {total}"),
            format!("The parts make {sum}, more than the whole {total}"),
        ),
        BreakdownFault::DoesNotAddUp(_) => Text::new(
            format!("分项合计 {sum}，与总数 {total} 不符"),
            format!("The parts make {sum}, the whole is {total}"),
        ),
    };
    Some(Fault { indicator: whole.indicator, field: LineField::Raw, text })
}

/// Reads a 形象进度: 0–100, with or without a percent sign; empty is none.
///
/// # Errors
/// What is wrong with it.
pub fn image(typed: &str) -> Result<Option<Decimal>, Text> {
    let text = typed.trim();
    let text = text.strip_suffix(['%', '％']).unwrap_or(text).trim_end();
    if text.is_empty() {
        return Ok(None);
    }
    let read = figures::parse_number(text).ok().map(|number| number.value);
    match read.filter(|value| (Decimal::ZERO..=Decimal::ONE_HUNDRED).contains(value) && value.scale() <= 2) {
        Some(value) => Ok(Some(value)),
        None => Err(Text::new(
            "形象进度应为 0 到 100 之间的百分数，最多两位小数",
            "From 0 to 100 percent, with two decimals at most",
        )),
    }
}

#[cfg(test)]
mod tests;
