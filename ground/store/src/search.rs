//! Full-text search in Chinese: one character, two characters, words.
//!
//! Texts are cut into single characters, pairs of neighbours, and Latin or digit words; those tokens go into the
//! full-text index that each database has (FTS5, `tsvector`). A hit by tokens is re-checked against the text, so a
//! query finds exactly the documents that contain it.

use std::collections::BTreeMap;

use sea_orm::{ConnectionTrait, Statement, Value};
use uuid::Uuid;

use crate::{Backend, Result};

/// The longest query that is looked at, in characters.
pub const LONGEST_QUERY: usize = 64;

/// What is to be found.
#[derive(Clone, Debug)]
pub struct Document {
    /// The sort of thing: `programme`, `project`, `indicator`, `region`, `matter`.
    pub kind: &'static str,
    /// Its key.
    pub id: Uuid,
    /// The division it belongs to, as stored.
    pub region: i64,
    /// The programme year; 0 where years do not matter.
    pub year: i32,
    /// The name that a hit shows.
    pub title: String,
    /// More words that lead here.
    pub text: String,
    /// The address of its page.
    pub path: String,
}

/// A document that contains the query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// The sort of thing.
    pub kind: String,
    /// Its key.
    pub id: Uuid,
    /// The division it belongs to, as stored.
    pub region: i64,
    /// The programme year.
    pub year: i32,
    /// The name, as written.
    pub title: String,
    /// The rest of the text.
    pub text: String,
    /// The address of its page.
    pub path: String,
}

/// Lower case, full-width forms made plain, white space folded: the form in which texts are compared.
pub fn normalise(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for character in text.chars() {
        let character = match character {
            '\u{3000}' => ' ',
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(character as u32 - 0xfee0).unwrap_or(character),
            other => other,
        };
        if character.is_whitespace() || character.is_control() {
            if !plain.is_empty() && !plain.ends_with(' ') {
                plain.push(' ');
            }
        } else {
            plain.extend(character.to_lowercase());
        }
    }
    plain.truncate(plain.trim_end().len());
    plain
}

/// The tokens of a normalised text: words of letters and digits, single ideographs, and pairs of neighbours.
fn tokens(normalised: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    let mut word = String::new();
    let mut before: Option<char> = None;
    for character in normalised.chars().chain([' ']) {
        if character.is_ascii_alphanumeric() {
            word.push(character);
            before = None;
            continue;
        }
        if !word.is_empty() {
            tokens.push(std::mem::take(&mut word));
        }
        if character.is_alphanumeric() {
            tokens.push(character.to_string());
            if let Some(before) = before {
                tokens.push(format!("{before}{character}"));
            }
            before = Some(character);
        } else {
            before = None;
        }
    }
    tokens
}

/// The tokens that a document must hold to match a query: pairs where there are any, else single characters.
fn needed(normalised: &str) -> Vec<String> {
    let mut all = tokens(normalised);
    let paired: Vec<char> = all.iter().filter(|token| is_pair(token)).flat_map(|token| token.chars()).collect();
    all.retain(|token| {
        let mut characters = token.chars();
        match (characters.next(), characters.next()) {
            (Some(single), None) if !single.is_ascii() => !paired.contains(&single),
            _ => true,
        }
    });
    all.sort_unstable();
    all.dedup();
    all
}

fn is_pair(token: &str) -> bool {
    token.chars().count() == 2 && !token.is_ascii()
}

/// Puts documents into the index, replacing those with the same key.
///
/// # Errors
/// When the database fails.
pub async fn put<C: ConnectionTrait>(on: &C, documents: &[Document]) -> Result<()> {
    for document in documents {
        let normalised = normalise(&format!("{} {}", document.title, document.text));
        let indexed = tokens(&normalised).join(" ");
        let values: Vec<Value> = vec![
            document.id.into(),
            document.kind.into(),
            document.region.into(),
            document.year.into(),
            document.title.clone().into(),
            document.text.clone().into(),
            document.path.clone().into(),
            normalised.into(),
            indexed.into(),
        ];
        remove(on, document.id).await?;
        match on.get_database_backend() {
            Backend::Postgres => {
                run(
                    on,
                    "INSERT INTO search_documents (id, kind, region, year, title, text, path, normalised, tokens) \
                     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, to_tsvector('simple', $9))",
                    values,
                )
                .await?;
            }
            _ => {
                let (indexed, columns) = values.split_last().expect("nine values");
                run(
                    on,
                    "INSERT INTO search_documents (id, kind, region, year, title, text, path, normalised) \
                     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
                    columns.to_vec(),
                )
                .await?;
                run(
                    on,
                    "INSERT INTO search_tokens (rowid, tokens) SELECT number, $2 FROM search_documents WHERE id = $1",
                    vec![document.id.into(), indexed.clone()],
                )
                .await?;
            }
        }
    }
    Ok(())
}

/// Takes the document with the key `id` out of the index.
///
/// # Errors
/// When the database fails.
pub async fn remove<C: ConnectionTrait>(on: &C, id: Uuid) -> Result<()> {
    if on.get_database_backend() == Backend::Sqlite {
        let sql = "DELETE FROM search_tokens WHERE rowid IN (SELECT number FROM search_documents WHERE id = $1)";
        run(on, sql, vec![id.into()]).await?;
    }
    run(on, "DELETE FROM search_documents WHERE id = $1", vec![id.into()]).await
}

/// What is looked for.
#[derive(Clone, Debug, Default)]
pub struct Search {
    /// One character, two, or words; a document has to hold every word.
    pub text: String,
    /// Only this sort of thing.
    pub kind: Option<String>,
    /// Only this programme year.
    pub year: Option<i32>,
    /// Addresses whose page, and all pages below it, must not be found.
    pub hidden: Vec<String>,
}

