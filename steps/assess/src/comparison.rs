//! Two schemes over the same programme: who stands where by the one and by the other. Nothing is stored.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use chrono::NaiveDate;
use kernel::{Lang, Permission, Problem};
use ledger::programmes::Outline;
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use web::{Access, App, Error, Frame, Query, Result, Route, SignedIn, Step, components, page, page_with, refusal};

use crate::assessments;
use crate::catalogue::{self, Available};
use crate::list::{read_cut_off, scheme_choices};
use crate::rules::{Score, Scores, score};
use crate::words::SubjectKind;
use crate::{authority, explain};

const ROUTES: &[Route] = &[Route::get("/office/assessments/comparison", Access::Needs(Permission::ScoreYear))];

/// Routes and their list.
pub(crate) fn step() -> Step {
    Step { router: OpenApiRouter::new().route("/office/assessments/comparison", get(compare)), routes: ROUTES }
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct Asked {
    programme: String,
    first: String,
    second: String,
    cut_off: String,
}

#[derive(Template)]
#[template(path = "comparison.html")]
struct ComparisonPage {
    f: Frame,
    programmes: Vec<(String, String)>,
    schemes: Vec<(String, String)>,
    asked: Asked,
    found: Option<Comparison>,
    problem: Option<Problem>,
}

/// What came out.
struct Comparison {
    title: String,
    first: Available,
    second: Available,
    cut_off: NaiveDate,
    tables: Vec<(SubjectKind, Vec<Line>)>,
}

/// One subject by both schemes.
struct Line {
    name: String,
    first: Option<Score>,
    second: Option<Score>,
}

impl Line {
    /// Places won, negative for places lost; none while one of the two has no rank.
    fn moved(&self) -> Option<i64> {
        let rank = |score: &Option<Score>| score.as_ref().and_then(|score| score.rank).map(i64::from);
        Some(rank(&self.first)? - rank(&self.second)?)
    }
}

async fn compare(State(app): State<App>, f: Frame, me: SignedIn, Query(asked): Query<Asked>) -> Result<Response> {
    let mine = authority::programmes_of(&app, &me, Permission::ScoreYear).await?;
    let regions: Vec<_> = mine.iter().map(plan::authority::region).collect();
    let schemes = scheme_choices(&f, &catalogue::all(app.store.reader(), &regions).await?);
    let programmes = mine.into_iter().map(|programme| (programme.slug, programme.title)).collect();
    let outcome = match asked.programme.as_str() {
        "" => Ok(None),
        slug => {
            let outline = plan::authority::outline(&app, &me, slug, Permission::ScoreYear).await?;
            Comparison::of(&app, &outline, &asked).await.map(Some)
        }
    };
    let (found, problem) = match Error::mendable(outcome)? {
        Ok(found) => (found, None),
        Err(problem) => (None, Some(problem)),
    };
    let shown = ComparisonPage { programmes, schemes, asked, found, problem, f };
    match &shown.problem {
        Some(problem) => page_with(refusal(problem), &shown),
        None => page(&shown),
    }
}

impl Comparison {
    async fn of(app: &App, outline: &Outline, asked: &Asked) -> store::Result<Self> {
        let known = catalogue::of_programme(app.store.reader(), &outline.programme).await?;
        let named = |field: &str, reference: &str| {
            catalogue::named(&known, reference)
                .map_err(|problem| Problem::field(field, problem.message.zh, problem.message.en))
        };
        let (first, second) = (named("first", &asked.first)?, named("second", &asked.second)?);
        let cut_off = read_cut_off(app, &outline.programme, &asked.cut_off)?;
        let inputs = assessments::inputs(&app.store, outline, &[&first.scheme, &second.scheme], cut_off).await?;
        let [one, other] =
            [(&first, &inputs[0]), (&second, &inputs[1])].map(|(chosen, inputs)| score(&chosen.scheme, inputs));
        let names: BTreeMap<String, String> = inputs
            .iter()
            .flat_map(|inputs| &inputs.subjects)
            .map(|known| (known.subject.key(), known.subject.name.clone()))
            .collect();
        let tables = SubjectKind::ALL.iter().map(|kind| (*kind, lines(*kind, &one, &other, &names)));
        Ok(Self {
            title: outline.programme.title.clone(),
            cut_off,
            tables: tables.filter(|(_, lines)| !lines.is_empty()).collect(),
            first,
            second,
        })
    }
}

/// The subjects of one kind in the order of the first scheme; those that only the second scores come last.
fn lines(kind: SubjectKind, one: &Scores, other: &Scores, names: &BTreeMap<String, String>) -> Vec<Line> {
    let rows = |scores: &Scores| {
        let tables = scores.tables.iter().filter(|table| table.kind == kind);
        tables.flat_map(|table| table.rows.clone()).collect::<Vec<Score>>()
    };
    let (first, second) = (rows(one), rows(other));
    let alone = second.iter().filter(|row| first.iter().all(|other| other.subject != row.subject));
    let keys: Vec<String> = first.iter().chain(alone).map(|row| row.subject.clone()).collect();
    let of = |rows: &[Score], key: &str| rows.iter().find(|row| row.subject == key).cloned();
    keys.into_iter()
        .map(|key| Line {
            name: names.get(&key).cloned().unwrap_or_else(|| key.clone()),
            first: of(&first, &key),
            second: of(&second, &key),
        })
        .collect()
}

impl ComparisonPage {
    fn say(&self, text: kernel::Text) -> String {
        text.get(self.f.lang).to_owned()
    }

    fn name(&self, chosen: &Available) -> String {
        let version = crate::list::version_words(&self.f, chosen.scheme.version);
        format!("{} {version}", self.f.say(&chosen.scheme.title()))
    }

    fn total(&self, score: &Option<Score>) -> String {
        score.as_ref().map_or_else(
            || "—".to_owned(),
            |score| {
                let open = if score.open.is_empty() { "" } else { self.f.lang.t("（数据不齐）", " (open)") };
                format!("{}{open}", explain::plain(score.total, 4))
            },
        )
    }

    fn rank(&self, score: &Option<Score>) -> String {
        let rank = score.as_ref().and_then(|score| Some((score.rank?, score.tie)));
        rank.map_or_else(
            || "—".to_owned(),
            |(rank, tie)| {
                if tie { format!("{rank} {}", self.f.lang.t("并列", "tied")) } else { rank.to_string() }
            },
        )
    }

    /// The way somebody moved, with a shape and a word.
    fn moved(&self, line: &Line) -> String {
        let words = |places: i64, zh: &str, en: &str| match self.f.lang {
            Lang::Zh => format!("{zh} {places} 名"),
            Lang::En => format!("{en} {places}"),
        };
        match line.moved() {
            None => "—".to_owned(),
            Some(0) => self.f.lang.t("不变", "same").to_owned(),
            Some(up) if up > 0 => words(up, "▲ 升", "▲ up"),
            Some(down) => words(-down, "▼ 降", "▼ down"),
        }
    }

    fn full_marks(&self, found: &Comparison) -> Option<String> {
        let mark = |chosen: &Available| chosen.scheme.full_mark.map(|full| explain::plain(*full, 4));
        let (first, second) = (mark(&found.first), mark(&found.second));
        let word = |mark: Option<String>| mark.unwrap_or_else(|| self.f.lang.t("未定", "open").to_owned());
        (first != second).then(|| match self.f.lang {
            Lang::Zh => {
                format!("满分不同（{} 与 {}），总分不能直接相比，请看名次。", word(first.clone()), word(second.clone()))
            }
            Lang::En => format!(
                "The full marks differ ({} and {}): compare ranks, not totals.",
                word(first.clone()),
                word(second.clone())
            ),
        })
    }

    /// The largest change of rank, for the line above the table.
    fn largest(&self, lines: &[Line]) -> String {
        let Some(most) = lines.iter().filter_map(Line::moved).map(i64::abs).max() else {
            return self.f.lang.t("数据不齐，还没有名次可比", "open scores: no ranks to compare yet").to_owned();
        };
        match self.f.lang {
            Lang::Zh => format!("名次变化最多 {most} 名"),
            Lang::En => format!("ranks move by {most} at most"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn score(subject: &str, total: i64, rank: Option<u32>) -> Score {
        Score {
            subject: subject.into(),
            parts: Vec::new(),
            limited: rust_decimal::Decimal::ZERO,
            total: total.into(),
            open: Vec::new(),
            vetoes: Vec::new(),
            rank,
            tie: false,
        }
    }

    #[test]
    fn places_won_and_lost() {
        let line = |first, second| Line { name: String::new(), first, second };
        assert_eq!(line(Some(score("a", 90, Some(3))), Some(score("a", 95, Some(1)))).moved(), Some(2));
        assert_eq!(line(Some(score("a", 90, Some(1))), Some(score("a", 80, Some(4)))).moved(), Some(-3));
        assert_eq!(line(Some(score("a", 90, None)), Some(score("a", 80, Some(4)))).moved(), None);
        assert_eq!(line(None, Some(score("a", 80, Some(4)))).moved(), None);
    }
}
