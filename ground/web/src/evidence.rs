//! Evidence on pages: the field that takes files, the list that shows them, and the addresses that serve them.
//!
//! The original is for those who may read what it is filed under, as the step that keeps that thing says. The copy without
//! metadata is for everybody once its subject is public, and before that for the same people, whose lists show it small.

use askama::Template;
use askama::filters::HtmlSafe;
use axum::body::Body;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use files::tables::evidence::Model;
use files::{Kept, Limits, MediaType, store as evidences};
use kernel::{Permission, Problem, ProblemKind, Text};
use utoipa_axum::router::OpenApiRouter;
use uuid::Uuid;

use crate::listing::escape;
use crate::{Access, App, Error, Frame, Path, Result, Route, SignedIn, Step, Upload};

const ROUTES: &[Route] = &[
    Route::get("/files/{id}", Access::Needs(Permission::EnterOffice)),
    Route::get("/files/{id}/public", Access::Public),
];

/// Routes and their list.
pub fn step() -> Step {
    let router = OpenApiRouter::new().route("/files/{id}", get(original)).route("/files/{id}/public", get(public_copy));
    Step { router, routes: ROUTES }
}

/// Looks into every file that was chosen in the field `name` and stores it; attach what comes back within the write of
/// what the form does. Set the route's bound with `DefaultBodyLimit::max(Limits::default().body(files))`.
///
/// # Errors
/// A problem of the field `name` that says which file cannot be taken and why.
pub async fn keep(app: &App, upload: &mut Upload, name: &str) -> Result<Vec<Kept>> {
    let limits = Limits::default();
    let mut kept = Vec::new();
    for file in upload.take(name) {
        let taken = app.files.keep(file.path(), &file.name, &limits).await;
        kept.push(taken.map_err(|error| match error {
            store::Error::Problem(problem) => {
                let message = problem.message.clone();
                Error::from(problem.at(Text::new(name, name), message))
            }
            fault => fault.into(),
        })?);
    }
    Ok(kept)
}

/// Parts a file that cannot be taken, which leads back to the form, from what must end the request.
///
/// # Errors
/// Everything but what [`keep`] says about a file.
pub fn refused<T>(kept: Result<T>) -> Result<Result<T, Problem>> {
    match kept {
        Err(Error::Problem(problem)) if matches!(problem.kind, ProblemKind::Invalid | ProblemKind::TooLarge) => {
            Ok(Err(Problem { kind: ProblemKind::Invalid, ..problem }))
        }
        other => Ok(Ok(other?)),
    }
}

async fn original(State(app): State<App>, me: SignedIn, Path(id): Path<Uuid>, headers: HeaderMap) -> Result<Response> {
    let row = standing(&app, id).await?;
    may_read(&app, &me, &row).await?;
    let kind = MediaType::parse(&row.media_type);
    serve(&app, &row, &row.key, kind, &row.name, "private, no-cache", &headers).await
}

async fn public_copy(State(app): State<App>, f: Frame, Path(id): Path<Uuid>, headers: HeaderMap) -> Result<Response> {
    let row = standing(&app, id).await?;
    if !row.public {
        let viewer = f.viewer().cloned().ok_or_else(none)?;
        may_read(&app, &SignedIn(viewer), &row).await?;
    }
    let ending = row.public_key.rsplit_once('.').map_or("pdf", |(_, ending)| ending);
    let kind = MediaType::ALL.into_iter().find(|kind| kind.ending() == ending);
    // The sender's name for the file may name people.
    let name = format!("{}.{ending}", public_name(&f, kind));
    let caching = if row.public { "public, max-age=600" } else { "private, max-age=600" };
    serve(&app, &row, &row.public_key, kind, &name, caching, &headers).await
}

async fn standing(app: &App, id: Uuid) -> Result<Model> {
    let row = evidences::find(app.store.reader(), id).await?;
    Ok(row.filter(|row| row.removed_ms.is_none()).ok_or_else(none)?)
}

/// Goes on where the viewer may read what the file belongs to.
async fn may_read(app: &App, me: &SignedIn, row: &Model) -> Result<()> {
    let keeper = app.keeper(&row.subject_kind).ok_or_else(none)?;
    (keeper.may_read)(app, me, row.subject_id).await
}

