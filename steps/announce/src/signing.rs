//! Sign-off (签发): the text is frozen with its figures, their entries, the cut-off and the day of knowledge.

use chrono::NaiveDate;
use kernel::Problem;
use kernel::clock::china_time;
use ledger::programmes::Outline;
use sea_orm::ActiveValue::Set;
use sea_orm::ConnectionTrait;
use serde_json::json;
use store::audit::{Event, sm3_hex};
use store::{Actor, Result, Store};
use uuid::Uuid;

use crate::drafts::{By, Edited, Judged, changed_meanwhile};
use crate::rules::may_sign;
use crate::store as rows;
use crate::tables::bulletin_figures::Model as Figure;
use crate::tables::bulletins::{ActiveModel, Model as Bulletin};
use crate::words::State;
use crate::writing::bindings::{Bindings, How};
use crate::writing::document::Document;

/// What the signer saw: a bulletin is signed as it was read, or not at all.
#[derive(Clone, Debug)]
pub struct Seen {
    /// The bulletin.
    pub id: Uuid,
    /// Its version.
    pub version: i32,
    /// The digest of the text that was shown.
    pub digest: String,
}

/// The digest of a text over its cut-off: SM3 (GB/T 32905-2016) of both as they stand.
pub fn digest(document: &Document, cut_off: NaiveDate) -> Result<(String, String)> {
    let written = serde_json::to_string(document).map_err(|error| store::Error::File(error.into()))?;
    let digest = sm3_hex(format!("{cut_off}\n{written}"));
    Ok((written, digest))
}

/// Signs a bulletin off. The text is written once more in the same transaction that freezes it, so that a figure which
/// changed since it was read stops the signature.
///
/// # Errors
/// A conflict when it was changed, signed or corrected meanwhile, or a figure changed; forbidden when the signer alone
/// wrote it; invalid while something is left open.
pub async fn sign(store: &Store, (actor, by): (&Actor, &By), outline: &Outline, seen: &Seen) -> Result<Bulletin> {
    let mut tx = store.begin(actor).await?;
    let row = rows::find(tx.on(), seen.id).await?;
    let row = row.filter(|row| row.version == seen.version && row.state() == State::Draft);
    let row = row.ok_or_else(changed_meanwhile)?;
    let editors: Vec<_> = rows::edits_of(tx.on(), row.id).await?.into_iter().map(|edit| edit.account_id).collect();
    let rules = ledger::rules::rule_set(outline.region(), outline.programme.year);
    if !may_sign(by.account, &editors, &rules.sign_off.says) {
        return Err(written_alone().into());
    }
    let bindings = Bindings::load(tx.on(), outline.programme.clone(), row.cut_off, row.known_on).await?;
    let judged = Judged::of(&Edited::of(&row), &bindings);
    if !judged.is_ready() {
        return Err(not_ready(&judged).into());
    }
    let (document, digest) = digest(&judged.document, row.cut_off)?;
    if digest != seen.digest {
        let (zh, en) = (
            "您阅读之后台账数字又有变化，没有签发。请重新核对后再签",
            "A figure of the ledger has changed since you read it; it was not signed. Read it again",
        );
        return Err(Problem::conflict(zh, en).into());
    }
    let today = china_time(tx.at_ms()).map(|time| time.date_naive());
    let event = Event::new(
        "bulletin.signed",
        "bulletin",
        row.id,
        json!({ "title": judged.document.title, "cut_off": row.cut_off, "known_on": row.known_on.or(today),
            "figures": judged.document.figures.len(), "sm3": digest, "supersedes": row.supersedes, "reason": row.reason }),
    );
    let change = ActiveModel {
        state: Set(State::Signed.code().to_owned()),
        known_on: Set(row.known_on.or(today)),
        signed_ms: Set(Some(tx.at_ms())),
        signed_by: Set(by.account),
        signed_by_name: Set(by.name.clone()),
        document: Set(document),
        digest: Set(digest),
        event_id: Set(Some(event.id)),
        rule_set: Set(rules.jurisdiction.clone()),
        rule_version: Set(i32::try_from(rules.version).unwrap_or(i32::MAX)),
        ..Default::default()
    };
    if !rows::change_draft(&tx, (row.id, row.version), change).await? {
        return Err(changed_meanwhile().into());
    }
    if let Some(old) = row.supersedes
        && !rows::supersede(&tx, old).await?
    {
        let (zh, en) = ("原公报已被另一份更正稿取代，没有签发", "Another correction has taken the old one's place");
        return Err(Problem::conflict(zh, en).into());
    }
    rows::add_figures(&tx, figures(&row, &judged.document)).await?;
    tx.record(event).await?;
    tx.commit().await?;
    rows::find(store.reader(), row.id).await?.ok_or_else(|| changed_meanwhile().into())
}

fn figures(row: &Bulletin, document: &Document) -> Vec<Figure> {
    let one = |(position, bound): (i32, &crate::writing::bindings::Bound)| Figure {
        bulletin_id: row.id,
        position,
        programme_id: row.programme_id,
        entry_id: bound.entry,
        name: bound.name.clone(),
        printed: bound.text.clone(),
        how: match bound.how {
            How::Entry => "entry",
            How::Sum => "sum",
            How::Derived => "derived",
            How::Outside => "outside",
        }
        .to_owned(),
    };
    (0..).zip(&document.figures).map(one).collect()
}

fn written_alone() -> Problem {
    Problem::new(
        kernel::ProblemKind::Forbidden,
        "这份公报只有您一人写过，须由另一人签发",
        "You alone have written this bulletin: somebody else must sign it",
    )
}

fn not_ready(judged: &Judged) -> Problem {
    let open = judged.document.gaps().len() + judged.typed.len();
    Problem::invalid(
        format!("还有 {open} 处没有办妥：待补的内容、没有数据的占位符，或手工写的数字"),
        format!("{open} places are still open: gaps, placeholders without data, or figures typed by hand"),
    )
}

/// The frozen text of a signed bulletin; none for a draft.
pub fn frozen(row: &Bulletin) -> Option<Document> {
    serde_json::from_str(&row.document).ok()
}

/// Whether the frozen text still has the digest that was signed.
pub fn is_intact(row: &Bulletin) -> bool {
    sm3_hex(format!("{}\n{}", row.cut_off, row.document)) == row.digest
}

/// The signed bulletins that cite an entry, oldest first.
///
/// # Errors
/// When the database fails.
pub async fn citing<C: ConnectionTrait>(on: &C, entry: Uuid) -> Result<Vec<Bulletin>> {
    rows::citing(on, entry).await
}
