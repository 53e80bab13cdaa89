//! Sites from a file: XLSX, CSV or GeoJSON, all of it or nothing, the same file twice without effect.

mod check;
mod columns;
pub(crate) mod page;
mod read;
mod template;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::RangeInclusive;
use std::path::Path;

use kernel::{RegionCode, Text};
use ledger::programmes::{self, Outline};
use maps::Crs;
use plan::sheet::faults::Faults;
use serde::Serialize;
use store::{Actor, Result, Store};

pub use columns::{COLUMNS, Column, Described};
pub use template::template;

pub(crate) use check::read_day;

use super::store as rows;
use crate::map::boundaries::Boundaries;
use check::{Checked, Context, check};

/// How a file is taken.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The file's name with whoever sent it.
    pub name: String,
    /// The system of points that do not say theirs.
    pub crs: Crs,
    /// Only says what would be done.
    pub preview: bool,
    /// Where whoever imports may write; everywhere for the operator.
    pub within: Option<Vec<RangeInclusive<RegionCode>>>,
    /// Who it is, as the versions name them.
    pub by: String,
}

/// What came of a file, or would.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Whether nothing was written.
    pub preview: bool,
    /// Sites in the file.
    pub sites: usize,
    /// Sites that were not known.
    pub new: usize,
    /// Sites of which something else is said now.
    pub changed: usize,
    /// Sites that are as they were.
    pub unchanged: usize,
    /// Sites without a point.
    pub without_point: usize,
    /// Sites whose point lies outside their division.
    pub outside: usize,
    /// What should be looked at, the first of it.
    pub notices: Vec<Text>,
}

impl Report {
    fn add(&mut self, saved: rows::Saved) {
        self.new += saved.new;
        self.changed += saved.changed;
        self.unchanged += saved.unchanged;
    }

    /// In words.
    pub fn summary(&self) -> Text {
        let Self { sites, new, changed, unchanged, outside, without_point, .. } = self;
        let (would, would_en) = if self.preview { ("将", "would be ") } else { ("", "") };
        Text::new(
            format!(
                "{sites} 个点位：{would}新增 {new}，{would}更新 {changed}，没有变化 {unchanged}；没有坐标 {without_point}，坐标在区划外 {outside}"
            ),
            format!(
                "{sites} sites: {new} {would_en}new, {changed} {would_en}changed, {unchanged} unchanged; {without_point} without a point, {outside} outside their division"
            ),
        )
    }
}

/// Takes a file in.
///
/// # Errors
/// As a problem, everything that is wrong with the file: nothing was written then.
pub async fn import(store: &Store, actor: &Actor, path: &Path, options: &Options) -> Result<Report> {
    Ok(try_import(store, actor, path, options).await??)
}

/// The same, with the faults apart from what an operator must mend.
///
/// # Errors
/// When the disk or the database fails, or somebody changed one of the sites meanwhile.
pub async fn try_import(
    store: &Store,
    actor: &Actor,
    path: &Path,
    options: &Options,
) -> Result<std::result::Result<Report, Faults>> {
    let (file, name) = (path.to_owned(), options.name.clone());
    let read = tokio::task::spawn_blocking(move || read::file(&file, &name)).await;
    let read::Rows { rows: found, mut faults, mut notices } = match read.map_err(std::io::Error::other)?? {
        Ok(read) => read,
        Err(faults) => return Ok(Err(faults)),
    };
    let context = context(store, &found, options).await?;
    let count = found.len();
    let Checked { drafts, notices: more, outside } = check(found, &context, &mut faults);
    if let Err(faults) = faults.into_faults().into_result() {
        return Ok(Err(faults));
    }
    if count == 0 {
        return Ok(Err(Faults::whole(&options.name, "文件里没有点位", "the file has no sites")));
    }
    notices.extend(more);
    let without_point = drafts.iter().filter(|(_, draft)| draft.placed.point.is_none()).count();
    let mut report =
        Report { preview: options.preview, sites: count, without_point, outside, notices, ..Report::default() };
    let mut by_programme = BTreeMap::<_, Vec<rows::Draft>>::new();
    for (programme, draft) in drafts {
        by_programme.entry(programme).or_default().push(draft);
    }
    if options.preview {
        // Told by the comparison that the write makes too; nobody else's write waits for it.
        for (programme, drafts) in &by_programme {
            report.add(rows::foresee(store.reader(), *programme, drafts).await?);
        }
        return Ok(Ok(report));
    }
    let mut tx = store.begin(actor).await?;
    for (programme, drafts) in &by_programme {
        report.add(rows::put(&mut tx, *programme, &options.by, drafts).await?);
    }
    if report.new + report.changed == 0 {
        tx.abandon().await?
    } else {
        tx.commit().await?
    }
    Ok(Ok(report))
}

async fn context(store: &Store, found: &[read::Row], options: &Options) -> Result<Context> {
    let on = store.reader();
    let slugs: HashSet<String> =
        found.iter().filter_map(|row| row.cell(Column::Programme)).map(|(_, cell)| read::text_of(cell)).collect();
    let mut outlines = HashMap::new();
    // A file is about a handful of programmes; a column full of nonsense must not cost a query a row.
    for slug in slugs.into_iter().take(200) {
        if let Some(programme) = programmes::find(on, &slug).await? {
            outlines.insert(slug, Outline::load(on, programme).await?);
        }
    }
    Ok(Context {
        outlines,
        divisions: ledger::regions::all_names(on).await?,
        boundaries: Boundaries::load(on).await?,
        crs: options.crs,
        within: options.within.clone(),
    })
}