impl Search {
    /// The words of the text, in the form in which texts are compared.
    pub fn words(&self) -> Vec<String> {
        let text: String = self.text.chars().take(LONGEST_QUERY).collect();
        normalise(&text).split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect()
    }

    /// The condition on `search_documents d` with its values; none when there is nothing to look for.
    fn condition(&self, backend: Backend) -> Option<(String, Vec<Value>)> {
        let words = self.words();
        let needed = needed(&words.join(" "));
        if needed.is_empty() {
            return None;
        }
        let (mut sql, tokens) = match backend {
            Backend::Postgres => (
                "d.tokens @@ to_tsquery('simple', $1)".to_owned(),
                needed.iter().map(|token| format!("'{token}':*")).collect::<Vec<_>>().join(" & "),
            ),
            _ => (
                "d.number IN (SELECT rowid FROM search_tokens WHERE search_tokens MATCH $1)".to_owned(),
                needed.iter().map(|token| format!("\"{token}\"*")).collect::<Vec<_>>().join(" AND "),
            ),
        };
        let mut values: Vec<Value> = vec![tokens.into()];
        let mut and = |condition: &str, value: Value| {
            values.push(value);
            sql.push_str(" AND ");
            sql.push_str(&condition.replace('?', &format!("${}", values.len())));
        };
        for word in &words {
            and("d.normalised LIKE ? ESCAPE '\\'", format!("%{}%", pattern(word)).into());
        }
        if let Some(year) = self.year {
            and("d.year = ?", year.into());
        }
        for address in &self.hidden {
            and("d.path <> ?", address.clone().into());
            and("d.path NOT LIKE ? ESCAPE '\\'", format!("{}/%", pattern(address)).into());
            and("d.path NOT LIKE ? ESCAPE '\\'", format!("{}#%", pattern(address)).into());
        }
        Some((sql, values))
    }
}

fn pattern(text: &str) -> String {
    text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}

/// Documents that match, exact titles first, then short ones: `limit` of them behind the first `skip`.
///
/// # Errors
/// When the database fails. An empty text finds nothing.
pub async fn find<C: ConnectionTrait>(on: &C, search: &Search, skip: u64, limit: u64) -> Result<Vec<Hit>> {
    let Some((mut condition, mut values)) = search.condition(on.get_database_backend()) else {
        return Ok(Vec::new());
    };
    let mut slot = |value: Value| {
        values.push(value);
        format!("${}", values.len())
    };
    if let Some(kind) = &search.kind {
        condition.push_str(&format!(" AND d.kind = {}", slot(kind.clone().into())));
    }
    let words = search.words();
    let first = words.first().map(String::as_str).unwrap_or_default();
    let (whole, start) = (slot(words.join(" ").into()), slot(format!("{}%", pattern(first)).into()));
    let inside = slot(format!("%{}%", pattern(first)).into());
    let (skip, limit) = (i64::try_from(skip).unwrap_or(i64::MAX), i64::try_from(limit).unwrap_or(i64::MAX));
    let (limit, skip) = (slot(limit.into()), slot(skip.into()));
    let sql = format!(
        "SELECT d.kind, d.id, d.region, d.year, d.title, d.text, d.path FROM search_documents d WHERE {condition} \
         ORDER BY CASE WHEN LOWER(d.title) = {whole} THEN 0 WHEN LOWER(d.title) LIKE {start} ESCAPE '\\' THEN 1 \
         WHEN LOWER(d.title) LIKE {inside} ESCAPE '\\' THEN 2 ELSE 3 END, \
         LENGTH(d.title), d.region, d.year DESC, d.title, d.id LIMIT {limit} OFFSET {skip}"
    );
    let rows = on.query_all_raw(Statement::from_sql_and_values(on.get_database_backend(), sql, values)).await?;
    rows.iter()
        .map(|row| {
            Ok(Hit {
                kind: row.try_get("", "kind")?,
                id: row.try_get("", "id")?,
                region: row.try_get("", "region")?,
                year: row.try_get("", "year")?,
                title: row.try_get("", "title")?,
                text: row.try_get("", "text")?,
                path: row.try_get("", "path")?,
            })
        })
        .collect()
}

/// How many documents of each sort match, whatever sort is looked for.
///
/// # Errors
/// When the database fails.
pub async fn count<C: ConnectionTrait>(on: &C, search: &Search) -> Result<BTreeMap<String, i64>> {
    let Some((condition, values)) = search.condition(on.get_database_backend()) else {
        return Ok(BTreeMap::new());
    };
    let sql = format!("SELECT d.kind, COUNT(*) AS found FROM search_documents d WHERE {condition} GROUP BY d.kind");
    let rows = on.query_all_raw(Statement::from_sql_and_values(on.get_database_backend(), sql, values)).await?;
    rows.iter().map(|row| Ok((row.try_get("", "kind")?, row.try_get("", "found")?))).collect()
}

async fn run<C: ConnectionTrait>(on: &C, sql: &str, values: Vec<Value>) -> Result<()> {
    on.execute_raw(Statement::from_sql_and_values(on.get_database_backend(), sql, values)).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_cut_into_characters_pairs_and_words() {
        assert_eq!(tokens("充电桩 aed"), ["充", "电", "充电", "桩", "电桩", "aed"]);
        assert_eq!(needed("充电桩"), ["充电", "电桩"]);
        assert_eq!(needed("桩"), ["桩"]);
        assert_eq!(needed("充电 桩"), ["充电", "桩"]);
        assert!(needed("—，%").is_empty());
    }

    #[test]
    fn forms_that_look_alike_are_the_same() {
        assert_eq!(normalise("ＡＥＤ　除颤仪\n新增 "), "aed 除颤仪 新增");
    }
}
