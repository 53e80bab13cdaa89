//! Files that people hand in: streamed to disk, bounded, gone when no longer needed.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::StatusCode;
use kernel::{Problem, ProblemKind};
use tokio::io::AsyncWriteExt;
use uuid::Uuid;

use crate::context::Context;
use crate::{App, Error, Result, error, extract};

/// The most files of one form.
const MOST_FILES: usize = 20;

/// A form with files. On pages the field `csrf` must stand before the first file, which is not read otherwise; for the
/// API the door has looked at the token already.
///
/// The route sets its own bound with `axum::extract::DefaultBodyLimit::max`; without, 2 MB are taken.
pub struct Upload {
    /// The other fields; of a repeated one, the last.
    pub fields: BTreeMap<String, String>,
    /// Under each file field's name the files that were chosen, in their order.
    pub files: BTreeMap<String, Vec<UploadedFile>>,
}

impl Upload {
    /// The file of a form that has room for one; of several, the first.
    pub fn file(self) -> Option<UploadedFile> {
        self.files.into_values().flatten().next()
    }

    /// Takes out what was chosen in the file field `name`.
    pub fn take(&mut self, name: &str) -> Vec<UploadedFile> {
        self.files.remove(name).unwrap_or_default()
    }

    /// What was typed into the field `name`, without blanks around it; nothing when it is missing.
    pub fn field(&self, name: &str) -> &str {
        self.fields.get(name).map(|typed| typed.trim()).unwrap_or_default()
    }
}

/// A file on disk, removed when dropped.
#[derive(Debug)]
pub struct UploadedFile {
    /// Its name with whoever sent it; never used as a path.
    pub name: String,
    /// Bytes.
    pub size: u64,
    path: PathBuf,
    kept: bool,
}

impl UploadedFile {
    /// Where it lies.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Leaves the file where it lies, for whoever removes it later.
    #[must_use]
    pub fn keep(mut self) -> PathBuf {
        self.kept = true;
        self.path.clone()
    }
}

impl Drop for UploadedFile {
    fn drop(&mut self) {
        if self.kept {
            return;
        }
        if let Err(error) = std::fs::remove_file(&self.path) {
            tracing::warn!(%error, "uploaded file could not be removed");
        }
    }
}

impl FromRequest<App> for Upload {
    type Rejection = Error;

    async fn from_request(request: Request, app: &App) -> Result<Self> {
        let context = request.extensions().get::<Arc<Context>>().cloned();
        read(request, app, |fields| check(context.as_deref(), fields)).await
    }
}

/// A form with files of somebody who need not be signed in: it carries no secret, and its handler bounds what comes in.
pub struct OpenUpload(pub Upload);

impl FromRequest<App> for OpenUpload {
    type Rejection = Error;

    async fn from_request(request: Request, app: &App) -> Result<Self> {
        read(request, app, |_| Ok(())).await.map(Self)
    }
}

/// Reads a form; `check` is asked before each file, and once more at the end.
async fn read(request: Request, app: &App, check: impl Fn(&BTreeMap<String, String>) -> Result<()>) -> Result<Upload> {
    let mut parts = Multipart::from_request(request, app)
        .await
        .map_err(|_| Problem::invalid("请用上传表单提交文件", "Send the file with the upload form"))?;
    let mut upload = Upload { fields: BTreeMap::new(), files: BTreeMap::new() };
    while let Some(mut part) = parts.next_field().await.map_err(broken)? {
        let name = part.name().unwrap_or_default().to_owned();
        match part.file_name().map(str::to_owned) {
            None => {
                upload.fields.insert(name, part.text().await.map_err(broken)?);
            }
            Some(file_name) if !file_name.is_empty() => {
                check(&upload.fields)?;
                if upload.files.values().map(Vec::len).sum::<usize>() == MOST_FILES {
                    return Err(too_many().into());
                }
                let file = keep(&app.settings.uploads, file_name, &mut part).await?;
                upload.files.entry(name).or_default().push(file);
            }
            Some(_) => {}
        }
    }
    check(&upload.fields)?;
    Ok(upload)
}

fn check(context: Option<&Context>, fields: &BTreeMap<String, String>) -> Result<()> {
    if context.is_some_and(Context::is_api) {
        return Ok(());
    }
    extract::check_secret(context, fields.get("csrf").map(String::as_str).unwrap_or_default())
}

async fn keep(folder: &Path, name: String, part: &mut Field<'_>) -> Result<UploadedFile> {
    tokio::fs::create_dir_all(folder).await.map_err(Error::fault)?;
    let path = folder.join(Uuid::now_v7().to_string());
    let mut disk = tokio::fs::File::create_new(&path).await.map_err(Error::fault)?;
    let mut file = UploadedFile { name, size: 0, path, kept: false };
    while let Some(chunk) = part.chunk().await.map_err(broken)? {
        file.size += chunk.len() as u64;
        disk.write_all(&chunk).await.map_err(Error::fault)?;
    }
    disk.flush().await.map_err(Error::fault)?;
    Ok(file)
}

fn too_many() -> Problem {
    Problem::new(
        ProblemKind::TooLarge,
        format!("一次最多上传 {MOST_FILES} 个文件，请分几次提交"),
        format!("At most {MOST_FILES} files at once: send them in parts"),
    )
}

fn broken(error: MultipartError) -> Error {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return error::too_large().into();
    }
    Problem::invalid("上传中断，请重新选择文件再试", "The upload broke off: choose the file again").into()
}
