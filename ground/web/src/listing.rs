//! Lists, a slice at a time: `?after=` says where to go on, `?limit=` how far; the same list as JSON, CSV or XLSX.

use std::str::FromStr;

use axum::Json;
use axum::extract::FromRequestParts;
use axum::http::header::{ACCEPT, LINK};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Uri};
use axum::response::{IntoResponse, Response};
use kernel::{Lang, Problem};
use serde::{Deserialize, Serialize};

use crate::download::{self, Row};
use crate::{App, Error, Result, context};

/// Rows of a page or a JSON answer when nothing is asked.
const USUAL: u64 = 50;
/// The most rows of a JSON answer.
const MOST: u64 = 500;
/// The most rows of one sheet, which bounds memory; the header `Link` says where the list goes on.
const MOST_IN_SHEET: u64 = 50_000;

/// Where a list goes on and how far.
#[derive(Clone, Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Paging {
    /// The cursor from `next` of the slice before.
    pub after: Option<String>,
    /// Rows, 50 if nothing is said, 500 at most; a sheet holds up to 50,000.
    pub limit: Option<u64>,
    /// `json`, `csv` or `xlsx`; the header `Accept` and the ending of the path say it too.
    pub format: Option<String>,
}

/// The forms of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// JSON.
    Json,
    /// CSV in UTF-8 with a byte order mark, which Excel needs for Chinese.
    Csv,
    /// An Excel workbook.
    Xlsx,
}

impl Format {
    fn parse(word: &str) -> Option<Self> {
        match word {
            "json" => Some(Self::Json),
            "csv" => Some(Self::Csv),
            "xlsx" => Some(Self::Xlsx),
            _ => None,
        }
    }
}

/// What a caller wants of a list: an extractor for every list, on pages and in the API.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// The form.
    pub format: Format,
    /// The language of headings.
    pub lang: Lang,
    paging: Paging,
    uri: Uri,
}

impl FromRequestParts<App> for Wanted {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        let crate::Query(paging) = crate::Query::<Paging>::from_request_parts(parts, app).await?;
        let accept = parts.headers.get(ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default();
        let by_ending = parts.uri.path().rsplit_once('.').and_then(|(_, ending)| Format::parse(ending));
        let by_accept = if accept.contains("text/csv") {
            Format::Csv
        } else if accept.contains("spreadsheetml") {
            Format::Xlsx
        } else {
            Format::Json
        };
        let format = match &paging.format {
            Some(word) => Format::parse(word).ok_or_else(|| {
                Problem::field("format", "format 只能是 json、csv 或 xlsx", "format is json, csv or xlsx")
            })?,
            None => by_ending.unwrap_or(by_accept),
        };
        Ok(Self { format, lang: context::of(parts)?.lang, paging, uri: parts.uri.clone() })
    }
}

impl Wanted {
    /// How many rows to show. Query one more ([`Wanted::fetch`]) to know whether the list goes on.
    pub fn limit(&self) -> u64 {
        match self.format {
            Format::Json => self.paging.limit.unwrap_or(USUAL).clamp(1, MOST),
            Format::Csv | Format::Xlsx => self.paging.limit.unwrap_or(MOST_IN_SHEET).clamp(1, MOST_IN_SHEET),
        }
    }

    /// How many rows to query.
    pub fn fetch(&self) -> u64 {
        self.limit() + 1
    }

    /// The cursor.
    ///
    /// # Errors
    /// When it was not made by this list.
    pub fn after<T: FromStr>(&self) -> Result<Option<T>> {
        let unreadable =
            |_| Problem::field("after", "after 无法识别，请从列表开头重新读取", "after is not a cursor of this list");
        Ok(self.paging.after.as_deref().map(str::parse).transpose().map_err(unreadable)?)
    }
}

/// A slice of a list.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Slice<T> {
    /// The rows.
    pub items: Vec<T>,
    /// The cursor of the next slice; none at the end.
    pub next: Option<String>,
}

impl<T> Slice<T> {
    /// Cuts what was fetched to what was wanted; `cursor` tells the place of a row in the order of the list.
    pub fn cut(mut fetched: Vec<T>, wanted: &Wanted, cursor: impl Fn(&T) -> String) -> Self {
        let limit = usize::try_from(wanted.limit()).unwrap_or(usize::MAX);
        let goes_on = fetched.len() > limit;
        fetched.truncate(limit);
        let next = if goes_on { fetched.last().map(cursor) } else { None };
        Self { items: fetched, next }
    }

    /// Cuts a list that is at hand whole; its cursors count rows.
    ///
    /// # Errors
    /// When the cursor is no number.
    pub fn of_all(all: Vec<T>, wanted: &Wanted) -> Result<Self> {
        let skipped: usize = wanted.after()?.unwrap_or(0);
        let rows = all.into_iter().enumerate().skip(skipped).collect();
        Ok(Slice::cut(rows, wanted, |(at, _)| (at + 1).to_string()).map(|(_, row)| row))
    }

    /// The same slice of other rows.
    pub fn map<U>(self, change: impl FnMut(T) -> U) -> Slice<U> {
        Slice { items: self.items.into_iter().map(change).collect(), next: self.next }
    }
}

impl<T: Row + Send + 'static> Slice<T> {
    /// The answer in the form that is wanted, with a `Link` to the next slice.
    ///
    /// # Errors
    /// When a sheet cannot be written.
    pub async fn reply(self, wanted: &Wanted) -> Result<Response> {
        let link = self.next.as_deref().and_then(|next| next_link(&wanted.uri, next));
        let mut response = match wanted.format {
            Format::Json => Json(self).into_response(),
            Format::Csv => download::csv(&self.items, wanted.lang)?,
            Format::Xlsx => download::xlsx(self.items, wanted.lang).await?,
        };
        if let Some(link) = link {
            response.headers_mut().insert(LINK, link);
        }
        Ok(response)
    }
}

fn next_link(uri: &Uri, next: &str) -> Option<HeaderValue> {
    let kept =
        uri.query().unwrap_or_default().split('&').filter(|pair| !pair.is_empty() && !pair.starts_with("after="));
    let query: Vec<String> = kept.map(str::to_owned).chain([format!("after={}", escape(next))]).collect();
    HeaderValue::from_str(&format!("<{}?{}>; rel=\"next\"", uri.path(), query.join("&"))).ok()
}

/// Percent-encoding for query values and file names.
pub fn escape(text: &str) -> String {
    use std::fmt::Write;
    text.bytes().fold(String::with_capacity(text.len()), |mut escaped, byte| {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            let _ = write!(escaped, "%{byte:02X}");
        }
        escaped
    })
}
