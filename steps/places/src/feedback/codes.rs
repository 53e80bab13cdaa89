//! The code on the fence (民生码): a QR code that leads to the page of a site, as picture, as a sheet to print, and the
//! sheets of a whole programme or place as PDF.

mod paper;

use askama::Template;
use axum::extract::State as Shared;
use axum::http::HeaderMap;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, HOST};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use image::{GrayImage, ImageFormat, Luma};
use kernel::{Permission, Problem, RegionCode};
use ledger::programmes::Outline;
use ledger::tables::programmes::Model as Programme;
use qrcode::render::svg;
use qrcode::{Color, EcLevel, QrCode};
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use web::listing::{Slice, Wanted, escape};
use web::{Access, App, Error, Frame, Path, Query, Result, Route, SignedIn, Step, components, download, page};

pub use self::paper::{Order, Printed, SHEETS_A_FILE, print};

use self::paper::Press;
use crate::sites::office::{narrowed, outline, top};
use crate::sites::page::public;
use crate::sites::store::{self as sites, Asked};
use crate::sites::tables::sites::Model as Site;
use crate::sites::{Answering, shown};

/// Pixels of one module of the picture; 12 make a code of some 400 pixels.
const MODULE: u32 = 12;

/// Modules of white around it (ISO/IEC 18004 asks for four).
const QUIET: u32 = 4;

const ENTER: Access = Access::Needs(Permission::EnterOffice);

const ROUTES: &[Route] = &[
    Route::get("/s/{code}/qr.svg", Access::Public),
    Route::get("/s/{code}/qr.png", Access::Public),
    Route::get("/s/{code}/sheet", Access::Public),
    Route::get("/office/programmes/{slug}/codes", ENTER),
    Route::get("/office/programmes/{slug}/codes.pdf", ENTER),
];

/// Routes and their list.
pub(crate) fn step() -> Step {
    let router = OpenApiRouter::new()
        .route("/s/{code}/qr.svg", get(as_svg))
        .route("/s/{code}/qr.png", get(as_png))
        .route("/s/{code}/sheet", get(sheet))
        .route("/office/programmes/{slug}/codes", get(sheets))
        .route("/office/programmes/{slug}/codes.pdf", get(pdf));
    Step { router, routes: ROUTES }
}

/// The code that leads to `address`; it may lose a quarter of its modules to dirt and still be read.
///
/// # Errors
/// When the address is too long for a code.
pub fn code(address: &str) -> Result<QrCode> {
    QrCode::with_error_correction_level(address, EcLevel::Q).map_err(Error::fault)
}

/// The code as a picture that scales, black on white whatever the page looks like.
pub fn picture(code: &QrCode) -> String {
    let picture = code.render::<svg::Color<'_>>().min_dimensions(200, 200).quiet_zone(true).build();
    // Within a page there is no declaration of XML.
    picture.split_once("?>").map_or(picture.clone(), |(_, rest)| rest.to_owned())
}

/// The code in pixels.
fn pixels(code: &QrCode) -> GrayImage {
    let modules = u32::try_from(code.width()).unwrap_or(u32::MAX);
    let colours = code.to_colors();
    let side = (modules + 2 * QUIET) * MODULE;
    GrayImage::from_fn(side, side, |x, y| {
        let inside = |at: u32| (at / MODULE).checked_sub(QUIET).filter(|module| *module < modules);
        let dark = inside(x).zip(inside(y)).is_some_and(|(column, row)| {
            colours.get((row * modules + column) as usize).is_some_and(|colour| *colour == Color::Dark)
        });
        Luma([if dark { 0 } else { 255 }])
    })
}

/// The whole address of a site's page.
fn address(app: &App, headers: &HeaderMap, site: &Site) -> Result<String> {
    Ok(format!("{}{}", base(app, headers)?, site.address_of_page()))
}

