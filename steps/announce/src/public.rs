//! Signed bulletins as everybody reads them: text, figures that open their trail, versions, files.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::State as Shared;
use axum::response::Response;
use axum::routing::get;
use kernel::clock::china_time;
use kernel::{Lang, Problem};
use ledger::tables::programmes::Model as Programme;
use utoipa_axum::router::OpenApiRouter;
use uuid::Uuid;
use web::listing::{Slice, Wanted};
use web::{Access, App, Error, Frame, Path, Result, Route, Step, Use, components, page};

use crate::showing::Article;
use crate::signing::{self, frozen};
use crate::store as rows;
use crate::tables::bulletins::Model as Bulletin;
use crate::words::State;
use crate::writing::bindings::long_day;
use crate::writing::document::Document;
use crate::writing::paper::{Signed, paper};
use crate::writing::templates;

const ROUTES: &[Route] = &[
    Route::get("/bulletins", Access::Public).in_menu("公报", "Bulletins"),
    Route::get("/bulletins/{id}", Access::Public),
    Route::get("/bulletins/{id}/text.txt", Access::Public),
    Route::get("/bulletins/{id}/paper.docx", Access::Public),
    Route::get("/bulletins/{id}/paper.pdf", Access::Public),
];

/// Routes and their list.
pub(crate) fn step() -> Step {
    let router = OpenApiRouter::new()
        .route("/bulletins", get(list))
        .route("/bulletins/{id}", get(show))
        .route("/bulletins/{id}/text.txt", get(text))
        .route("/bulletins/{id}/paper.docx", get(docx))
        .route("/bulletins/{id}/paper.pdf", get(pdf));
    Step { router, routes: ROUTES }
}

/// A signed bulletin of a programme that the public sees.
pub(crate) struct Found {
    pub(crate) row: Bulletin,
    pub(crate) programme: Programme,
    pub(crate) document: Document,
}

impl Found {
    /// The bulletin with this key.
    ///
    /// # Errors
    /// Not found, also where it is a draft or its programme is not published.
    pub(crate) async fn load(app: &App, id: Uuid) -> Result<Self> {
        let missing =
            || Problem::not_found("没有这份公报，或者还没有签发", "There is no such bulletin, or it is not signed");
        let on = app.store.reader();
        let row = rows::find(on, id).await?.filter(Bulletin::is_public).ok_or_else(missing)?;
        let programme = ledger::programmes::with_key(on, row.programme_id).await?;
        let programme = programme.filter(|programme| programme.published).ok_or_else(missing)?;
        let document = frozen(&row).ok_or_else(missing)?;
        Ok(Self { row, programme, document })
    }
}

/// The published programmes by key.
pub(crate) async fn published(app: &App) -> Result<BTreeMap<Uuid, Programme>> {
    let all = ledger::programmes::all(app.store.reader()).await?;
    Ok(all.into_iter().filter(|row| row.published).map(|row| (row.id, row)).collect())
}

/// A slice of the signed bulletins, with their programmes.
pub(crate) async fn signed(app: &App, wanted: &Wanted) -> Result<Slice<(Bulletin, Programme)>> {
    let programmes = published(app).await?;
    let keys: Vec<Uuid> = programmes.keys().copied().collect();
    let found = rows::signed(app.store.reader(), &keys, wanted.after()?, wanted.fetch()).await?;
    let pair = |row: Bulletin| {
        let programme = programmes.get(&row.programme_id)?.clone();
        Some((row, programme))
    };
    Ok(Slice::cut(found.into_iter().filter_map(pair).collect(), wanted, |(row, _)| row.id.to_string()))
}

#[derive(Template)]
#[template(path = "bulletins.html")]
struct BulletinsPage {
    f: Frame,
    bulletins: Vec<(Bulletin, Programme, String)>,
    next: Option<String>,
}

