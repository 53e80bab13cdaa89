//! Bulletins being written: begun from a template, edited, judged for what still keeps them from being signed.

use std::collections::BTreeSet;

use bulletins::{Known as Context, Relation, Span, Text};
use chrono::NaiveDate;
use figures::relations::Verdict;
use kernel::Problem;
use ledger::programmes::Outline;
use sea_orm::ActiveValue::Set;
use sea_orm::ConnectionTrait;
use serde_json::json;
use store::audit::Event;
use store::{Actor, Result, Store, Tx};
use uuid::Uuid;

use crate::store as rows;
use crate::tables::bulletin_edits::Model as Edit;
use crate::tables::bulletins::{ActiveModel, Model as Bulletin};
use crate::words::State;
use crate::writing::bindings::{Bindings, How};
use crate::writing::compose::compose;
use crate::writing::document::Document;
use crate::writing::render::render;
use crate::writing::templates;

/// The longest title, in characters.
const LONGEST_TITLE: usize = 200;
/// The longest body, in characters: a year-end bulletin of a province is a tenth of it.
const LONGEST_BODY: usize = 200_000;

/// Who writes or signs.
#[derive(Clone, Debug)]
pub struct By {
    /// The account; none for the program itself.
    pub account: Option<Uuid>,
    /// The name on screens.
    pub name: String,
}

/// What a new bulletin is about.
#[derive(Clone, Debug)]
pub struct NewBulletin {
    /// The code of its template.
    pub template: String,
    /// The day up to which its figures count.
    pub cut_off: NaiveDate,
    /// Only these projects; all where it is empty.
    pub projects: BTreeSet<Uuid>,
}

/// What an editor may change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edited {
    /// The title, with placeholders.
    pub title: String,
    /// The body, with placeholders.
    pub body: String,
    /// The cut-off.
    pub cut_off: NaiveDate,
    /// The day of knowledge; today's ledger where it is open.
    pub known_on: Option<NaiveDate>,
}

impl Edited {
    /// What stands in a draft.
    pub fn of(row: &Bulletin) -> Self {
        Self { title: row.title.clone(), body: row.body.clone(), cut_off: row.cut_off, known_on: row.known_on }
    }

    fn check(&self) -> Result<(), Problem> {
        let title = self.title.trim();
        if title.is_empty() || title.chars().count() > LONGEST_TITLE {
            let (zh, en) = ("请填写标题，不超过200字", "It needs a title of at most 200 characters");
            return Err(Problem::field("title", zh, en));
        }
        if self.body.chars().count() > LONGEST_BODY {
            return Err(Problem::field("body", "正文不能超过20万字", "The body has at most 200,000 characters"));
        }
        Ok(())
    }
}

/// A text with what keeps it from being signed.
#[derive(Clone, Debug)]
pub struct Judged {
    /// The text with its figures.
    pub document: Document,
    /// Figures that were typed by hand and are bound to nothing: where, and what.
    pub typed: Vec<(Span, String)>,
    /// Relations between its figures that do not hold, in words. They do not keep it from being signed: the ledger may
    /// hold two published figures that disagree.
    pub doubtful: Vec<Relation>,
    /// Figures that the text tells for another day than their own. They do not keep it from being signed either: what the
    /// reader takes for the day of a figure may be that of another.
    pub misdated: Vec<Misdated>,
}

/// A figure told for another day than its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misdated {
    /// The figure as printed.
    pub text: String,
    /// The day that the text tells.
    pub told: NaiveDate,
    /// The day up to which it counts.
    pub own: NaiveDate,
}

impl Judged {
    /// Renders and judges.
    pub fn of(edited: &Edited, bindings: &Bindings) -> Self {
        let document = render(&edited.title, &edited.body, bindings);
        let (text, places) = document.text();
        let text = Text::new(document.title.clone(), text);
        let context = Context {
            year: Some(bindings.board.outline.programme.year),
            place: Some(bindings.place.clone()),
            places: Vec::new(),
        };
        let findings = bulletins::extract_with(&text, &context);
        let relations = bulletins::check(&text, &findings);
        // A title may name a year's projects; what counts is in the body.
        let start = document.title.chars().count();
        let names = names_in(text.content(), &bindings.board.outline);
        let covered: Vec<Span> = places.iter().map(|(_, span)| *span).chain(names).collect();
        let typed = findings
            .iter()
            .filter(|finding| finding.span.start > start)
            .filter(|finding| finding.raw.chars().any(is_numeral))
            .filter(|finding| !covered.iter().any(|span| span.overlaps(finding.span)))
            .map(|finding| (finding.phrase, text.slice(finding.phrase)))
            .collect();
        let doubtful = relations.into_iter().filter(|relation| relation.verdict == Verdict::Fails).collect();
        let misdated = places.iter().filter_map(|(at, span)| {
            let bound = document.figures.get(*at).filter(|bound| !bound.target && bound.how != How::Outside)?;
            let found = findings.iter().find(|finding| finding.span.overlaps(*span))?;
            let (told, own) = (found.as_of?, bound.as_of?);
            (told != own).then(|| Misdated { text: bound.text.clone(), told, own })
        });
        let misdated = misdated.collect();
        Self { document, typed, doubtful, misdated }
    }

