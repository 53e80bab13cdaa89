//! From a filled-in sheet to what it fills in; every fault with its row and column.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use kernel::{Place, Problem, Text};
use plan::sheet::archive::Limits;
use plan::sheet::columns::letters;
use plan::sheet::read::{Cell, Opening, Row, Stop, Take, read_file};
use store::Result;
use uuid::Uuid;

use super::columns::Column;
use crate::returns::{Batch, Content, Filling};
use crate::rules::lines::Typed;
use crate::words::Cause;

/// The rows of a sheet, as they were read.
#[derive(Default)]
pub(super) struct Sheet {
    name: String,
    columns: HashMap<usize, Column>,
    headed: bool,
    rows: Vec<(u32, BTreeMap<usize, Cell>)>,
}

impl Take for Sheet {
    fn open(&mut self, opening: Opening) {
        self.name = opening.sheet;
    }

    fn row(&mut self, row: Row, _read: u64, _size: u64) {
        if self.headed {
            self.rows.push((row.number, row.cells.into_iter().collect()));
            return;
        }
        for (at, cell) in row.cells {
            let Cell::Text(text) = cell else { continue };
            if let Some(column) = Column::ALL.iter().find(|column| column.heading() == text) {
                self.columns.insert(at, *column);
            }
        }
        self.headed = true;
    }
}

/// Reads the file.
///
/// # Errors
/// What is wrong with it, by place.
pub(super) fn read(path: &Path, name: &str, limits: &Limits) -> Result<Sheet> {
    let mut sheet = Sheet::default();
    match read_file(path, name, limits, &mut sheet) {
        Ok(()) => Ok(sheet),
        Err(Stop::Faults(faults)) => Err(faults.into()),
        Err(Stop::File(error)) => Err(error.into()),
    }
}

/// What a sheet fills in, and where each field stands in it.
pub(super) struct Located {
    pub(super) fillings: Vec<Filling>,
    places: HashMap<(Uuid, String), Text>,
}

impl Located {
    /// Where a field of a return stands in the sheet.
    pub(super) fn place(&self, id: Uuid, field: &str) -> Text {
        self.places.get(&(id, field.to_owned())).cloned().unwrap_or_else(|| Text::new(field, field))
    }
}

impl Sheet {
    /// The text of a cell; numbers and days as they are written.
    fn text(&self, row: &BTreeMap<usize, Cell>, column: Column) -> String {
        let at = self.columns.iter().find(|(_, known)| **known == column).map(|(at, _)| *at);
        match at.and_then(|at| row.get(&at)) {
            Some(Cell::Text(text)) => text.trim().to_owned(),
            Some(Cell::Number(number)) => number.to_string(),
            Some(Cell::Day(day)) => day.to_string(),
            Some(Cell::Failed(error)) => (*error).to_owned(),
            None => String::new(),
        }
    }

    fn at(&self, row: u32, column: Column) -> Text {
        let letters = self.columns.iter().find(|(_, known)| **known == column).map(|(at, _)| letters(*at));
        let (name, letters) = (&self.name, letters.unwrap_or_default());
        let heading = column.name();
        Text::new(
            format!("工作表“{name}”第 {row} 行 {letters} 列（{}）", heading.zh),
            format!("sheet “{name}”, row {row}, column {letters} ({})", heading.en),
        )
    }

