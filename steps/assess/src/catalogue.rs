//! The schemes that an office may use: those that ship with the program, and those that were added here or above.

use kernel::{Problem, RegionCode};
use ledger::tables::programmes::Model as Programme;
use sea_orm::ConnectionTrait;
use serde_json::json;
use store::audit::Event;
use store::{Actor, Result, Store};
use uuid::Uuid;

use crate::scheme::{Scheme, shipped};
use crate::store as rows;
use crate::tables::assessment_schemes;

/// A scheme with its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Available {
    /// The scheme.
    pub scheme: Scheme,
    /// Its text, as results keep it.
    pub text: String,
    /// Who added it, where and when; none for a shipped one.
    pub added: Option<Added>,
}

/// How a scheme came to be here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Added {
    /// For which division and those below.
    pub region: i64,
    /// When.
    pub at_ms: i64,
    /// By whom.
    pub by: String,
    /// Why.
    pub note: String,
}

/// Every scheme for these places: shipped ones first, then what was added, later versions behind earlier ones.
///
/// # Errors
/// When the database fails, or a stored scheme cannot be read any more.
pub async fn all<C: ConnectionTrait>(on: &C, regions: &[RegionCode]) -> Result<Vec<Available>> {
    let mut found: Vec<Available> = shipped()
        .iter()
        .map(|(scheme, text)| Available { scheme: scheme.clone(), text: (*text).to_owned(), added: None })
        .collect();
    for row in rows::schemes_above(on, regions).await? {
        let scheme = Scheme::read(&row.text).map_err(|problem| store::Error::BrokenRow {
            table: "assessment_schemes",
            column: "text",
            row: row.id.to_string(),
            why: problem.message.en,
        })?;
        let added = Added { region: row.region, at_ms: row.added_ms, by: row.added_by, note: row.note };
        found.push(Available { scheme, text: row.text, added: Some(added) });
    }
    Ok(found)
}

/// The schemes that hold for a programme.
///
/// # Errors
/// When the database fails.
pub async fn of_programme<C: ConnectionTrait>(on: &C, programme: &Programme) -> Result<Vec<Available>> {
    let Some(region) = RegionCode::from_stored(programme.region) else { return Ok(Vec::new()) };
    let mut found = all(on, &[region]).await?;
    found.retain(|available| available.scheme.holds_in(programme.year));
    Ok(found)
}

/// The scheme that `reference` names: `suggested@1`, or `suggested` for the latest version. What was added nearest to the place
/// goes before others of the same name.
///
/// # Errors
/// A problem of the field `scheme` when there is none.
pub fn named(schemes: &[Available], reference: &str) -> Result<Available, Problem> {
    let (code, version) = match reference.split_once('@') {
        Some((code, version)) => (code, version.parse::<u32>().ok()),
        None => (reference, None),
    };
    let fits = |available: &&Available| {
        available.scheme.code == code && (!reference.contains('@') || version == Some(available.scheme.version))
    };
    let nearest =
        |available: &&Available| (available.scheme.version, available.added.as_ref().map(|added| added.region));
    schemes.iter().filter(fits).max_by_key(nearest).cloned().ok_or_else(|| {
        let known: Vec<String> = schemes.iter().map(|available| available.scheme.reference()).collect();
        Problem::field(
            "scheme",
            format!("没有考核办法“{reference}”，可用的有：{}", known.join("、")),
            format!("There is no scheme “{reference}”; known are: {}", known.join(", ")),
        )
    })
}

/// A scheme to be added.
#[derive(Clone, Debug)]
pub struct NewScheme {
    /// The division that it is for.
    pub region: RegionCode,
    /// The whole text.
    pub text: String,
    /// Why.
    pub note: String,
}

/// Adds a scheme or a new version of one; earlier versions stay, and results that used them.
///
/// # Errors
/// Problems of the fields `text` and `note`: a scheme that is not sound, or a version that is not the next one; a conflict when
/// somebody else added the version at the same time.
pub async fn add(store: &Store, actor: &Actor, by: &str, new: NewScheme) -> Result<Scheme> {
    let scheme = Scheme::read(&new.text)?;
    let note = new.note.trim();
    if note.is_empty() || note.chars().count() > 500 {
        return Err(
            Problem::field("note", "请写明制定或修改的理由，500 字以内", "Say why, in 500 characters at most").into()
        );
    }
    let mut tx = store.begin(actor).await?;
    let known = all(tx.on(), &[new.region]).await?;
    let versions = known.iter().filter(|available| available.scheme.code == scheme.code);
    let next = versions.map(|available| available.scheme.version).max().unwrap_or(0) + 1;
    if scheme.version != next {
        let (code, version) = (&scheme.code, scheme.version);
        let zh = format!("办法 {code} 的下一个版本是 {next}，文本里写的是 {version}：请改 version 后重交");
        let en = format!("The next version of {code} is {next}, the text says {version}: change it and send it again");
        return Err(Problem::field("text", zh, en).into());
    }
    let detail = json!({
        "name": scheme.name, "code": scheme.code, "version": scheme.version, "note": note,
        "region": new.region, "text_sm3": store::audit::sm3_hex(&new.text),
    });
    let event = Event::new("scheme.added", "scheme", scheme.reference(), detail);
    let row = assessment_schemes::Model {
        id: Uuid::now_v7(),
        region: new.region.stored(),
        code: scheme.code.clone(),
        version: i32::try_from(scheme.version).unwrap_or(i32::MAX),
        text: new.text,
        note: note.to_owned(),
        added_ms: tx.at_ms(),
        added_by: by.to_owned(),
        event_id: event.id,
    };
    rows::add_scheme(&tx, row).await.map_err(|error| {
        if !error.is_duplicate() {
            return error;
        }
        Problem::conflict(
            "其他人刚刚添加了这个版本，您的没有保存。请核对后改用下一个版本号",
            "Somebody else has just added this version and yours was not saved: compare and take the next number",
        )
        .into()
    })?;
    tx.record(event).await?;
    tx.commit().await?;
    Ok(scheme)
}