fn none() -> Problem {
    Problem::not_found("没有这份材料，或已被撤下", "There is no such file, or it was removed")
}

/// Streams the bytes under `key`. Pictures are shown, papers are downloaded: a PDF may hold scripts.
async fn serve(
    app: &App,
    row: &Model,
    key: &str,
    kind: Option<MediaType>,
    name: &str,
    caching: &'static str,
    asked: &HeaderMap,
) -> Result<Response> {
    let etag = format!("\"{}-{}\"", row.sm3, if key == row.key { "o" } else { "p" });
    let held = asked.get(IF_NONE_MATCH).and_then(|held| held.to_str().ok()).unwrap_or_default();
    if held.split(',').any(|one| one.trim().trim_start_matches("W/") == etag) {
        return Ok((StatusCode::NOT_MODIFIED, [(ETAG, etag), (CACHE_CONTROL, caching.to_owned())]).into_response());
    }
    let stored = app.files.open(key).await?;
    let how = if kind.is_some_and(MediaType::is_picture) { "inline" } else { "attachment" };
    let headers = [
        (CONTENT_TYPE, kind.map_or("application/octet-stream", MediaType::mime).to_owned()),
        (CONTENT_LENGTH, stored.meta.size.to_string()),
        (CONTENT_DISPOSITION, format!("{how}; filename*=UTF-8''{}", escape(name))),
        (ETAG, etag),
        (CACHE_CONTROL, caching.to_owned()),
    ];
    Ok((headers, Body::from_stream(stored.into_stream())).into_response())
}

/// The files of one thing, small, with what is known about each.
#[derive(Clone, Debug, Template)]
#[template(path = "evidence.html", block = "list")]
pub struct EvidenceList {
    label: &'static str,
    items: Vec<Item>,
    /// Where a file's removal is sent to, and the form's secret and word.
    removal: Option<(String, String, &'static str)>,
}

impl HtmlSafe for EvidenceList {}

#[derive(Clone, Debug)]
struct Item {
    id: Uuid,
    address: String,
    picture: bool,
    /// The size of the small picture, so that the page does not jump.
    size: Option<(i32, i32)>,
    title: String,
    notes: Vec<String>,
}

/// The list for the office: originals, with who handed each in and what its camera noted.
pub fn list(f: &Frame, rows: &[Model]) -> EvidenceList {
    listed(f, rows, |row| {
        let mut notes = vec![
            if row.caption.is_empty() { String::new() } else { row.name.clone() },
            size(row.size),
            format!("{} {}", row.uploaded_by_name, f.time(&row.at_ms)),
        ];
        if let Some(taken) = &row.taken_ms {
            notes.push(format!("{} {}", f.lang.t("拍摄于", "taken"), f.time(taken)));
        }
        if let (Some(latitude), Some(longitude)) = (row.latitude_e6, row.longitude_e6) {
            notes.push(format!("{} {}, {}", f.lang.t("地点", "at"), degrees(latitude), degrees(longitude)));
        }
        (format!("/files/{}", row.id), if row.caption.is_empty() { &row.name } else { &row.caption }, notes)
    })
}

/// The list for everybody: public copies of what is public, with the caption alone.
pub fn public_list(f: &Frame, rows: &[Model]) -> EvidenceList {
    let public: Vec<Model> = rows.iter().filter(|row| row.public).cloned().collect();
    let pictures = |row: &Model| MediaType::parse(&row.media_type).is_some_and(MediaType::is_picture);
    let label = if public.iter().all(pictures) {
        f.lang.t("现场照片", "Photos")
    } else {
        f.lang.t("照片和文件", "Photos and papers")
    };
    let list = listed(f, &public, |row| {
        let kind = MediaType::parse(&row.media_type);
        let title = if row.caption.is_empty() { public_name(f, kind) } else { &row.caption };
        let label = kind.map_or("", MediaType::label);
        (format!("/files/{}/public", row.id), title, vec![label.to_owned(), size(row.size)])
    });
    EvidenceList { label, ..list }
}

/// What everybody calls a file without a caption: residents hand in photos too, and these prove nothing.
fn public_name(f: &Frame, kind: Option<MediaType>) -> &'static str {
    match kind {
        Some(kind) if kind.is_picture() => f.lang.t("现场照片", "Photo"),
        _ => f.lang.t("佐证材料", "Evidence"),
    }
}

