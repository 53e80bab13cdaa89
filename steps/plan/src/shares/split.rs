//! A share and what hangs directly below it: read for a form, compared with what was read before, and written.

use figures::{Decimal, Magnitude};
use kernel::{Level, Problem, RegionCode, Text};
use ledger::allocations::{self, Share};
use ledger::entries::{self, Correction};
use ledger::programmes::{self, Outline};
use ledger::rollup::level_below;
use ledger::tables::indicators::Model as Indicator;
use ledger::words::{Measure, Reason};
use people::store::organisations;
use sea_orm::ConnectionTrait;
use serde_json::json;
use store::audit::{Event, RowDigest};
use store::{Actor, Result, Store};
use uuid::Uuid;

use super::rules;
use crate::sheet::figure::{self, Counted, ReadFigure, Told};
use crate::sheet::read::Cell;
use crate::target_entry::target_entry;
use crate::targets::written_number;

/// What may stand below a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Below {
    /// The places of this level.
    Places(Level),
    /// Bodies at the place itself.
    Bodies,
    /// Nothing: figures are collected at the place as a whole.
    Nothing,
}

/// A share with the lines below it.
#[derive(Clone, Debug)]
pub(crate) struct Split {
    pub(crate) place: RegionCode,
    pub(crate) place_name: String,
    pub(crate) below: Below,
    /// What is split; none where the place has no target yet.
    pub(crate) whole: Option<Share>,
    pub(crate) lines: Vec<Line>,
}

/// A place or body that may get a share.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    /// A division code, or `org-` and the key of a body.
    pub(crate) key: String,
    pub(crate) name: String,
    pub(crate) region: RegionCode,
    pub(crate) organisation: Option<Uuid>,
    pub(crate) held: Option<Share>,
}

impl Line {
    /// What stands, as it is written in a form.
    pub(crate) fn standing(&self) -> String {
        self.held.as_ref().map(|share| written_number(share.target)).unwrap_or_default()
    }
}

impl Split {
    /// What stands for `place` and directly below it, in five statements.
    pub(crate) async fn load<C: ConnectionTrait>(
        on: &C,
        outline: &Outline,
        row: &Indicator,
        place: RegionCode,
    ) -> Result<Self> {
        let year = outline.programme.year;
        let shares = allocations::shares_of(on, outline, row.id, entries::View::default()).await?;
        let at = |region: RegionCode, organisation: Option<Uuid>| {
            shares.iter().find(|share| (share.region, share.organisation) == (region, organisation)).cloned()
        };
        let below = match level_below(place, row.grain()) {
            Some(level) => Below::Places(level),
            None if row.by_body && place.level() == row.grain() => Below::Bodies,
            None => Below::Nothing,
        };
        let lines = match below {
            Below::Places(_) => {
                let children = ledger::regions::children(on, place, year).await?;
                let line = |child: ledger::tables::regions::Model| {
                    let region = RegionCode::from_stored(child.code)?;
                    let held = at(region, None);
                    Some(Line { key: region.short(), name: child.name, region, organisation: None, held })
                };
                children.into_iter().filter_map(line).collect()
            }
            Below::Bodies => {
                let ids: Vec<Uuid> = shares
                    .iter()
                    .filter(|share| share.region == place)
                    .filter_map(|share| share.organisation)
                    .collect();
                let bodies = organisations::with_keys(on, &ids).await?;
                let line = |body: people::tables::organisations::Model| Line {
                    key: format!("org-{}", body.id),
                    held: at(place, Some(body.id)),
                    name: body.name,
                    region: place,
                    organisation: Some(body.id),
                };
                bodies.into_iter().map(line).collect()
            }
            Below::Nothing => Vec::new(),
        };
        let place_name = ledger::regions::name_in(on, place, year).await?;
        Ok(Self { place, place_name, below, whole: at(place, None), lines })
    }
}

/// What somebody wants to stand below a place.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wanted {
    /// The entry that held the share to be split when it was read.
    pub(crate) whole: Option<Uuid>,
    pub(crate) lines: Vec<WantedLine>,
    /// More shares are to come: the sum need not reach the whole yet.
    pub(crate) unfinished: bool,
    /// Why a standing share changes.
    pub(crate) reason: String,
}

/// What somebody wants to stand for one place or body.
#[derive(Clone, Debug, Default)]
pub(crate) struct WantedLine {
    /// The key of a [`Line`]; empty for a body that has no share yet.
    pub(crate) key: String,
    /// The name of such a body.
    pub(crate) body: String,
    /// The figure as typed; empty for no share.
    pub(crate) typed: String,
    /// The entry that held the share when it was read.
    pub(crate) was: Option<Uuid>,
}

impl WantedLine {
    fn is_blank(&self) -> bool {
        self.key.is_empty() && self.body.trim().is_empty() && self.typed.trim().is_empty()
    }
}

