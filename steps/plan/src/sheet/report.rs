//! What an import did, or would do.

use kernel::Text;
use ledger::words::Measure;
use serde::{Deserialize, Serialize};

/// What an import did, or would do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// The programme's name in addresses.
    pub slug: String,
    /// Its title.
    pub title: String,
    /// Whether anything was written; a preview never does.
    pub written: bool,
    /// Rows of the sheet that say something.
    pub rows: u64,
    /// Figures in the sheet.
    pub figures: u64,
    /// Figures that were new.
    pub recorded: u64,
    /// Figures that differed and supersede what was there.
    pub corrected: u64,
    /// Figures that the ledger held already.
    pub unchanged: u64,
    /// Programmes, categories, projects and indicators that were new.
    pub created: Created,
    /// Descriptions that were changed.
    pub edited: u64,
    /// Responsibilities that began or ended.
    pub responsibilities: u64,
    /// Things that were noticed and left alone.
    pub notices: Vec<Text>,
    /// Some of the figures, changed ones first.
    pub examples: Vec<Example>,
}

/// What was new besides figures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Created {
    /// The programme itself.
    pub programme: bool,
    /// Categories.
    pub categories: u64,
    /// Projects.
    pub projects: u64,
    /// Indicators.
    pub indicators: u64,
    /// Organisations and posts.
    pub bodies: u64,
}

/// One figure and what becomes of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Example {
    /// Its row.
    pub row: u32,
    /// The project.
    pub project: String,
    /// The indicator.
    pub indicator: String,
    /// The place.
    pub place: String,
    /// Done, or to be done.
    pub measure: Measure,
    /// The unit.
    pub unit: String,
    /// What the ledger holds.
    pub before: Option<String>,
    /// What the sheet says.
    pub after: String,
}

impl Report {
    /// Whether the ledger is as it was before.
    pub fn nothing_changed(&self) -> bool {
        let Created { programme, categories, projects, indicators, bodies } = self.created;
        !programme
            && self.recorded + self.corrected + self.edited + self.responsibilities == 0
            && categories + projects + indicators + bodies == 0
    }

    /// One sentence about it, in both languages.
    pub fn summary(&self) -> Text {
        let Self { slug, rows, recorded, corrected, unchanged, .. } = self;
        if self.nothing_changed() {
            return Text::new(
                format!("方案 {slug}：表中 {rows} 行均已在台账中，内容相同：没有任何改动"),
                format!("programme {slug}: all {rows} rows are in the ledger with the same content: nothing changed"),
            );
        }
        let Created { categories, projects, indicators, .. } = self.created;
        let (would, will) =
            if self.written { ("", "") } else { ("（预览，尚未写入）", " (preview, nothing written)") };
        Text::new(
            format!(
                "方案 {slug}：读入 {rows} 行；数字新增 {recorded} 个，更正 {corrected} 个，未变 {unchanged} 个；新建类别 {categories} 个、项目 {projects} 个、指标 {indicators} 个{would}"
            ),
            format!(
                "programme {slug}: {rows} rows read; {recorded} figures recorded, {corrected} corrected, {unchanged} unchanged; {categories} categories, {projects} projects and {indicators} indicators created{will}"
            ),
        )
    }
}
