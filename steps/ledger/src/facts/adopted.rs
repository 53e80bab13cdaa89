//! Targets that a file may not change: those of programmes that were adopted and are public.

use std::collections::{BTreeMap, HashMap};

use kernel::{Place, Problem, ProblemKind, Text};
use sea_orm::ConnectionTrait;
use sea_orm::entity::prelude::*;
use store::{Result, amount};

use super::line::{Fact, at_key};
use super::survey::MOST_FAULTS;
use crate::entries::{View, counting};
use crate::programmes::{Outline, needs_decision};
use crate::tables::entries;
use crate::words::Measure;

/// The adopted targets that stood before a file is taken, and what in it would change them.
#[derive(Default)]
pub(super) struct Adopted {
    /// The standing target of each indicator at its programme's own place, with that place and the indicator's name.
    targets: HashMap<Uuid, (entries::Model, String)>,
    faults: Vec<Place>,
}

impl Adopted {
    /// Reads the targets of those programmes that change by a decision of the congress only: one statement each.
    pub(super) async fn load<C: ConnectionTrait>(on: &C, outlines: &BTreeMap<String, Outline>) -> Result<Self> {
        let mut targets = HashMap::new();
        for outline in outlines.values().filter(|outline| needs_decision(&outline.programme)) {
            let rows = entries::Entity::find()
                .filter(entries::Column::ProgrammeId.eq(outline.programme.id))
                .filter(entries::Column::Measure.eq(Measure::Target.number()))
                .filter(entries::Column::Region.eq(outline.region().stored()))
                .filter(entries::Column::OrganisationId.is_null())
                .all(on)
                .await?;
            for entry in counting(&rows, View::default()).into_values() {
                let name = outline.indicator_by_id(entry.indicator_id).map(|row| row.name.clone()).unwrap_or_default();
                targets.insert(entry.indicator_id, (entry.clone(), name));
            }
        }
        Ok(Self { targets, faults: Vec::new() })
    }

    /// Whether `fact` may be written as a figure of `indicator`, in place of the entry `old`; notes why not.
    ///
    /// A line that says the standing target again, in other words, may; so may shares below the programme's own place,
    /// outcomes, and the first target of an indicator.
    pub(super) fn allows(&mut self, line: usize, fact: &Fact, indicator: Uuid, old: Option<Uuid>) -> bool {
        let is_target =
            |entry: &entries::Model| fact.flow.measure() == Measure::Target && entry.region == fact.region.stored();
        let says_it = |entry: &entries::Model| {
            let value = fact.number().map(|number| amount::to_stored(number.value).ok());
            is_target(entry)
                && entry.indicator_id == indicator
                && entry.value == value.flatten()
                && entry.qualifier == fact.qualifier.code()
        };
        let replaced = self.targets.values().find(|(entry, _)| Some(entry.id) == old);
        let joined = self.targets.get(&indicator).filter(|(entry, _)| is_target(entry));
        let Some((standing, name)) = replaced.or(joined).filter(|(entry, _)| !says_it(entry)) else { return true };
        if self.faults.len() < MOST_FAULTS {
            let stands = standing.number().map(|number| number.to_string()).unwrap_or_default();
            let told = if is_target(standing) { fact.raw.clone() } else { fact.flow.code().to_owned() };
            let message = Text::new(
                format!(
                    "方案已通过并公布，指标“{name}”的现行目标是 {stands}，这一行是 {told}：目标只能经人大审议调整，请在办公端的“项目调整”里申请，录入错误请在该数字的“更正”里改；这里请改回 {stands} 或删去这一行"
                ),
                format!(
                    "the programme is adopted and public: the standing target of “{name}” is {stands}, this line says {told}. Ask the congress for an adjustment on the office's pages, or correct a typing error on the page of the figure; here write {stands} or leave the line out"
                ),
            );
            self.faults.push(Place { at: at_key(line, &format!("value（{}）", fact.id)), message });
        }
        false
    }

    /// Refuses the file when anything in it was not allowed.
    pub(super) fn check(self) -> Result<()> {
        if self.faults.is_empty() {
            return Ok(());
        }
        let count = self.faults.len();
        Err(Problem {
            kind: ProblemKind::Conflict,
            message: Text::new(
                format!("文件要改动 {count} 个已通过的目标，没有导入任何内容"),
                format!("the file would change {count} adopted targets; nothing was imported"),
            ),
            places: self.faults,
        }
        .into())
    }
}
