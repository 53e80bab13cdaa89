//! From rows to a draft: every cell is read once, and everything that is wrong is noted with its place.

use std::collections::HashMap;

use chrono::NaiveDate;
use figures::Magnitude;
use kernel::{RegionCode, Text};
use ledger::words::Measure;

use super::columns::Column;
use super::draft::{Context, Draft};
use super::faults::Faults;
use super::figure::{self, ascii};
use super::read::{Cell, Merge, Opening, Row, Take};

mod headings;
mod indicators;
mod outline;
mod values;

/// The longest name that is taken, in characters.
const LONGEST_NAME: usize = 200;

/// The longest remark or content.
const LONGEST_TEXT: usize = 4_000;

/// The word for an indicator that belongs to another without being a part, share or change of it.
pub(super) const RELATED: &str = "相关";

type FigureKey = (u32, RegionCode, Option<u32>, Measure, Option<NaiveDate>);

/// Turns rows into a [`Draft`].
pub struct Checker<'a> {
    context: &'a Context,
    progress: &'a mut (dyn FnMut(u64, u64) + Send),
    draft: Draft,
    faults: Faults,
    merges: Vec<Merge>,
    headings_seen: Vec<(u32, Vec<(usize, String)>)>,
    places_below: Option<HashMap<&'a str, Vec<RegionCode>>>,
    category: Option<usize>,
    project: Option<usize>,
    indicator: Option<usize>,
    /// The indicator named last was refused: rows that say “as above” are not told once more.
    indicator_refused: bool,
    scales: Vec<Magnitude>,
    by_series: HashMap<String, usize>,
    by_name: HashMap<(usize, String), usize>,
    organisations: HashMap<(RegionCode, String), u32>,
    documents: HashMap<String, u32>,
    keys: HashMap<FigureKey, usize>,
}

/// The cells of one row by column.
struct Cells {
    row: u32,
    cells: Vec<Option<Cell>>,
}

impl Cells {
    fn get(&self, column: Column) -> Option<&Cell> {
        self.cells[column as usize].as_ref()
    }

    fn text(&self, column: Column) -> Option<String> {
        self.get(column).map(|cell| match cell {
            Cell::Text(text) => text.clone(),
            Cell::Number(number) => number.to_string(),
            Cell::Day(day) => day.to_string(),
            Cell::Failed(error) => (*error).to_owned(),
        })
    }
}

impl Take for Checker<'_> {
    fn open(&mut self, opening: Opening) {
        self.faults = Faults::new(&opening.sheet);
        self.draft.sheet = opening.sheet;
        self.draft.notices = opening.notices;
        self.merges = opening.merges;
    }

    fn row(&mut self, row: Row, read: u64, size: u64) {
        if self.draft.columns.is_empty() {
            self.look_for_headings(&row);
        } else {
            self.take_row(row);
        }
        if self.draft.rows.is_multiple_of(1_000) {
            (self.progress)(read, size);
        }
    }
}

impl<'a> Checker<'a> {
    /// Begins; `progress` is told how much is read, and of how much.
    pub fn new(context: &'a Context, progress: &'a mut (dyn FnMut(u64, u64) + Send)) -> Self {
        Self {
            context,
            progress,
            draft: Draft::default(),
            faults: Faults::default(),
            merges: Vec::new(),
            headings_seen: Vec::new(),
            places_below: None,
            category: None,
            project: None,
            indicator: None,
            indicator_refused: false,
            scales: Vec::new(),
            by_series: HashMap::new(),
            by_name: HashMap::new(),
            organisations: HashMap::new(),
            documents: HashMap::new(),
            keys: HashMap::new(),
        }
    }

    /// Ends: the draft, if nothing was wrong.
    ///
    /// # Errors
    /// Everything that was wrong.
    pub fn finish(mut self) -> Result<Draft, Faults> {
        if self.draft.columns.is_empty() {
            self.tell_missing_headings();
        } else if self.draft.rows == 0 && self.faults.is_empty() {
            self.faults.add(
                0,
                None,
                Text::new(
                    "表里只有表头，没有数据：请从表头下一行开始填写",
                    "there are headings and nothing below them: fill in the rows below",
                ),
            );
        }
        self.check_parents();
        self.check_grains();
        self.faults.into_result()?;
        Ok(self.draft)
    }

