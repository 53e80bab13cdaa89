//! A text checked against the ledger on a page: pasted or handed in, marked figure by figure, its findings as a sheet.

use askama::Template;
use axum::extract::{DefaultBodyLimit, State as Shared};
use axum::response::Response;
use axum::routing::{get, post};
use bulletins::{Relation, Text};
use chrono::NaiveDate;
use figures::relations::Verdict;
use kernel::{Permission, Problem, typed};
use ledger::programmes::Outline;
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use web::listing::{Slice, Wanted};
use web::{
    Access, App, Checked as Form, Error, Frame, Query, Result, Route, SignedIn, Step, Upload, components, page,
    page_with,
};

use crate::authority;
use crate::check_words::{Line, lines, relations};
use crate::checking::matching::Outcome;
use crate::checking::{Checked, check};

const WRITE: Access = Access::Needs(Permission::WriteBulletins);
const ROUTES: &[Route] = &[
    Route::get("/office/bulletins/check", WRITE),
    Route::post("/office/bulletins/check", WRITE),
    Route::post("/office/bulletins/check/findings.xlsx", WRITE),
];
/// Bytes of a form: a file may be a long scan-free PDF.
const LARGEST: usize = 16 << 20;
/// Characters of a text on a page; longer ones are for the command line.
const LONGEST: usize = 300_000;

/// Routes and their list.
pub(crate) fn step() -> Step {
    let router = OpenApiRouter::new()
        .route("/office/bulletins/check", get(ask).post(judge))
        .route("/office/bulletins/check/findings.xlsx", post(sheet))
        .layer(DefaultBodyLimit::max(LARGEST));
    Step { router, routes: ROUTES }
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct Fields {
    programme: String,
    cut_off: String,
    text: String,
}

/// A stretch of the text: plain, or a figure with what came of it.
struct Stretch {
    text: String,
    mark: Option<Mark>,
}

struct Mark {
    number: usize,
    class: &'static str,
    shape: char,
    word: String,
    trail: Option<String>,
    beside: bool,
    title: String,
}

/// What came of a check.
struct Outcomes {
    stretches: Vec<Stretch>,
    lines: Vec<Line>,
    left_out: Vec<Line>,
    /// Relations that do not hold.
    broken: Vec<Relation>,
    /// The others.
    sound: Vec<Relation>,
    counts: [(Outcome, usize); 3],
    cut_off: Option<NaiveDate>,
    judged_relations: usize,
}

#[derive(Template)]
#[template(path = "check.html")]
struct CheckPage {
    f: Frame,
    programmes: Vec<(String, String)>,
    fields: Fields,
    result: Option<Outcomes>,
    problem: Option<Problem>,
}

impl CheckPage {
    fn class(&self, line: &Line) -> &'static str {
        outcome(line).class()
    }

    /// Shape and word.
    fn word(&self, line: &Line) -> String {
        let outcome = outcome(line);
        format!("{} {}", outcome.shape(), outcome.name().get(self.f.lang))
    }

    /// What was pasted, once it has been judged stands above already.
    fn pasted(&self) -> &str {
        if self.result.is_some() { "" } else { &self.fields.text }
    }
}

fn outcome(line: &Line) -> Outcome {
    match line.outcome {
        "matches" => Outcome::Matches,
        "differs" => Outcome::Differs,
        _ => Outcome::NotInLedger,
    }
}

impl Outcomes {
    fn of(f: &Frame, checked: &Checked, slug: &str) -> Self {
        let all = lines(checked, slug, f.lang);
        let (told, left_out): (Vec<_>, Vec<_>) = all.into_iter().partition(|line| line.number.is_some());
        let (broken, sound) =
            checked.relations.iter().cloned().partition(|relation| relation.verdict == Verdict::Fails);
        let counts = [Outcome::Matches, Outcome::Differs, Outcome::NotInLedger]
            .map(|outcome| (outcome, checked.comparison.count(outcome)));
        Self {
            stretches: stretches(f, checked, &told),
            broken,
            sound,
            counts,
            cut_off: checked.cut_off,
            judged_relations: checked.relations.len(),
            left_out,
            lines: told,
        }
    }
}

