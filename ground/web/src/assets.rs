//! Scripts and styles, embedded in the binary; their names carry a hash of their content, so browsers keep them for ever.

use std::collections::HashMap;

use axum::extract::Path;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use kernel::Problem;
use rust_embed::RustEmbed;

use crate::{Error, Result};

#[derive(RustEmbed)]
#[folder = "../../assets/bundle"]
struct Bundle;

/// From the names used in templates to the hashed names.
#[derive(Debug, Default)]
pub struct Assets(HashMap<String, String>);

impl Assets {
    /// Reads the manifest of the embedded bundle; empty when the program was built without one.
    pub fn embedded() -> Self {
        let manifest = Bundle::get("manifest.json").and_then(|file| serde_json::from_slice(&file.data).ok());
        Self(manifest.unwrap_or_default())
    }

    /// The address of `name`, such as `app.js`.
    pub fn address(&self, name: &str) -> Option<String> {
        self.0.get(name).map(|file| format!("/assets/{file}"))
    }

    /// The content of `name`, for the one script whose address must not carry a hash.
    pub fn text(&self, name: &str) -> Option<String> {
        let file = Bundle::get(self.0.get(name)?)?;
        String::from_utf8(file.data.into_owned()).ok()
    }
}

/// `GET /assets/{name}`.
pub(crate) async fn serve(Path(name): Path<String>) -> Result<Response> {
    let file =
        Bundle::get(&name).ok_or_else(|| Error::from(Problem::not_found("没有这个文件", "There is no such file")))?;
    let kind = file.metadata.mimetype().to_owned();
    let kind = if kind.starts_with("text/") { format!("{kind}; charset=utf-8") } else { kind };
    let headers = [(CONTENT_TYPE, kind), (CACHE_CONTROL, "public, max-age=31536000, immutable".to_owned())];
    Ok((headers, file.data.into_owned()).into_response())
}