    fn take_row(&mut self, row: Row) {
        let mut cells = Cells { row: row.number, cells: vec![None; Column::ALL.len()] };
        let mut failed = false;
        for (at, cell) in row.cells {
            let Some((column, _)) = self.draft.columns.iter().find(|(_, place)| *place == at) else { continue };
            if let Cell::Failed(error) = cell {
                failed = true;
                self.faults.add(row.number, Some(*column), figure::failed(error));
            }
            cells.cells[*column as usize] = Some(cell);
        }
        if cells.cells.iter().all(Option::is_none) {
            return;
        }
        self.draft.rows += 1;
        if failed || !self.programme(&cells) || !self.category(&cells) || !self.project(&cells) {
            return;
        }
        let region = self.region(&cells);
        if let Some(region) = region {
            self.bodies(&cells, region);
        }
        let indicator = self.indicator(&cells);
        if cells.get(Column::Indicator).is_some() {
            self.indicator_refused = indicator.is_none();
            self.indicator = indicator;
        }
        let has_figure = cells.get(Column::Target).is_some() || cells.get(Column::Actual).is_some();
        match indicator {
            Some(indicator) => {
                if let Some(region) = region {
                    self.figures(&cells, indicator, region);
                }
            }
            None if has_figure && cells.get(Column::Indicator).is_none() && !self.indicator_refused => {
                self.fault(&cells, Column::Indicator, "请填写指标名称", "the indicator is missing");
            }
            None => {}
        }
    }

    fn fault(&mut self, cells: &Cells, column: Column, zh: impl Into<String>, en: impl Into<String>) {
        self.faults.add(cells.row, Some(column), Text::new(zh, en));
    }

    fn short(&mut self, cells: &Cells, column: Column, longest: usize) -> Option<String> {
        let text = cells.text(column)?;
        if text.chars().count() > longest {
            self.fault(cells, column, format!("文字过长：最多 {longest} 字"), format!("at most {longest} characters"));
            return None;
        }
        Some(text)
    }

    fn number(&mut self, cells: &Cells, column: Column) -> Option<i32> {
        let text = cells.text(column)?;
        let number = ascii(&text).parse().ok().filter(|number| (1..=9_999).contains(number));
        if number.is_none() {
            self.fault(cells, column, format!("“{text}”不是序号：请填正整数"), format!("“{text}” is no number from 1"));
        }
        number
    }

    fn word<T: Copy>(
        &mut self,
        cells: &Cells,
        column: Column,
        parse: impl Fn(&str) -> Option<T>,
        all: &[T],
        name: impl Fn(T) -> Text,
    ) -> Option<T> {
        let text = cells.text(column)?;
        let found = parse(&text);
        if found.is_none() {
            let known: Vec<_> = all.iter().map(|value| name(*value).zh).collect();
            let codes: Vec<_> = all.iter().map(|value| name(*value).en).collect();
            self.fault(
                cells,
                column,
                format!("不认识“{text}”：可填 {}", known.join("、")),
                format!("“{text}” is not known: use one of {}", codes.join(", ")),
            );
        }
        found
    }

    fn tell_differences(&mut self, cells: &Cells, differs: &[(Column, bool)]) {
        for (column, _) in differs.iter().filter(|(_, differs)| *differs) {
            self.fault(
                cells,
                *column,
                "与前面同名各行的填写不一致：请改成一致，或留空",
                "it differs from the rows above of the same name: make them agree or leave it blank",
            );
        }
    }
}

/// Keeps what is told first; says whether something else is told later.
fn tell<T: PartialEq>(known: &mut Option<T>, told: Option<T>) -> bool {
    match (&*known, told) {
        (_, None) => false,
        (None, told) => {
            *known = told;
            false
        }
        (Some(known), Some(told)) => *known != told,
    }
}