/// A line that differs from what stands.
struct Change {
    line: Line,
    figure: Option<ReadFigure>,
}

/// Splits a share: writes what differs, all of it or nothing; says how many shares were written.
///
/// Whoever splits holds the indicator's row until the write is done, so of two people who split, or of one who splits
/// while another changes the target, the slower is told what changed.
///
/// # Errors
/// A conflict that names every share that is no longer what was read; else what is wrong with which line.
pub(crate) async fn save(
    store: &Store,
    actor: &Actor,
    outline: &Outline,
    (number, place): (i32, RegionCode),
    wanted: &Wanted,
) -> Result<u64> {
    let missing = || Problem::not_found("没有这个指标", "There is no such indicator");
    let mut tx = store.begin(actor).await?;
    let id = outline.indicators.iter().find(|row| row.number == number).map(|row| row.id).ok_or_else(missing)?;
    programmes::hold_indicator(&tx, id).await?;
    let outline = Outline::load(tx.on(), outline.programme.clone()).await?;
    let row = outline.indicator_by_id(id).ok_or_else(missing)?;
    let split = Split::load(tx.on(), &outline, row, place).await?;
    overtaken(&split, wanted)?;
    let mut lines = Vec::with_capacity(wanted.lines.len());
    for one in wanted.lines.iter().filter(|one| !one.is_blank()) {
        lines.push((named_line(&tx, &split, one).await?, one));
    }
    let changes = read(&lines, row, wanted)?;
    let values = resulting(&split, &changes);
    if row.kind().is_additive() {
        rules::must_reach(split.whole.as_ref().map(|share| share.target.value), &values, wanted.unfinished)?;
    }
    if changes.is_empty() {
        tx.abandon().await?;
        return Ok(0);
    }
    let count = changes.len() as u64;
    let mut event = Event::new("shares.split", "programme", &outline.programme.slug, serde_json::Value::Null);
    let mut new = Vec::new();
    let mut words = serde_json::Map::new();
    for change in changes {
        let after = change.figure.as_ref().map(|figure| figure.raw.clone()).unwrap_or_default();
        words.insert(change.line.name.clone(), json!([change.line.standing(), after]));
        match (&change.line.held, change.figure) {
            (None, Some(figure)) => {
                let spot = (change.line.region, change.line.organisation, change.line.name.clone());
                new.push(target_entry(&outline, row, spot, figure));
            }
            (Some(held), figure) => {
                let old = entries::find(tx.on(), held.entry).await?.ok_or_else(missing)?;
                let correction = Correction {
                    raw: figure.as_ref().and_then(|figure| figure.number).map(|n| n.to_string()).unwrap_or_default(),
                    qualifier: figure.map(|figure| figure.qualifier).unwrap_or_default(),
                    as_of: old.as_of,
                    reason: Reason::ShareChanged,
                    reason_text: wanted.reason.clone(),
                };
                entries::correct(&mut tx, &outline, &old, correction).await?;
            }
            (None, None) => {}
        }
    }
    let rows = new.len();
    let mut digest = RowDigest::default();
    entries::post(&tx, &outline, event.id, new, &mut digest).await?;
    event.detail = json!({ "name": row.name, "place": split.place_name, "changes": words });
    if rows > 0 {
        event.detail["rows"] = json!(rows);
        event.detail["digest"] = json!(digest.finish());
    }
    tx.record(event).await?;
    tx.commit().await?;
    Ok(count)
}

/// Says what is no longer as it was read, if anything.
fn overtaken(split: &Split, wanted: &Wanted) -> Result<(), Problem> {
    let mut problem = Problem::conflict(
        "您打开页面之后，这里的目标已被他人改动，分解没有保存。您填的数字还在表中，请核对后再保存",
        "The target was changed after you opened the page, and nothing was saved. What you typed is still there: compare and save again",
    );
    let words = |share: Option<&Share>| {
        share.map_or_else(
            || Text::new("没有目标", "no target"),
            |share| {
                let text = written_number(share.target);
                Text::new(text.clone(), text)
            },
        )
    };
    let told = |name: &str, now: Option<&Share>| {
        let now = words(now);
        (Text::new(name, name), Text::new(format!("现在是 {}", now.zh), format!("is {} now", now.en)))
    };
    if split.whole.as_ref().map(|share| share.entry) != wanted.whole {
        let (at, message) = told(&split.place_name, split.whole.as_ref());
        problem = problem.at(at, message);
    }
    for line in &split.lines {
        let one = wanted.lines.iter().find(|one| one.key == line.key);
        let held = line.held.as_ref().map(|share| share.entry);
        let changed = match one {
            Some(one) => one.was != held,
            // Somebody has given it a share that whoever sends this form has never seen.
            None => line.organisation.is_some() && held.is_some(),
        };
        if changed {
            let (at, message) = told(&line.name, line.held.as_ref());
            problem = problem.at(at, message);
        }
    }
    if problem.places.is_empty() { Ok(()) } else { Err(problem) }
}

