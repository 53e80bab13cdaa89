//! Open data: every list as CSV, JSON and XLSX, the facts as JSON Lines, and where the API begins.
//!
//! A download holds a whole list or none of it: a file that was cut off would be taken for all there is.

use std::io::{self, Write};

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use kernel::{Problem, ProblemKind, Text};
use ledger::board::Board;
use ledger::entries::View;
use ledger::programmes::{self, Outline};
use ledger::{entries, facts};
use utoipa_axum::router::OpenApiRouter;
use web::components;
use web::download::{Row, file};
use web::listing::{Slice, Wanted};
use web::{Access, App, Error, Frame, Path, Result, Route, Step, page};

use crate::entries_api::EntryDetails;
use crate::indicators_api::indicators;
use crate::lit::Lit;
use crate::programmes_api::ProgrammeDetails;
use crate::scoreboard::published;
use crate::{matters, money_api, regions};

const ROUTES: &[Route] = &[
    Route::get("/data", Access::Public).in_menu("开放数据", "Open data"),
    Route::get("/data/{file}", Access::Public),
    Route::get("/data/{slug}/{file}", Access::Public),
];

/// The most rows of a download, which bounds memory.
const MOST_ROWS: u64 = 50_000;
/// The most bytes of a file of facts.
const MOST_BYTES: usize = 64 << 20;
/// Programmes that the page lists.
const MOST_PROGRAMMES: u64 = 500;

/// Routes and their list.
pub(crate) fn step() -> Step {
    let router = OpenApiRouter::new()
        .route("/data", get(show))
        .route("/data/{file}", get(download))
        .route("/data/{slug}/{file}", get(download_of_programme));
    Step { router, routes: ROUTES }
}

#[derive(Template)]
#[template(path = "open_data.html")]
struct DataPage {
    f: Frame,
    programmes: Vec<Offered>,
    /// Whether there are more programmes than the page lists.
    more: bool,
}

/// A programme with what can be taken away of it.
struct Offered {
    slug: String,
    title: String,
    path: String,
    indicators: i64,
}

/// Endings of files that spreadsheets and programs read, with the words of the links.
const FORMS: [(&str, &str); 3] = [("csv", "CSV"), ("json", "JSON"), ("xlsx", "XLSX")];

impl DataPage {
    /// File and name of what is offered of each programme.
    fn of_programme(&self) -> [(&'static str, &'static str); 3] {
        let t = |zh, en| self.f.lang.t(zh, en);
        [
            ("indicators", t("指标与数字", "Current figures")),
            ("entries", t("全部台账", "All entries")),
            ("money", t("资金", "Money")),
        ]
    }

