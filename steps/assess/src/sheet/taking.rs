//! The rows of a sheet, checked as a whole and entered whole or not at all.

use std::collections::BTreeSet;

use kernel::{Problem, Text};
use ledger::programmes::Outline;
use plan::sheet::faults::Faults;
use serde_json::json;
use store::audit::Event;
use store::{Actor, Error, Result, Store, Tx, amount};
use uuid::Uuid;

use super::reading::{Line, Lines};
use super::{HEADINGS, at, column_of};
use crate::catalogue::Available;
use crate::entering::typed_inputs;
use crate::explain;
use crate::readings::{Origin, Reading, Subject};
use crate::scheme::Input;
use crate::tables::assessment_inputs::Model;
use crate::typed::{self, New};

/// What is to be entered for which programme.
pub(super) struct Taking<'a> {
    pub(super) outline: &'a Outline,
    pub(super) subjects: &'a [Subject],
    pub(super) schemes: &'a [Available],
}

/// What a sheet does, or would do.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    /// Rows that say what stands.
    pub(super) unchanged: usize,
    /// What is new or changed.
    pub(super) changes: Vec<Change>,
}

/// One row that is new or changes what stands.
#[derive(Debug)]
pub(super) struct Change {
    pub(super) row: u32,
    pub(super) subject: String,
    pub(super) input: String,
    pub(super) label: String,
    pub(super) before: Option<Text>,
    pub(super) after: Text,
    pub(super) source: String,
}

impl Taking<'_> {
    /// Says what the sheet would do, and writes nothing.
    ///
    /// # Errors
    /// When the database fails; everything that is wrong with the sheet is the inner result.
    pub(super) async fn preview(
        &self,
        store: &Store,
        (actor, by): (&Actor, &str),
        lines: &Lines,
    ) -> Result<std::result::Result<Outcome, Faults>> {
        let tx = store.begin(actor).await?;
        let prepared = self.prepare(&tx, lines, (by, Uuid::now_v7())).await?;
        tx.abandon().await?;
        Ok(prepared.map(|(outcome, _)| outcome))
    }

    /// Enters every row of the sheet, or none.
    ///
    /// # Errors
    /// When the database fails, or somebody entered the same thing at the same time; everything that is wrong with the sheet
    /// is the inner result.
    pub(super) async fn take(
        &self,
        store: &Store,
        (actor, by): (&Actor, &str),
        lines: &Lines,
    ) -> Result<std::result::Result<Outcome, Faults>> {
        let mut tx = store.begin(actor).await?;
        let event_id = Uuid::now_v7();
        let (outcome, new) = match self.prepare(&tx, lines, (by, event_id)).await? {
            Ok(prepared) => prepared,
            Err(faults) => {
                tx.abandon().await?;
                return Ok(Err(faults));
            }
        };
        if new.is_empty() {
            tx.abandon().await?;
            return Ok(Ok(outcome));
        }
        let slug = &self.outline.programme.slug;
        let rows: Vec<_> = new.iter().map(|one| one.detail.clone()).collect();
        let detail = json!({ "programme": slug, "sheet": lines.sheet, "rows": rows.len(), "inputs": rows });
        for one in new {
            typed::add(&tx, one.row).await?;
        }
        let event = Event::new("assessment_input.imported", "programme", slug, detail);
        tx.record(Event { id: event_id, ..event }).await?;
        tx.commit().await?;
        Ok(Ok(outcome))
    }

    async fn prepare(
        &self,
        tx: &Tx,
        lines: &Lines,
        told: (&str, Uuid),
    ) -> Result<std::result::Result<(Outcome, Vec<New>), Faults>> {
        let inputs = typed_inputs(self.schemes);
        let mut faults = Faults::new(&lines.sheet);
        let (mut outcome, mut all) = (Outcome::default(), Vec::new());
        let mut seen = BTreeSet::new();
        for line in &lines.lines {
            let subject = self.subject(line);
            let input = inputs
                .values()
                .map(|(input, _)| *input)
                .find(|input| input.code == line.input || (line.input.is_empty() && input.name == line.input_name));
            let (Some(subject), Some(input)) = (subject, input) else {
                if subject.is_none() {
                    lines.fault(&mut faults, line.number, at::SUBJECT, no_subject(line));
                }
                if input.is_none() {
                    lines.fault(&mut faults, line.number, at::INPUT, no_input(line));
                }
                continue;
            };
            if !seen.insert((subject.key(), input.code.clone(), line.label.clone(), line.month.clone())) {
                let message = Text::new(
                    "同一对象、内容、月份和所指在表里出现了两次：请留一行，或用“所指”区分",
                    "the same subject, input, month and “of what” stands there twice",
                );
                faults.add(line.number, None, message);
                continue;
            }
            match typed::prepare(tx, self.outline, (subject, input), &line.entry(), told).await {
                Ok(None) => outcome.unchanged += 1,
                Ok(Some(new)) => {
                    outcome.changes.push(change(line, subject, input, &new));
                    all.push(new);
                }
                Err(Error::Problem(problem)) => note(lines, &mut faults, line.number, &problem),
                Err(error) => return Err(error),
            }
        }
        Ok(faults.into_result().map(|()| (outcome, all)))
    }

    fn subject(&self, line: &Line) -> Option<&Subject> {
        let named = || {
            let mut named = self.subjects.iter().filter(|one| one.name == line.subject_name);
            // A name that two subjects bear means neither.
            named.next().filter(|_| named.next().is_none())
        };
        match line.subject.as_str() {
            "" => named(),
            key => self.subjects.iter().find(|one| one.key() == key),
        }
    }
}

fn note(lines: &Lines, faults: &mut Faults, row: u32, problem: &Problem) {
    if problem.places.is_empty() {
        faults.add(row, None, problem.message.clone());
    }
    for place in &problem.places {
        lines.fault(faults, row, column_of(&place.at.zh), place.message.clone());
    }
}

fn no_subject(line: &Line) -> Text {
    let told = if line.subject.is_empty() { &line.subject_name } else { &line.subject };
    Text::new(
        format!("没有考核对象“{told}”：应是方案下一级的地区或牵头单位，请照模板的{}填写", HEADINGS[at::SUBJECT]),
        format!("“{told}” is no subject of the assessment: copy its key from the template"),
    )
}

fn no_input(line: &Line) -> Text {
    let told = if line.input.is_empty() { &line.input_name } else { &line.input };
    Text::new(
        format!("没有可以录入的内容“{told}”：请照模板的{}填写", HEADINGS[at::INPUT]),
        format!("“{told}” is nothing that can be entered: copy its code from the template"),
    )
}

fn change(line: &Line, subject: &Subject, input: &Input, new: &New) -> Change {
    let words = |row: &Model| {
        let Some(value) = row.value else { return Text::new("撤回", "taken back") };
        let origin = Origin { words: Text::new("", ""), keys: Vec::new(), address: String::new() };
        let reading = Reading {
            of: row.among.and_then(|among| u32::try_from(among).ok()),
            month: u8::try_from(row.month).ok().filter(|month| *month > 0),
            ..Reading::new("", amount::from_stored(value), origin)
        };
        let of = |lang| explain::reading(&reading, input.kind, lang);
        Text::new(of(kernel::Lang::Zh), of(kernel::Lang::En))
    };
    Change {
        row: line.number,
        subject: subject.name.clone(),
        input: input.name.clone(),
        label: line.label.clone(),
        before: new.before.as_ref().map(words),
        after: words(&new.row),
        source: line.source.clone(),
    }
}
