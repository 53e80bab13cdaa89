//! Gathers what a scheme needs to know: from the ledger, from the steps before this one, and from what was typed.

mod orders;
mod progress;
mod returns;

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use kernel::RegionCode;
use kernel::clock::china_time;
use ledger::entries::View;
use ledger::programmes::{self, Outline, ResponsibilityRole};
use people::store::organisations;
use sea_orm::ConnectionTrait;
use store::{Result, amount};
use uuid::Uuid;

use crate::readings::{Inputs, Known, Origin, Reading, Subject};
use crate::scheme::{Input, Scheme};
use crate::tables::assessment_inputs::Model as Typed;
use crate::words::{Provenance, SubjectKind};

/// What is known of a programme's subjects, whatever scheme is going to ask for it.
pub struct Gathered {
    view: View,
    slug: String,
    subjects: Vec<Subject>,
    found: BTreeMap<(String, Provenance), Vec<Reading>>,
    typed: Vec<Typed>,
}

/// The subjects of a programme: the places below its own, and the bodies that lead its projects.
///
/// # Errors
/// When the database fails.
pub async fn subjects<C: ConnectionTrait>(on: &C, outline: &Outline, day: NaiveDate) -> Result<Vec<Subject>> {
    let places = ledger::regions::children(on, outline.region(), outline.programme.year).await?;
    let mut subjects: Vec<Subject> = places
        .into_iter()
        .filter_map(|row| Some(Subject::region(RegionCode::from_stored(row.code)?, row.name)))
        .collect();
    let leads: BTreeSet<Uuid> = leads(on, outline, day).await?.into_iter().map(|(body, _)| body).collect();
    let keys: Vec<Uuid> = leads.into_iter().collect();
    let mut bodies: Vec<Subject> = organisations::with_keys(on, &keys)
        .await?
        .into_iter()
        .filter_map(|row| Some(Subject::organisation(row.id, RegionCode::from_stored(row.region)?, row.name)))
        .collect();
    bodies.sort_by(|a, b| a.name.cmp(&b.name).then(a.organisation.cmp(&b.organisation)));
    subjects.extend(bodies);
    Ok(subjects)
}

/// Which bodies lead which projects on a day, for the programme's own place.
async fn leads<C: ConnectionTrait>(on: &C, outline: &Outline, day: NaiveDate) -> Result<BTreeSet<(Uuid, Uuid)>> {
    let rows = programmes::standing_responsibilities(on, outline.programme.id).await?;
    Ok(rows
        .into_iter()
        .filter(|row| row.role == ResponsibilityRole::Lead.code() && row.region == outline.programme.region)
        .filter(|row| row.valid_from.is_none_or(|from| from <= day))
        .filter_map(|row| Some((row.organisation_id?, row.project_id)))
        .collect())
}