    /// Whether nothing is left to be done before it is signed.
    pub fn is_ready(&self) -> bool {
        self.typed.is_empty() && self.document.gaps().is_empty() && !self.document.blocks.is_empty()
    }
}

fn is_numeral(c: char) -> bool {
    c.is_ascii_digit() || "一二三四五六七八九十百千万亿两".contains(c)
}

/// Where names of the programme stand that have a numeral in them: 15分钟便民圈 is a name, not a figure typed by hand.
fn names_in(text: &str, outline: &Outline) -> Vec<Span> {
    let indicators = outline.indicators.iter().map(|row| row.name.as_str());
    let projects = outline.projects.iter().flat_map(|row| [row.name.as_str(), row.formal_name.as_str()]);
    let categories = outline.categories.iter().map(|row| row.name.as_str());
    let all = indicators.chain(projects).chain(categories).chain([outline.programme.title.as_str()]);
    let mut spans = Vec::new();
    for name in all.filter(|name| name.chars().any(is_numeral)) {
        for (at, _) in text.match_indices(name) {
            let start = text[..at].chars().count();
            spans.push(Span { start, end: start + name.chars().count() });
        }
    }
    spans
}

/// Begins a bulletin from a template.
///
/// # Errors
/// A problem of the field `template` when there is none of that code.
pub async fn begin(
    store: &Store,
    (actor, by): (&Actor, &By),
    outline: &Outline,
    new: &NewBulletin,
) -> Result<Bulletin> {
    let template = templates::named(&new.template)
        .ok_or_else(|| Problem::field("template", "请选择一个模板", "Choose a template"))?;
    let bindings = Bindings::load(store.reader(), outline.programme.clone(), new.cut_off, None).await?;
    let draft = compose(template, &bindings, &new.projects);
    let edited = Edited { title: draft.title, body: draft.body, cut_off: new.cut_off, known_on: None };
    let mut tx = store.begin(actor).await?;
    let row = blank(&tx, outline, by, (template.code, &edited), None);
    rows::add(&tx, row.clone()).await?;
    note_edit(&tx, row.id, 1, by).await?;
    let detail = json!({ "template": row.template, "programme": outline.programme.slug, "cut_off": row.cut_off });
    tx.record(Event::new("bulletin.begun", "bulletin", row.id, detail)).await?;
    tx.commit().await?;
    Ok(row)
}

fn blank(
    tx: &Tx,
    outline: &Outline,
    by: &By,
    (template, edited): (&str, &Edited),
    corrects: Option<(Uuid, String)>,
) -> Bulletin {
    let (supersedes, reason) = corrects.map_or((None, String::new()), |(id, reason)| (Some(id), reason));
    Bulletin {
        id: Uuid::now_v7(),
        programme_id: outline.programme.id,
        template: template.to_owned(),
        title: edited.title.clone(),
        body: edited.body.clone(),
        cut_off: edited.cut_off,
        known_on: edited.known_on,
        state: State::Draft.code().to_owned(),
        version: 1,
        created_ms: tx.at_ms(),
        edited_ms: tx.at_ms(),
        edited_by_name: by.name.clone(),
        supersedes,
        reason,
        signed_ms: None,
        signed_by: None,
        signed_by_name: String::new(),
        document: String::new(),
        digest: String::new(),
        event_id: None,
        rule_set: String::new(),
        rule_version: 0,
    }
}

async fn note_edit(tx: &Tx, id: Uuid, version: i32, by: &By) -> Result<()> {
    let edit = Edit { bulletin_id: id, version, account_id: by.account, name: by.name.clone(), at_ms: tx.at_ms() };
    rows::add_edit(tx, edit).await
}