/// Cuts the text at its figures.
fn stretches(f: &Frame, checked: &Checked, lines: &[Line]) -> Vec<Stretch> {
    let characters: Vec<char> = checked.text.content().chars().collect();
    let mut order: Vec<usize> = (0..checked.findings.len()).collect();
    order.sort_by_key(|at| checked.findings[*at].phrase);
    let (mut stretches, mut from) = (Vec::new(), 0);
    let words = |start: usize, end: usize| characters.get(start..end).unwrap_or_default().iter().collect::<String>();
    for at in order {
        let span = checked.findings[at].phrase;
        if span.start < from || span.end > characters.len() {
            continue;
        }
        stretches.push(Stretch { text: words(from, span.start), mark: None });
        let (judged, line) = (&checked.comparison.judged[at], &lines[at]);
        let name = judged.outcome.name();
        let mark = Mark {
            number: at + 1,
            class: judged.outcome.class(),
            shape: judged.outcome.shape(),
            word: name.get(f.lang).to_owned(),
            trail: line.trail.clone(),
            beside: line.entry.is_some(),
            title: format!("{} {} · {}", line.ledger_indicator, line.ledger_printed, line.explanation),
        };
        stretches.push(Stretch { text: words(span.start, span.end), mark: Some(mark) });
        from = span.end;
    }
    stretches.push(Stretch { text: words(from, characters.len()), mark: None });
    stretches
}

async fn shown(app: &App, f: Frame, me: &SignedIn, fields: Fields) -> Result<CheckPage> {
    let programmes = authority::programmes(app, me).await?;
    let programmes = programmes.into_iter().map(|row| (row.slug.clone(), row.title_in(f.lang).to_owned())).collect();
    Ok(CheckPage { f, programmes, fields, result: None, problem: None })
}

async fn ask(Shared(app): Shared<App>, f: Frame, me: SignedIn, Query(fields): Query<Fields>) -> Result<Response> {
    page(&shown(&app, f, &me, fields).await?)
}

async fn judge(Shared(app): Shared<App>, f: Frame, me: SignedIn, mut upload: Upload) -> Result<Response> {
    let mut fields = Fields {
        programme: upload.field("programme").to_owned(),
        cut_off: upload.field("cut_off").to_owned(),
        text: upload.field("text").to_owned(),
    };
    let judged = match handed_in(&mut upload, &fields).await {
        Ok(text) => checked(&app, &me, &fields, text).await,
        Err(error) => Err(error),
    };
    match judged {
        Ok((outline, checked)) => {
            checked.text.content().clone_into(&mut fields.text);
            let result = Outcomes::of(&f, &checked, &outline.programme.slug);
            let mut shown = shown(&app, f, &me, fields).await?;
            shown.result = Some(result);
            page(&shown)
        }
        Err(Error::Problem(problem)) if !problem.places.is_empty() => {
            let status = Error::from(problem.clone()).status();
            let mut shown = shown(&app, f, &me, fields).await?;
            shown.problem = Some(problem);
            page_with(status, &shown)
        }
        Err(error) => Err(error),
    }
}

/// The text of the form: the file if one was chosen, else what was pasted.
async fn handed_in(upload: &mut Upload, fields: &Fields) -> Result<Text> {
    let Some(file) = upload.take("file").into_iter().next() else {
        if fields.text.is_empty() {
            return Err(Problem::field("text", "请粘贴文稿或选择文件", "Paste a text or choose a file").into());
        }
        return Ok(Text::new("", fields.text.clone()));
    };
    let bytes = tokio::fs::read(file.path()).await.map_err(Error::fault)?;
    let name = file.name.clone();
    // Unpacking takes time, and must not hold up the threads that serve pages.
    let read = tokio::task::spawn_blocking(move || bulletins::read::text(&bytes, &name)).await.map_err(Error::fault)?;
    Ok(read.map_err(|unreadable| Problem::field("file", unreadable.to_string(), unreadable.message_en()))?)
}

async fn checked(app: &App, me: &SignedIn, fields: &Fields, text: Text) -> Result<(Outline, Checked)> {
    let outline = authority::programme(app, me, &fields.programme).await?;
    if text.content().chars().count() > LONGEST {
        let (zh, en) = (
            "文稿超过30万字，请用命令行 minsheng bulletin check",
            "The text has more than 300,000 characters: use minsheng bulletin check",
        );
        return Err(Problem::field("text", zh, en).into());
    }
    let cut_off = typed::optional_day("cut_off", &fields.cut_off)?;
    let checked = check(app.store.reader(), &outline, text, cut_off).await?;
    Ok((outline, checked))
}

async fn sheet(
    Shared(app): Shared<App>,
    f: Frame,
    me: SignedIn,
    wanted: Wanted,
    Form(fields): Form<Fields>,
) -> Result<Response> {
    let text = Text::new("", fields.text.clone());
    let (outline, checked) = checked(&app, &me, &fields, text).await?;
    let mut items = lines(&checked, &outline.programme.slug, f.lang);
    items.extend(relations(&checked, f.lang));
    Slice { items, next: None }.reply(&wanted).await
}