impl Gathered {
    /// Reads everything that `needs` names, with figures up to `cut_off` as the ledger knew them on `known`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn read<C: ConnectionTrait>(
        on: &C,
        outline: &Outline,
        needs: &BTreeSet<Provenance>,
        (cut_off, known): (NaiveDate, NaiveDate),
    ) -> Result<Self> {
        let view = View { cut_off: Some(cut_off), known: Some(known) };
        let subjects = subjects(on, outline, cut_off).await?;
        let leads = leads(on, outline, cut_off).await?;
        let mut gathered = Self {
            view,
            slug: outline.programme.slug.clone(),
            subjects,
            found: BTreeMap::new(),
            typed: crate::store::inputs_of(on, outline.programme.id).await?,
        };
        use Provenance::{Circulars, FalseClosings, OverdueOrders, TimelyReturns};
        // Whoever has something to do takes part, whatever the scheme asks for.
        progress::gather(on, outline, &leads, &mut gathered).await?;
        if [Circulars, OverdueOrders, FalseClosings].iter().any(|one| needs.contains(one)) {
            orders::gather(on, outline, &mut gathered).await?;
        }
        if needs.contains(&TimelyReturns) {
            returns::gather(on, outline, &mut gathered).await?;
        }
        Ok(gathered)
    }

    /// Notes what was found for a subject.
    fn note(&mut self, subject: &Subject, what: Provenance, readings: Vec<Reading>) {
        self.found.insert((subject.key(), what), readings);
    }

    /// What `scheme` asks for. A place without a target, or a body that leads nothing watched, takes part only when something was
    /// entered about it.
    pub fn for_scheme(&self, scheme: &Scheme) -> Inputs {
        let (cut_off, known) = (self.view.cut_off.unwrap_or_default(), self.view.known.unwrap_or_default());
        let standing = standing(&self.typed, known);
        let of_kind = |subject: &&Subject| scheme.subjects.contains(&subject.kind);
        let subjects = self.subjects.iter().filter(of_kind).filter_map(|subject| {
            let key = subject.key();
            let (mut inputs, mut entered) = (BTreeMap::<String, Vec<Reading>>::new(), false);
            for input in &scheme.inputs {
                let typed: Vec<_> =
                    standing.iter().filter(|row| row.subject == key && row.input == input.code).collect();
                if input.may_be_typed() && !typed.is_empty() {
                    entered = true;
                    inputs.insert(input.code.clone(), typed.into_iter().map(|row| self.reading(row)).collect());
                } else if let Some(found) = self.found.get(&(key.clone(), input.from)) {
                    inputs.insert(input.code.clone(), found.clone());
                }
            }
            let leads = subject.kind == SubjectKind::Organisation
                && self.found.contains_key(&(key.clone(), Provenance::Projects));
            let has_targets = self.found.get(&(key, Provenance::Completion)).is_some_and(|found| !found.is_empty());
            (leads || has_targets || entered).then(|| Known { subject: subject.clone(), inputs })
        });
        Inputs { cut_off, known, subjects: subjects.collect() }
    }

    /// What was typed, as a reading.
    fn reading(&self, row: &Typed) -> Reading {
        let day = china_time(row.entered_ms).map(|time| time.date_naive().to_string()).unwrap_or_default();
        let (by, source) = (&row.entered_by, &row.source);
        let words =
            kernel::Text::new(format!("录入：{source}（{by}，{day}）"), format!("entered: {source} ({by}, {day})"));
        let address = format!("/office/assessments/inputs?programme={}", self.slug);
        Reading {
            of: row.among.and_then(|among| u32::try_from(among).ok()),
            month: u8::try_from(row.month).ok().filter(|month| *month > 0),
            ..Reading::new(
                &row.label,
                row.value.map(amount::from_stored).unwrap_or_default(),
                Origin { words, keys: vec![row.id], address },
            )
        }
    }
}

/// What these schemes need from the program.
pub fn needs<'a>(schemes: impl IntoIterator<Item = &'a Scheme>) -> BTreeSet<Provenance> {
    schemes.into_iter().flat_map(|scheme| &scheme.inputs).map(|input: &Input| input.from).collect()
}

/// What stood at the end of a day: the latest version of each thing that was entered by then, unless it was taken back.
pub fn standing(all: &[Typed], known: NaiveDate) -> Vec<&Typed> {
    let by_then = |row: &&Typed| china_time(row.entered_ms).is_none_or(|time| time.date_naive() <= known);
    let mut latest = BTreeMap::<(&str, &str, &str, i16), &Typed>::new();
    for row in all.iter().filter(by_then) {
        let slot = latest.entry((&row.subject, &row.input, &row.label, row.month)).or_insert(row);
        if slot.version < row.version {
            *slot = row;
        }
    }
    latest.into_values().filter(|row| row.value.is_some()).collect()
}

/// The subjects of one kind.
fn of_kind(subjects: &[Subject], kind: SubjectKind) -> Vec<Subject> {
    subjects.iter().filter(|subject| subject.kind == kind).cloned().collect()
}