/// Begins the corrected version of a signed bulletin: its text, over the ledger of today.
///
/// # Errors
/// A problem of the field `reason`; a conflict where it was superseded already or is being corrected.
pub async fn correct(
    store: &Store,
    (actor, by): (&Actor, &By),
    outline: &Outline,
    old: &Bulletin,
    reason: &str,
) -> Result<Bulletin> {
    let reason = reason.trim();
    if reason.is_empty() || reason.chars().count() > 500 {
        let (zh, en) = ("请写明更正理由，不超过500字", "Say why, in at most 500 characters");
        return Err(Problem::field("reason", zh, en).into());
    }
    let mut tx = store.begin(actor).await?;
    let current = rows::find(tx.on(), old.id).await?.map(|row| row.state());
    if current != Some(State::Signed) || rows::correction_of(tx.on(), old.id).await?.is_some() {
        let (zh, en) = ("这一版已被更正，或者已有人在起草更正稿", "It was corrected already, or somebody is at it");
        return Err(Problem::conflict(zh, en).into());
    }
    let edited = Edited { known_on: None, ..Edited::of(old) };
    let row = blank(&tx, outline, by, (&old.template, &edited), Some((old.id, reason.to_owned())));
    rows::add(&tx, row.clone()).await?;
    note_edit(&tx, row.id, 1, by).await?;
    let detail = json!({ "supersedes": old.id, "reason": reason });
    tx.record(Event::new("bulletin.correction_begun", "bulletin", row.id, detail)).await?;
    tx.commit().await?;
    Ok(row)
}

/// Keeps what was edited.
///
/// # Errors
/// Problems of the fields `title` and `body`; a conflict when it was changed or signed since `version` was read.
pub async fn edit(
    store: &Store,
    (actor, by): (&Actor, &By),
    (id, version): (Uuid, i32),
    edited: &Edited,
) -> Result<()> {
    edited.check()?;
    let mut tx = store.begin(actor).await?;
    let change = ActiveModel {
        title: Set(edited.title.trim().to_owned()),
        body: Set(edited.body.replace("\r\n", "\n")),
        cut_off: Set(edited.cut_off),
        known_on: Set(edited.known_on),
        edited_ms: Set(tx.at_ms()),
        edited_by_name: Set(by.name.clone()),
        ..Default::default()
    };
    if !rows::change_draft(&tx, (id, version), change).await? {
        return Err(changed_meanwhile().into());
    }
    note_edit(&tx, id, version + 1, by).await?;
    let detail = json!({ "version": version + 1, "cut_off": edited.cut_off });
    tx.record(Event::new("bulletin.edited", "bulletin", id, detail)).await?;
    tx.commit().await
}

/// Gives a draft up.
///
/// # Errors
/// A conflict when it was changed or signed since `version` was read.
pub async fn drop_draft(store: &Store, actor: &Actor, (id, version): (Uuid, i32)) -> Result<()> {
    let mut tx = store.begin(actor).await?;
    let change =
        ActiveModel { state: Set(State::Dropped.code().to_owned()), edited_ms: Set(tx.at_ms()), ..Default::default() };
    if !rows::change_draft(&tx, (id, version), change).await? {
        return Err(changed_meanwhile().into());
    }
    tx.record(Event::new("bulletin.dropped", "bulletin", id, json!({ "version": version }))).await?;
    tx.commit().await
}

pub(crate) fn changed_meanwhile() -> Problem {
    Problem::conflict(
        "这份公报刚刚已被他人修改或签发，您的操作没有保存。请重新打开后再办",
        "Somebody has just changed or signed this bulletin; nothing of yours was saved. Open it again",
    )
}

/// The bulletin with this key.
///
/// # Errors
/// When the database fails.
pub async fn find<C: ConnectionTrait>(on: &C, id: Uuid) -> Result<Option<Bulletin>> {
    rows::find(on, id).await
}

/// Whether a programme has bulletins that are not given up.
///
/// # Errors
/// When the database fails.
pub async fn any_of<C: ConnectionTrait>(on: &C, programme: Uuid) -> Result<bool> {
    Ok(!rows::of_programmes(on, &[programme], 1).await?.is_empty())
}

/// The signed bulletins of a programme, the latest first, superseded ones included.
///
/// # Errors
/// When the database fails.
pub async fn signed_of<C: ConnectionTrait>(on: &C, programme: Uuid) -> Result<Vec<Bulletin>> {
    rows::signed(on, &[programme], None, 1_000).await
}