/// The line that a wanted one speaks of; a body that is named for the first time gets one.
async fn named_line(tx: &store::Tx, split: &Split, wanted: &WantedLine) -> Result<Line> {
    if let Some(line) = split.lines.iter().find(|line| line.key == wanted.key) {
        return Ok(line.clone());
    }
    let name = wanted.body.trim();
    let unknown = || {
        let key = &wanted.key;
        let zh = format!("“{key}”不是可以分解到的地区或单位");
        Problem::field("row", zh, format!("“{key}” is no place or body that may get a share"))
    };
    if split.below != Below::Bodies || !wanted.key.is_empty() {
        return Err(unknown().into());
    }
    if name.is_empty() || name.chars().count() > 100 {
        let zh = "填了数字的行请写单位名称（100 字以内）";
        return Err(Problem::field("body", zh, "A line with a figure needs the name of a body").into());
    }
    let (body, _) = organisations::called(tx, split.place, name).await?;
    let key = format!("org-{}", body.id);
    if let Some(line) = split.lines.iter().find(|line| line.key == key) {
        let zh = format!("“{}”已在表中，请直接改那一行", line.name);
        return Err(Problem::field("body", zh, format!("“{}” stands there already", line.name)).into());
    }
    Ok(Line { key, name: body.name, region: split.place, organisation: Some(body.id), held: None })
}

fn read(lines: &[(Line, &WantedLine)], row: &Indicator, wanted: &Wanted) -> Result<Vec<Change>, Problem> {
    let mut changes = Vec::new();
    let mut problem: Option<Problem> = None;
    let mut seen = std::collections::HashSet::new();
    for (line, one) in lines {
        let mut trouble = |message: Text| {
            let at = format!("goal-{}", if one.key.is_empty() { one.body.trim() } else { &one.key });
            problem = Some(match problem.take() {
                Some(problem) => problem.at(Text::new(&*at, &*at), message),
                None => Problem::field(&at, message.zh, message.en),
            });
        };
        if !seen.insert(line.key.clone()) {
            trouble(Text::new(format!("“{}”出现了两次", line.name), format!("“{}” stands there twice", line.name)));
            continue;
        }
        let typed = one.typed.trim();
        if typed == line.standing() {
            continue;
        }
        if typed.is_empty() {
            changes.push(Change { line: line.clone(), figure: None });
            continue;
        }
        let counted = Counted { unit: &row.unit, scale: Magnitude::One, kind: row.kind() };
        match figure::read(&Cell::Text(typed.to_owned()), counted, Told::Nothing) {
            Ok(figure) if figure.number.is_some_and(|number| number.value.is_sign_negative()) => {
                trouble(Text::new("分解数不能是负数", "a share is not negative"));
            }
            Ok(figure) if figure.number.is_none() => {
                trouble(Text::new("分解数要写成数字", "a share needs a number"));
            }
            Ok(figure) => {
                let value = figure.number.map(|number| number.value);
                if line.held.as_ref().is_none_or(|held| Some(held.target.value) != value) {
                    changes.push(Change { line: line.clone(), figure: Some(figure) });
                }
            }
            Err(message) => trouble(message),
        }
    }
    let changes_standing = changes.iter().any(|change| change.line.held.is_some());
    if problem.is_none() && changes_standing && wanted.reason.trim().is_empty() {
        let zh = "改动已有的分解数，请写明理由";
        problem = Some(Problem::field("reason_text", zh, "Say why a standing share changes"));
    }
    problem.map_or(Ok(changes), Err)
}

/// The shares below the place as they will be.
fn resulting(split: &Split, changes: &[Change]) -> Vec<Decimal> {
    let standing = split.lines.iter().filter(|line| changes.iter().all(|change| change.line.key != line.key));
    let kept = standing.filter_map(|line| line.held.as_ref()).map(|share| share.target.value);
    let value = |change: &Change| change.figure.as_ref().and_then(|figure| figure.number).map(|n| n.value);
    kept.chain(changes.iter().filter_map(value)).collect()
}

/// Weights for the lines of a split from another indicator: what is done there, else what is to be done.
pub(crate) async fn weights_of<C: ConnectionTrait>(
    on: &C,
    outline: &Outline,
    indicator: Uuid,
    split: &Split,
) -> Result<Vec<Decimal>> {
    let places: Vec<RegionCode> = split.lines.iter().map(|line| line.region).collect();
    let table = ledger::board::matrix(on, outline, &places, entries::View::default()).await?;
    let value = |line: &Line| {
        let of = |measure| table.of(line.region, indicator, measure).and_then(|standing| standing.value);
        of(Measure::Actual).or_else(|| of(Measure::Target)).unwrap_or_default().max(Decimal::ZERO)
    };
    Ok(split.lines.iter().map(value).collect())
}
