//! How a score came about, line by line: what page, sheet and API show.

use kernel::Lang;
use rust_decimal::Decimal;

use crate::assessments::Assessment;
use crate::explain;
use crate::readings::{Known, Reading};
use crate::rules::{self, Score};
use crate::scheme::{Component, Scheme};
use crate::words::Class;

/// The way to one subject's score.
pub struct Derivation {
    /// The subject's name.
    pub name: String,
    /// The score.
    pub score: Score,
    /// One line for each component.
    pub lines: Vec<Line>,
    /// Inputs that are missing, by name.
    pub open: Vec<String>,
    /// Vetoes that hold, by name, with what they do.
    pub vetoes: Vec<String>,
}

/// One component of a score.
pub struct Line {
    /// The component's code.
    pub code: String,
    /// The component's name.
    pub component: String,
    /// Whether it is a share of the full mark.
    pub class: Class,
    /// What the formula says.
    pub rule: String,
    /// What it made of the readings.
    pub made: String,
    /// The points; none while an input is missing.
    pub points: Option<Decimal>,
    /// What was read.
    pub readings: Vec<Read>,
    /// Where the rule comes from.
    pub source: String,
}

/// One reading as it is shown.
pub struct Read {
    /// The input's code.
    pub code: String,
    /// The input's name.
    pub input: String,
    /// What it was read of.
    pub label: String,
    /// The value with its unit.
    pub value: String,
    /// The reading itself.
    pub reading: Reading,
    /// Where it comes from.
    pub words: String,
}

impl Line {
    /// The points as they are printed: plain for a share, signed for what is added or taken away.
    pub fn shown(&self) -> Option<String> {
        let points = self.points?;
        Some(match self.class {
            Class::Base => explain::plain(points, 4),
            Class::Extra => explain::signed(points),
        })
    }
}

impl Derivation {
    /// The way to the score of a subject.
    pub fn of(assessment: &Assessment, subject: &str, lang: Lang) -> Option<Self> {
        let (scheme, score) = (&assessment.scheme, assessment.scores.of(subject)?);
        let known = assessment.inputs.subjects.iter().find(|known| known.subject.key() == subject)?;
        let title = |code: &String| scheme.input(code).map(|input| input.title().get(lang).to_owned());
        let veto = |code: &String| {
            let veto = scheme.veto(code)?;
            Some(format!("{}{}{}", veto.title().get(lang), lang.t("：", ": "), veto.effect.name().get(lang)))
        };
        Some(Self {
            name: known.subject.name.clone(),
            lines: scheme.components.iter().filter_map(|one| Line::of(scheme, one, known, score, lang)).collect(),
            open: score.open.iter().filter_map(title).collect(),
            vetoes: score.vetoes.iter().filter_map(veto).collect(),
            score: score.clone(),
        })
    }
}

impl Line {
    fn of(scheme: &Scheme, component: &Component, known: &Known, score: &Score, lang: Lang) -> Option<Self> {
        let part = score.part(&component.code)?;
        let readings = rules::readings(scheme, component, known).unwrap_or_default();
        let made = explain::part(component, part, &readings);
        let reads = component.inputs.iter().filter_map(|code| Some((scheme.input(code)?, known.inputs.get(code)?)));
        let reads = reads.flat_map(|(input, readings)| {
            readings.iter().map(move |reading| Read {
                code: input.code.clone(),
                input: input.title().get(lang).to_owned(),
                label: reading.label.clone(),
                value: explain::reading(reading, input.kind, lang),
                words: reading.origin.words.get(lang).to_owned(),
                reading: reading.clone(),
            })
        });
        Some(Self {
            code: component.code.clone(),
            component: component.title().get(lang).to_owned(),
            class: component.class,
            rule: explain::rule(component).get(lang).to_owned(),
            made: made.get(lang).to_owned(),
            points: part.points,
            readings: reads.collect(),
            source: format!("{}（{:?}）", component.origin().get(lang), component.certainty),
        })
    }
}
