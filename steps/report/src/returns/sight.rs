//! A return as it is shown: each figure beside its target and the last value, with what is to be mended or looked at.

use figures::{Decimal, print_grouped};
use kernel::{Lang, Problem};
use ledger::words::Accumulation;
use store::{Result, amount};
use uuid::Uuid;

use super::batch::{Batch, Beside};
use super::{Content, Return};
use crate::rules::lines::Typed;
use crate::words::Cause;

/// One line.
pub(crate) struct Shown {
    /// The indicator's number: the fields are `raw-12` and `reason-12`.
    pub(crate) number: i32,
    pub(crate) indicator: Uuid,
    pub(crate) name: String,
    pub(crate) unit: String,
    pub(crate) is_part: bool,
    pub(crate) target: String,
    pub(crate) last: String,
    pub(crate) last_on: String,
    /// What the figure adds to the last one.
    pub(crate) step: String,
    /// The figure in percent of the target.
    pub(crate) share: String,
    pub(crate) raw: String,
    pub(crate) reason: String,
    pub(crate) trouble: Option<String>,
    pub(crate) reason_trouble: Option<String>,
    pub(crate) flags: Vec<String>,
}

impl Shown {
    /// The line in one phrase, for lists.
    pub(crate) fn phrase(&self, lang: Lang) -> String {
        let figure = if self.raw.is_empty() { "—" } else { &self.raw };
        let (name, unit) = (&self.name, &self.unit);
        let last = match (self.last.is_empty(), lang) {
            (true, _) => String::new(),
            (false, Lang::Zh) => format!("，上期 {}", self.last),
            (false, Lang::En) => format!(", last {}", self.last),
        };
        let target = match (self.target.is_empty(), lang) {
            (true, _) => String::new(),
            (false, Lang::Zh) => format!("，目标 {}", self.target),
            (false, Lang::En) => format!(", target {}", self.target),
        };
        format!("{name} {figure} {unit}{last}{target}")
    }
}

/// What stands in a return.
pub(crate) fn content_of(batch: &Batch, row: &Return) -> Content {
    let typed = |raw: &str, reason: &str| Typed { raw: raw.to_owned(), reason: reason.to_owned() };
    Content {
        lines: batch.lines(row).iter().map(|line| (line.indicator_id, typed(&line.raw, &line.reason))).collect(),
        stage: row.stage,
        reached_on: row.reached_on,
        image: row.image.map(|image| amount::from_stored(image).to_string()).unwrap_or_default(),
        places: row.places.clone(),
        problem: row.problem.clone(),
        cause: row.cause.as_deref().and_then(Cause::parse),
    }
}

/// The lines of `row` as `content` fills them in; `problem` stands at its fields.
pub(crate) fn shown(
    batch: &Batch,
    beside: &Beside,
    row: &Return,
    (content, problem): (&Content, Option<&Problem>),
    lang: Lang,
) -> Result<Vec<Shown>> {
    let outline = batch.outline(row)?;
    let asked = batch.asked(row, beside)?;
    let mut shown = Vec::with_capacity(asked.len());
    for asked in asked {
        let Some(indicator) = outline.indicator_by_id(asked.indicator) else { continue };
        let line = batch.lines(row).iter().find(|line| line.indicator_id == asked.indicator);
        let typed = content.lines.get(&asked.indicator).cloned().unwrap_or_default();
        let told = |field: String| {
            let message = problem.and_then(|problem| problem.for_field(&field));
            message.map(|message| message.get(lang).to_owned())
        };
        let value = line.and_then(|line| line.value).map(amount::from_stored);
        let step = value.zip(asked.last()).filter(|_| asked.accumulation == Accumulation::New);
        let share = value
            .zip(asked.target)
            .and_then(|(value, target)| value.checked_mul(Decimal::ONE_HUNDRED)?.checked_div(target));
        let flags = line.map(|line| line.flags()).unwrap_or_default();
        shown.push(Shown {
            number: indicator.number,
            indicator: indicator.id,
            name: asked.name.clone(),
            unit: asked.unit.clone(),
            is_part: asked.whole.is_some(),
            target: asked.target.map(print_grouped).unwrap_or_default(),
            last: asked.last().map(|(_, value)| print_grouped(value)).unwrap_or_default(),
            last_on: asked.last().map(|(day, _)| day.to_string()).unwrap_or_default(),
            step: step.map(|(value, (_, last))| signed(value - last)).unwrap_or_default(),
            share: share.map(|share| figures::print_percent(share, 1)).unwrap_or_default(),
            trouble: told(format!("raw-{}", indicator.number)),
            reason_trouble: told(format!("reason-{}", indicator.number)),
            raw: typed.raw,
            reason: typed.reason,
            flags: flags.iter().map(|flag| flag.text.get(lang).to_owned()).collect(),
        });
    }
    Ok(shown)
}

fn signed(change: Decimal) -> String {
    if change > Decimal::ZERO { format!("+{}", print_grouped(change)) } else { print_grouped(change) }
}