/// Where the operator says that everything is opened, else where it was opened now.
fn base(app: &App, headers: &HeaderMap) -> Result<String> {
    if !app.settings.address.is_empty() {
        return Ok(app.settings.address.clone());
    }
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    let host = host.ok_or_else(|| Problem::invalid("请求没有写明网站地址", "The request names no host"))?;
    let scheme = if app.settings.secure_cookies { "https" } else { "http" };
    Ok(format!("{scheme}://{host}"))
}

const CACHED: &str = "public, max-age=600";

async fn as_svg(Shared(app): Shared<App>, headers: HeaderMap, Path(site): Path<String>) -> Result<Response> {
    let (site, _) = public(&app, &site).await?;
    let picture = picture(&code(&address(&app, &headers, &site)?)?);
    Ok(([(CONTENT_TYPE, "image/svg+xml"), (CACHE_CONTROL, CACHED)], picture).into_response())
}

async fn as_png(Shared(app): Shared<App>, headers: HeaderMap, Path(site): Path<String>) -> Result<Response> {
    let (site, _) = public(&app, &site).await?;
    let mut bytes = std::io::Cursor::new(Vec::new());
    pixels(&code(&address(&app, &headers, &site)?)?).write_to(&mut bytes, ImageFormat::Png).map_err(Error::fault)?;
    Ok(([(CONTENT_TYPE, "image/png"), (CACHE_CONTROL, CACHED)], bytes.into_inner()).into_response())
}

/// What one sheet of paper says.
struct Sheet {
    site: Site,
    project: String,
    bodies: Vec<String>,
    picture: String,
    address: String,
}

#[derive(Template)]
#[template(path = "feedback/sheets.html")]
struct SheetsPage {
    f: Frame,
    programme: Programme,
    /// Above the sheet of one site, the site.
    above: Option<String>,
    slice: Slice<Sheet>,
    office: Option<Office>,
}

/// What an office has beside the sheets.
struct Office {
    projects: Vec<(String, String)>,
    places: Vec<(String, String)>,
    asked: Chosen,
    /// Sheets in all.
    count: u64,
    /// The first and the last sheet of each file, with its address.
    files: Vec<(u64, u64, String)>,
}

impl SheetsPage {
    fn address(&self) -> String {
        format!("/office/programmes/{}/codes", self.programme.slug)
    }

    fn list_address(&self) -> String {
        format!("/office/sites/{}", self.programme.slug)
    }

    fn heading(&self) -> &str {
        self.programme.title_in(self.f.lang)
    }
}

async fn sheet(Shared(app): Shared<App>, f: Frame, headers: HeaderMap, Path(site): Path<String>) -> Result<Response> {
    let (site, programme) = public(&app, &site).await?;
    let above = Some(site.address_of_page());
    let items = drawn(&app, &headers, vec![site]).await?;
    page(&SheetsPage { f, programme, above, slice: Slice { items, next: None }, office: None })
}

/// Which sheets of a programme.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Chosen {
    project: String,
    region: String,
    part: u64,
}

impl Chosen {
    /// What of the programme is meant: never more than the places of whoever asks.
    fn asked(&self, me: &SignedIn, programme: &Programme) -> Asked {
        let region: Option<RegionCode> = self.region.parse().ok();
        Asked { project: self.project.parse().ok(), regions: narrowed(me, programme, region), ..Asked::default() }
    }

    /// The address of the file with this number, from 1.
    fn file(&self, slug: &str, part: u64) -> String {
        let (project, region) = (escape(&self.project), escape(&self.region));
        format!("/office/programmes/{}/codes.pdf?project={project}&region={region}&part={part}", escape(slug))
    }
}

