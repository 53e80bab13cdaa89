//! The code on the fence (民生码): a QR code that leads to the page of a site, as picture and as a sheet to print.

use askama::Template;
use axum::extract::State as Shared;
use axum::http::HeaderMap;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, HOST};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use image::{GrayImage, ImageFormat, Luma};
use kernel::{Permission, Problem};
use ledger::programmes;
use ledger::tables::programmes::Model as Programme;
use ledger::tables::projects::Model as Project;
use qrcode::render::svg;
use qrcode::{Color, EcLevel, QrCode};
use sea_orm::EntityTrait;
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use web::{Access, App, Error, Frame, Path, Query, Result, Route, SignedIn, Step, components, page};

use crate::sites::page::{bodies, public};
use crate::sites::store::{self as sites, Asked};
use crate::sites::tables::sites::Model as Site;

/// Sheets that are printed at once.
const MOST_SHEETS: u64 = 500;

/// Pixels of one module of the picture; 12 make a code of some 400 pixels.
const MODULE: u32 = 12;

/// Modules of white around it (ISO/IEC 18004 asks for four).
const QUIET: u32 = 4;

const ROUTES: &[Route] = &[
    Route::get("/s/{code}/qr.svg", Access::Public),
    Route::get("/s/{code}/qr.png", Access::Public),
    Route::get("/s/{code}/sheet", Access::Public),
    Route::get("/office/programmes/{slug}/codes", Access::Needs(Permission::EnterOffice)),
];

/// Routes and their list.
pub(crate) fn step() -> Step {
    let router = OpenApiRouter::new()
        .route("/s/{code}/qr.svg", get(as_svg))
        .route("/s/{code}/qr.png", get(as_png))
        .route("/s/{code}/sheet", get(sheet))
        .route("/office/programmes/{slug}/codes", get(sheets));
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

/// The whole address of a site's page: where the operator says the site is opened, else where it was opened now.
fn address(app: &App, headers: &HeaderMap, site: &Site) -> Result<String> {
    let path = site.address_of_page();
    if !app.settings.address.is_empty() {
        return Ok(format!("{}{path}", app.settings.address));
    }
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    let host = host.ok_or_else(|| Problem::invalid("请求没有写明网站地址", "The request names no host"))?;
    let scheme = if app.settings.secure_cookies { "https" } else { "http" };
    Ok(format!("{scheme}://{host}{path}"))
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
    sheets: Vec<Sheet>,
    /// Sites that found no room.
    left: bool,
    above: Option<String>,
}

async fn sheet(Shared(app): Shared<App>, f: Frame, headers: HeaderMap, Path(site): Path<String>) -> Result<Response> {
    let (site, programme) = public(&app, &site).await?;
    let above = Some(site.address_of_page());
    let sheets = drawn(&app, &headers, vec![site]).await?;
    page(&SheetsPage { f, programme, sheets, left: false, above })
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Wanted {
    project: Option<uuid::Uuid>,
}

async fn sheets(
    Shared(app): Shared<App>,
    f: Frame,
    me: SignedIn,
    headers: HeaderMap,
    Path(slug): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Result<Response> {
    let on = app.store.reader();
    let missing = || Problem::not_found("没有这个方案", "There is no such programme");
    let programme = programmes::find(on, &slug).await?.ok_or_else(missing)?;
    let region = plan::authority::region(&programme);
    me.require(Permission::EnterOffice, Some(region))?;
    let asked = Asked { project: wanted.project, ..Asked::default() };
    let mut rows = sites::of_programme(on, programme.id, asked, None, Some(MOST_SHEETS + 1)).await?;
    let left = rows.len() as u64 > MOST_SHEETS;
    rows.truncate(usize::try_from(MOST_SHEETS).unwrap_or(usize::MAX));
    let sheets = drawn(&app, &headers, rows).await?;
    page(&SheetsPage { f, programme, sheets, left, above: None })
}

async fn drawn(app: &App, headers: &HeaderMap, rows: Vec<Site>) -> Result<Vec<Sheet>> {
    let today = app.store.clock().today();
    let mut projects: Vec<Project> = Vec::new();
    let mut sheets = Vec::with_capacity(rows.len());
    for site in rows {
        if projects.iter().all(|project| project.id != site.project_id) {
            let found = ledger::tables::projects::Entity::find_by_id(site.project_id);
            let found = found.one(app.store.reader()).await.map_err(store::Error::from)?;
            projects.extend(found);
        }
        let project = projects.iter().find(|project| project.id == site.project_id);
        let address = address(app, headers, &site)?;
        sheets.push(Sheet {
            project: project.map(|project| project.name.clone()).unwrap_or_default(),
            bodies: bodies(app, &site, today).await?,
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