    /// What the sheet fills in of the returns of `batch`.
    ///
    /// # Errors
    /// Every row that belongs to none of them, or says two things at once.
    pub(super) fn settle(self, batch: &Batch) -> Result<Located> {
        let needed = [Column::Raw, Column::Number, Column::Key, Column::Version];
        let lacking: Vec<String> = needed
            .iter()
            .filter(|column| !self.columns.values().any(|known| known == *column))
            .map(|column| format!("“{}”", column.heading()))
            .collect();
        if !lacking.is_empty() {
            let lacking = lacking.join("、");
            return Err(Problem::invalid(
                format!("表格缺少列 {lacking}：请用本页下载的填报表填写，不要改动表头"),
                format!("the columns {lacking} are missing: fill in the sheet of this page and leave its headings"),
            )
            .into());
        }
        let mut faults = Vec::new();
        let mut contents = BTreeMap::<Uuid, (i32, Content)>::new();
        let mut places = HashMap::new();
        for (number, row) in &self.rows {
            let mut fault = |column: Column, zh: &str, en: &str| {
                faults.push(Place { at: self.at(*number, column), message: Text::new(zh, en) });
            };
            let own = self.text(row, Column::Key).parse::<Uuid>().ok();
            let Some(of) = own.and_then(|id| batch.returns.iter().find(|row| row.id == id)) else {
                fault(
                    Column::Key,
                    "这一行不是本单位本期待填的内容（可能已提交或编号被改动）：请重新下载填报表",
                    "This row is nothing that you owe in this round: download the sheet anew",
                );
                continue;
            };
            let Ok(version) = self.text(row, Column::Version).parse::<i32>() else {
                fault(
                    Column::Version,
                    "版本被改动：请重新下载填报表",
                    "The version was changed: download the sheet anew",
                );
                continue;
            };
            let outline = batch.outline(of)?;
            let told: Option<i32> = self.text(row, Column::Number).parse().ok();
            let line = batch
                .lines(of)
                .iter()
                .find(|line| outline.indicator_by_id(line.indicator_id).is_some_and(|row| Some(row.number) == told));
            let Some(line) = line else {
                fault(
                    Column::Number,
                    "指标号被改动：请重新下载填报表",
                    "The indicator number was changed: download the sheet anew",
                );
                continue;
            };
            let (_, content) = contents.entry(of.id).or_insert_with(|| (version, Content::default()));
            let typed = Typed { raw: self.text(row, Column::Raw), reason: self.text(row, Column::Reason) };
            if content.lines.insert(line.indicator_id, typed).is_some() {
                fault(Column::Number, "这个指标填了两行：请删去一行", "This indicator has two rows: remove one");
            }
            let number_of_line = told.unwrap_or_default();
            places.insert((of.id, format!("raw-{number_of_line}")), self.at(*number, Column::Raw));
            places.insert((of.id, format!("reason-{number_of_line}")), self.at(*number, Column::Reason));
            let once = [
                (Column::Image, "image", &mut content.image),
                (Column::Places, "places", &mut content.places),
                (Column::Problem, "problem", &mut content.problem),
            ];
            for (column, field, slot) in once {
                let text = self.text(row, column);
                if text.is_empty() || text == *slot {
                    places.entry((of.id, field.to_owned())).or_insert_with(|| self.at(*number, column));
                } else if slot.is_empty() {
                    *slot = text;
                    places.insert((of.id, field.to_owned()), self.at(*number, column));
                } else {
                    fault(
                        column,
                        "同一份填报写了两种内容：只写在第一行",
                        "Two texts for one return: write it in its first row only",
                    );
                }
            }
            let cause = self.text(row, Column::Cause);
            if !cause.is_empty() {
                match Cause::parse_any(&cause) {
                    Some(cause) => content.cause = Some(cause),
                    None => {
                        fault(Column::Cause, "不认识这个问题原因，请从下拉列表选择", "Choose the cause from the list")
                    }
                }
                places.insert((of.id, "cause".to_owned()), self.at(*number, Column::Cause));
            }
        }
        if contents.is_empty() && faults.is_empty() {
            return Err(Problem::invalid("表格里没有填报内容", "The sheet holds nothing that is filled in").into());
        }
        if !faults.is_empty() {
            return Err(Problem::in_sheet(faults).into());
        }
        // What the sheet does not know, such as the milestone, stays as it is.
        let fillings = contents.into_iter().map(|(id, (version, content))| {
            let row = batch.returns.iter().find(|row| row.id == id);
            let (stage, reached_on) = row.map_or((None, None), |row| (row.stage, row.reached_on));
            Filling { id, version, content: Content { stage, reached_on, ..content } }
        });
        Ok(Located { fillings: fillings.collect(), places })
    }
}