async fn sheets(
    Shared(app): Shared<App>,
    f: Frame,
    me: SignedIn,
    headers: HeaderMap,
    Path(slug): Path<String>,
    wanted: Wanted,
    Query(chosen): Query<Chosen>,
) -> Result<Response> {
    let on = app.store.reader();
    let outline = outline(&app, &me, &slug).await?;
    let programme = outline.programme.clone();
    let asked = chosen.asked(&me, &programme);
    let rows = sites::of_programme(on, programme.id, &asked, wanted.after()?, Some(wanted.fetch())).await?;
    let slice = Slice::cut(rows, &wanted, |row| row.reference.clone());
    let items = drawn(&app, &headers, slice.items).await?;
    let count = sites::counts(on, programme.id, &asked).await?.all.unsigned_abs();
    let file = |part: u64| {
        let first = (part - 1) * SHEETS_A_FILE + 1;
        (first, (first + SHEETS_A_FILE - 1).min(count), chosen.file(&slug, part))
    };
    let office = Office {
        projects: projects(&f, &outline),
        places: places(&app, &f, &me, &programme).await?,
        files: (1..=count.div_ceil(SHEETS_A_FILE)).map(file).collect(),
        asked: chosen,
        count,
    };
    page(&SheetsPage { f, programme, above: None, slice: Slice { items, next: slice.next }, office: Some(office) })
}

fn projects(f: &Frame, outline: &Outline) -> Vec<(String, String)> {
    let all = std::iter::once((String::new(), f.lang.t("全部项目", "all projects").to_owned()));
    all.chain(outline.projects.iter().map(|project| (project.id.to_string(), project.name.clone()))).collect()
}

/// The places in which there are sites of those who ask.
async fn places(app: &App, f: &Frame, me: &SignedIn, programme: &Programme) -> Result<Vec<(String, String)>> {
    let asked = Asked { regions: narrowed(me, programme, None), ..Asked::default() };
    let found = sites::regions_of(app.store.reader(), programme.id, &asked).await?;
    shown::places_below(app, f, top(me, programme), found).await
}

async fn pdf(
    Shared(app): Shared<App>,
    f: Frame,
    me: SignedIn,
    headers: HeaderMap,
    Path(slug): Path<String>,
    Query(chosen): Query<Chosen>,
) -> Result<Response> {
    let programme = outline(&app, &me, &slug).await?.programme;
    let asked = chosen.asked(&me, &programme);
    let part = chosen.part.max(1);
    let rows = sites::part_of(app.store.reader(), programme.id, &asked, (part - 1, SHEETS_A_FILE)).await?;
    if rows.is_empty() {
        return Err(Problem::not_found("这里没有可打印的民生码", "There are no codes to print here").into());
    }
    let name = format!("{}-{}-{part}.pdf", programme.slug, f.lang.t("民生码", "codes"));
    let base = base(&app, &headers)?;
    let press = Press { programme, base, lang: f.lang, today: app.store.clock().today() };
    Ok(download::file(press.pdf(&app.store, rows).await?, "application/pdf", &name))
}

async fn drawn(app: &App, headers: &HeaderMap, rows: Vec<Site>) -> Result<Vec<Sheet>> {
    let today = app.store.clock().today();
    let answering = Answering::load(app.store.reader(), &rows).await?;
    let mut sheets = Vec::with_capacity(rows.len());
    for site in rows {
        let address = address(app, headers, &site)?;
        sheets.push(Sheet {
            project: answering.project(&site).map(|project| project.name.clone()).unwrap_or_default(),
            bodies: answering.bodies(&site, today),
            picture: picture(&code(&address)?),
            address,
            site,
        });
    }
    Ok(sheets)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_picture_and_the_pixels_show_the_same_code() {
        let code = code("http://127.0.0.1:8686/s/ABC2345").unwrap();
        let pixels = pixels(&code);
        assert_eq!(pixels.get_pixel(0, 0).0, [255], "white around it");
        // The corner of a finder pattern is dark, and so is its first row.
        let corner = QUIET * MODULE + MODULE / 2;
        assert_eq!(pixels.get_pixel(corner, corner).0, [0]);
        assert_eq!(pixels.get_pixel(corner + 6 * MODULE, corner).0, [0]);
        assert_eq!(pixels.get_pixel(corner + MODULE, corner + MODULE).0, [255]);
        let picture = picture(&code);
        assert!(picture.starts_with("<svg") && picture.contains("#000"), "{picture}");
    }
}