    /// File, name and description of what is offered across programmes.
    fn of_all(&self) -> [(&'static str, &'static str, &'static str); 3] {
        let t = |zh, en| self.f.lang.t(zh, en);
        [
            ("programmes", t("年度方案", "Programmes"), t("地方、年份、通过与算法", "place, year, adoption and rules")),
            (
                "matters",
                t("同一事项", "Matters"),
                t("几个地方都在做的事，附不能相加的原因", "what several places count, and why it is not added"),
            ),
            (
                "regions",
                t("行政区划", "Divisions"),
                t("十二位代码，含已停用的区划", "twelve-digit codes, former ones included"),
            ),
        ]
    }
}

async fn show(State(app): State<App>, f: Frame) -> Result<Response> {
    let on = app.store.reader();
    let mut rows = programmes::list_published(on, None, MOST_PROGRAMMES + 1).await?;
    let more = rows.len() as u64 > MOST_PROGRAMMES;
    rows.truncate(usize::try_from(MOST_PROGRAMMES).unwrap_or(usize::MAX));
    let counts = programmes::indicator_counts(on).await?;
    let programmes = rows
        .iter()
        .map(|row| Offered {
            slug: row.slug.clone(),
            title: row.title_in(f.lang).to_owned(),
            path: ledger::search::programme_path(&row.slug),
            indicators: counts.get(&row.id).copied().unwrap_or(0),
        })
        .collect();
    page(&DataPage { f, programmes, more })
}

/// `programmes`, `regions`, `matters` in any form, or `facts.jsonl`.
async fn download(State(app): State<App>, Path(name): Path<String>, wanted: Wanted) -> Result<Response> {
    match split(&name) {
        Some(("programmes", ending)) => {
            let rows = programmes::list_published(app.store.reader(), None, MOST_ROWS + 1).await?;
            reply(ProgrammeDetails::all(&app, &rows).await?, ending, &wanted).await
        }
        Some(("regions", ending)) => reply(regions::all(&app, MOST_ROWS + 1).await?, ending, &wanted).await,
        Some(("matters", ending)) => reply(matters::all(&app).await?, ending, &wanted).await,
        Some(("facts", "jsonl")) => {
            let rows = programmes::list_published(app.store.reader(), None, MOST_ROWS).await?;
            let slugs: Vec<_> = rows.iter().map(|row| row.slug.as_str()).collect();
            facts_file(&app, &slugs, &Text::new("公布数字", "facts"), &wanted).await
        }
        _ => Err(no_such_file()),
    }
}

/// `indicators`, `entries`, `money` in any form, or `facts.jsonl`.
async fn download_of_programme(
    State(app): State<App>,
    Path((slug, name)): Path<(String, String)>,
    wanted: Wanted,
) -> Result<Response> {
    let on = app.store.reader();
    let programme = published(on, &slug).await?;
    match split(&name) {
        Some(("indicators", ending)) => {
            let board = Lit::load(on, programme, View::default()).await?.board;
            reply(indicators(&board), ending, &wanted).await
        }
        Some(("entries", ending)) => {
            let outline = Outline::load(on, programme).await?;
            let rows = entries::of_programme(on, outline.programme.id, None, MOST_ROWS + 1).await?;
            reply(EntryDetails::all(on, &outline, rows).await?, ending, &wanted).await
        }
        Some(("money", ending)) => {
            let board = Board::open(on, programme, None).await?;
            reply(money_api::listed(&board), ending, &wanted).await
        }
        Some(("facts", "jsonl")) => {
            facts_file(&app, &[&slug], &Text::new(format!("公布数字-{slug}"), format!("facts-{slug}")), &wanted).await
        }
        _ => Err(no_such_file()),
    }
}

/// Name and ending of a file that is offered.
fn split(name: &str) -> Option<(&str, &str)> {
    name.rsplit_once('.').filter(|(_, ending)| matches!(*ending, "csv" | "json" | "xlsx" | "jsonl"))
}

async fn reply<T: Row + Send + 'static>(rows: Vec<T>, ending: &str, wanted: &Wanted) -> Result<Response> {
    if rows.len() as u64 > MOST_ROWS {
        return Err(too_large());
    }
    match ending {
        "json" => {
            let bytes = serde_json::to_vec_pretty(&rows).map_err(Error::fault)?;
            Ok(file(bytes, "application/json", &format!("{}.json", T::file_name().get(wanted.lang))))
        }
        "csv" | "xlsx" => Slice { items: rows, next: None }.reply(wanted).await,
        _ => Err(no_such_file()),
    }
}

/// The facts of these programmes as JSON Lines, as `minsheng export facts` writes them.
async fn facts_file(app: &App, slugs: &[&str], name: &Text, wanted: &Wanted) -> Result<Response> {
    let mut lines = Bounded(Vec::new());
    for slug in slugs {
        let written = facts::export(app.store.reader(), Some(slug), &mut lines).await;
        written.map_err(|error| match error {
            store::Error::File(error) if error.kind() == io::ErrorKind::FileTooLarge => too_large(),
            other => other.into(),
        })?;
    }
    Ok(file(lines.0, "application/x-ndjson", &format!("{}.jsonl", name.get(wanted.lang))))
}

/// A file in memory that does not grow beyond [`MOST_BYTES`].
struct Bounded(Vec<u8>);

impl Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > MOST_BYTES {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn no_such_file() -> Error {
    Problem::not_found(
        "没有这份数据。可下载的内容见“开放数据”页",
        "There is no such file: the page of open data lists what can be downloaded",
    )
    .into()
}

fn too_large() -> Error {
    Problem::new(
        ProblemKind::TooLarge,
        "这份数据太大，不能一次下载。请用接口按游标分页读取，或由运行单位用 minsheng export 导出",
        "This is too much for one download: read it page by page through the API, or ask the operator for an export",
    )
    .into()
}