fn listed<'a>(
    f: &Frame,
    rows: &'a [Model],
    describe: impl Fn(&'a Model) -> (String, &'a str, Vec<String>),
) -> EvidenceList {
    let item = |row: &'a Model| {
        let (address, title, notes) = describe(row);
        let picture = MediaType::parse(&row.media_type).is_some_and(MediaType::is_picture);
        let notes = notes.into_iter().filter(|note| !note.is_empty()).collect();
        Item { id: row.id, address, picture, size: row.width.zip(row.height), title: title.to_owned(), notes }
    };
    EvidenceList { label: f.lang.t("佐证材料", "Evidence"), items: rows.iter().map(item).collect(), removal: None }
}

impl EvidenceList {
    /// The same list with a button beside each file that posts to `address`/{id}/remove.
    #[must_use]
    pub fn with_removal(mut self, f: &Frame, address: &str) -> Self {
        self.removal = Some((address.to_owned(), f.csrf().to_owned(), f.lang.t("撤下", "Remove")));
        self
    }
}

/// 1.2 MB, 640 KB.
fn size(bytes: i64) -> String {
    match bytes {
        ..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{} KB", bytes / 1_000),
        _ => format!("{}.{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000),
    }
}

/// Millionths of a degree with four places, which is ten metres.
fn degrees(millionths: i32) -> String {
    let sign = if millionths < 0 { "-" } else { "" };
    let whole = millionths.unsigned_abs();
    format!("{sign}{}.{:04}", whole / 1_000_000, whole % 1_000_000 / 100)
}

/// The field of a form that takes several files; the form needs `enctype="multipart/form-data"` and its `csrf` first.
#[derive(Clone, Debug, Template)]
#[template(path = "evidence.html", block = "field")]
pub struct EvidenceField {
    name: String,
    label: &'static str,
    hint: String,
    accept: &'static str,
    trouble: String,
    most_bytes: u64,
    most_files: usize,
    /// What a script says of a file that is too large, behind its name, and of too many.
    words_large: String,
    words_many: String,
}

impl HtmlSafe for EvidenceField {}

/// The field `name`, with what `problem` says about it.
pub fn field(f: &Frame, name: &str, problem: &Option<Problem>) -> EvidenceField {
    let Limits { bytes, files, .. } = Limits::default();
    let most = bytes >> 20;
    let hint = f.lang.t(
        "JPEG、PNG、WebP 图片或 PDF。照片里的位置和时间只供内部核对，公开时去掉。",
        "JPEG, PNG and WebP pictures or PDF. Place and time inside photos stay with the office and are taken out in public.",
    );
    let bound = match f.lang {
        kernel::Lang::Zh => format!("每个不超过 {most} MB，最多 {files} 个。"),
        kernel::Lang::En => format!(" Up to {most} MB each, {files} at most."),
    };
    EvidenceField {
        name: name.to_owned(),
        label: f.lang.t("佐证材料", "Evidence"),
        hint: format!("{hint}{bound}"),
        accept: MediaType::accept(),
        most_bytes: bytes,
        most_files: files,
        words_large: match f.lang {
            kernel::Lang::Zh => format!("超过 {most} MB，请压缩后再选"),
            kernel::Lang::En => format!(" is larger than {most} MB: make it smaller"),
        },
        words_many: match f.lang {
            kernel::Lang::Zh => format!("最多 {files} 个文件"),
            kernel::Lang::En => format!("{files} files at most"),
        },
        trouble: problem
            .as_ref()
            .and_then(|problem| problem.for_field(name))
            .map(|message| message.get(f.lang).to_owned())
            .unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_places_are_short() {
        assert_eq!([size(999), size(640_000), size(1_250_000)], ["999 B", "640 KB", "1.2 MB"]);
        assert_eq!([degrees(29_868_332), degrees(-121_005_000), degrees(-500)], ["29.8683", "-121.0050", "-0.0005"]);
    }

    #[tokio::test]
    async fn every_route_is_listed() {
        crate::assert_every_route_listed(step()).await;
    }
}