async fn list(Shared(app): Shared<App>, f: Frame, wanted: Wanted) -> Result<Response> {
    let slice = signed(&app, &wanted).await?;
    let shown = slice.items.into_iter().map(|(row, programme)| {
        let title = frozen(&row).map(|document| document.title).unwrap_or_default();
        (row, programme, title)
    });
    page(&BulletinsPage { f, bulletins: shown.collect(), next: slice.next })
}

#[derive(Template)]
#[template(path = "bulletin.html")]
struct BulletinPage {
    f: Frame,
    row: Bulletin,
    programme: Programme,
    title: String,
    figures: usize,
    article: Article,
    /// The version that took its place.
    newer: Option<Bulletin>,
}

impl BulletinPage {
    fn template_name(&self) -> String {
        templates::named(&self.row.template).map(|kind| kind.name.get(self.f.lang).to_owned()).unwrap_or_default()
    }
}

async fn show(Shared(app): Shared<App>, f: Frame, Path(id): Path<Uuid>) -> Result<Response> {
    let Found { row, programme, document } = Found::load(&app, id).await?;
    let newer = match row.state() {
        State::Superseded => rows::successor(app.store.reader(), row.id).await?,
        _ => None,
    };
    let article = Article::of(f.lang, &document, &programme.slug);
    page(&BulletinPage { f, row, programme, title: document.title, figures: document.figures.len(), article, newer })
}

async fn text(Shared(app): Shared<App>, Path(id): Path<Uuid>) -> Result<Response> {
    let found = Found::load(&app, id).await?;
    let (text, _) = found.document.text();
    Ok(web::download::file(text.into_bytes(), "text/plain; charset=utf-8", &format!("{}.txt", found.document.title)))
}

/// The signed bulletins that cite an entry, superseded ones said to be so.
///
/// # Errors
/// When the database fails.
pub(crate) async fn uses(app: &App, entry: Uuid, lang: Lang) -> Result<Vec<Use>> {
    let found = signing::citing(app.store.reader(), entry).await?;
    let told = |row: Bulletin| {
        let title = frozen(&row)?.title;
        let superseded = row.state() == State::Superseded;
        let state = if superseded { lang.t("，本版已被更正", ", corrected since") } else { "" };
        let small = match lang {
            Lang::Zh => format!("截至{}{state}", long_day(row.cut_off)),
            Lang::En => format!("figures up to {}{state}", row.cut_off.format("%-d %B %Y")),
        };
        Some(Use { title, link: format!("/bulletins/{}", row.id), small })
    };
    Ok(found.into_iter().filter(Bulletin::is_public).filter_map(told).collect())
}

/// Writes a paper in its file format.
type Writer = fn(&papers::Paper, &papers::Fonts) -> Result<Vec<u8>, papers::PaperError>;

async fn docx(Shared(app): Shared<App>, Path(id): Path<Uuid>) -> Result<Response> {
    const KIND: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
    file(&app, id, papers::docx, (KIND, "docx")).await
}

async fn pdf(Shared(app): Shared<App>, Path(id): Path<Uuid>) -> Result<Response> {
    file(&app, id, papers::pdf, ("application/pdf", "pdf")).await
}

async fn file(app: &App, id: Uuid, write: Writer, (kind, ending): (&'static str, &str)) -> Result<Response> {
    let found = Found::load(app, id).await?;
    let signed = found
        .row
        .signed_ms
        .and_then(china_time)
        .map(|time| Signed { issuer: found.row.signed_by_name.clone(), date: time.date_naive() });
    let paper = paper(&found.document, signed.as_ref(), found.programme.demo);
    let name = format!("{}.{ending}", found.document.title);
    // Setting pages takes time, and must not hold up the threads that serve pages.
    let written = tokio::task::spawn_blocking(move || write(&paper, papers::Fonts::embedded())).await;
    let bytes = written.map_err(Error::fault)?.map_err(|fault| match fault {
        papers::PaperError::Writing(_) => Error::fault(fault),
        said => Problem::invalid(format!("这份公报不能排成公文：{said}"), format!("It cannot be set: {said}")).into(),
    })?;
    Ok(web::download::file(bytes, kind, &name))
}
