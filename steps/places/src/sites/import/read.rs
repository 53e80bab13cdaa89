//! From a file to rows: XLSX and CSV by the reader of the programme's sheet, GeoJSON feature by feature.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use figures::Decimal;
use kernel::{Problem, Text};
use maps::Shape;
use maps::geojson::{self, Feature};
use plan::sheet::archive;
use plan::sheet::faults::Faults;
use plan::sheet::read::{self, Cell, Opening, Stop, Take};
use serde_json::Value;
use store::Result;

use super::columns::{Column, Heading};
use crate::map::boundaries::told;

/// One site of the file.
#[derive(Clone, Debug, Default)]
pub(super) struct Row {
    /// As a spreadsheet counts, or which feature.
    pub number: u32,
    pub cells: Vec<(Heading, usize, Cell)>,
    /// Where a feature is.
    pub shape: Option<Shape>,
}

impl Row {
    pub(super) fn cell(&self, column: Column) -> Option<(usize, &Cell)> {
        let known = Heading::Known(column);
        self.cells.iter().find(|(heading, ..)| *heading == known).map(|(_, at, cell)| (*at, cell))
    }
}

/// The rows of a file, and how its places are told.
#[derive(Debug)]
pub(super) struct Rows {
    pub rows: Vec<Row>,
    pub faults: Found,
    pub notices: Vec<Text>,
}

/// Faults, told by row and column of a sheet or by feature and property.
#[derive(Debug)]
pub(super) struct Found {
    faults: Faults,
    is_geojson: bool,
}

impl Found {
    /// Notes a fault of a row; `at` is the column's place.
    pub(super) fn add(&mut self, row: u32, column: Option<(usize, &str)>, message: Text) {
        if self.is_geojson {
            let (zh, en) = match column {
                Some((_, heading)) => (format!("第 {row} 个要素“{heading}”："), format!("feature {row}, {heading}: ")),
                None => (format!("第 {row} 个要素："), format!("feature {row}: ")),
            };
            self.faults.add(0, None, Text::new(zh + &message.zh, en + &message.en));
            return;
        }
        match column {
            Some((at, heading)) => self.faults.add_at(row, at, heading, message),
            None => self.faults.add(row, None, message),
        }
    }

    pub(super) fn into_faults(self) -> Faults {
        self.faults
    }
}

/// Sites of one file; more are imported in parts.
const MOST_SITES: usize = 300_000;

/// Reads a file of the disk; `name` is what whoever sent it called it.
pub(super) fn file(path: &Path, name: &str) -> Result<std::result::Result<Rows, Faults>> {
    let mut start = [0; 512];
    let length = File::open(path)?.read(&mut start)?;
    let start = start[..length].strip_prefix(b"\xef\xbb\xbf").unwrap_or(&start[..length]);
    if start.trim_ascii_start().starts_with(b"{") {
        return features(path, name).map(Ok);
    }
    let mut taken = Taken { headings: None, rows: Vec::new(), faults: Faults::new(name), notices: Vec::new() };
    match read::read_file(path, name, &archive::Limits::default(), &mut taken) {
        Ok(()) => {}
        Err(Stop::Faults(faults)) => return Ok(Err(faults)),
        Err(Stop::File(error)) => return Err(error.into()),
    }
    if taken.headings.is_none() {
        return Ok(Err(Faults::whole(
            name,
            "表格里没有列标题：请使用模板",
            "the sheet has no headings: use the template",
        )));
    }
    let faults = Found { faults: taken.faults, is_geojson: false };
    Ok(Ok(Rows { rows: taken.rows, faults, notices: taken.notices }))
}

struct Taken {
    headings: Option<Vec<Option<Heading>>>,
    rows: Vec<Row>,
    faults: Faults,
    notices: Vec<Text>,
}

impl Take for Taken {
    fn open(&mut self, opening: Opening) {
        self.faults = Faults::new(&opening.sheet);
        self.notices = opening.notices;
    }

    fn row(&mut self, row: read::Row, _: u64, _: u64) {
        if let Some(headings) = &self.headings {
            let cells = row.cells.into_iter().filter_map(|(at, cell)| Some((headings.get(at)?.clone()?, at, cell)));
            self.rows.push(Row { number: row.number, cells: cells.collect(), shape: None });
            if self.rows.len() == MOST_SITES + 1 {
                self.faults.add(row.number, None, too_many());
            }
            return;
        }
        let mut headings: Vec<Option<Heading>> = Vec::new();
        for (at, cell) in row.cells {
            let text = text_of(&cell);
            let heading = Heading::read(&text);
            headings.resize(at + 1, None);
            if heading.is_none() || headings.contains(&heading) {
                self.faults.add_at(row.number, at, &text, unknown(&text, heading.is_some()));
            }
            headings[at] = heading;
        }
        self.headings = Some(headings);
    }
}

fn too_many() -> Text {
    Text::new(
        format!("一次最多导入 {MOST_SITES} 个点位，请拆分"),
        format!("at most {MOST_SITES} sites at once: split the file"),
    )
}

fn unknown(heading: &str, twice: bool) -> Text {
    if twice {
        return Text::new(format!("列“{heading}”出现了两次"), format!("the column {heading} stands twice"));
    }
    Text::new(
        format!("不认识的列“{heading}”：自己的属性请写成“属性：{heading}”"),
        format!("unknown column {heading}: write an attribute of your own as “属性：{heading}”"),
    )
}

fn features(path: &Path, name: &str) -> Result<Rows> {
    let mut rows = Vec::new();
    let mut faults = Found { faults: Faults::new(name), is_geojson: true };
    let mut unknown_told = Vec::new();
    let mut take = |feature: Feature| {
        let number = u32::try_from(feature.number).unwrap_or(u32::MAX);
        let mut cells = Vec::new();
        for (key, value) in feature.properties {
            let Some(cell) = cell_of(&value) else { continue };
            match Heading::read(&key) {
                Some(heading) => cells.push((heading, 0, cell)),
                None if unknown_told.contains(&key) => {}
                None => {
                    faults.add(number, Some((0, &key)), unknown(&key, false));
                    unknown_told.push(key);
                }
            }
        }
        rows.push(Row { number, cells, shape: feature.shape });
    };
    let limits = geojson::Limits { features: MOST_SITES, ..geojson::Limits::default() };
    let file = BufReader::with_capacity(1 << 16, File::open(path)?);
    geojson::read(file, &limits, &mut take).map_err(|fault| -> Problem { told(&fault) })?;
    Ok(Rows { rows, faults, notices: Vec::new() })
}

fn cell_of(value: &Value) -> Option<Cell> {
    match value {
        Value::Null => None,
        Value::Bool(yes) => Some(Cell::Text(if *yes { "是" } else { "否" }.to_owned())),
        Value::Number(number) => {
            let text = number.to_string();
            Some(text.parse::<Decimal>().map_or(Cell::Text(text), Cell::Number))
        }
        Value::String(text) => {
            let text = text.trim();
            (!text.is_empty()).then(|| Cell::Text(text.to_owned()))
        }
        other => Some(Cell::Text(other.to_string())),
    }
}

/// A cell as text.
pub(super) fn text_of(cell: &Cell) -> String {
    match cell {
        Cell::Text(text) => text.clone(),
        Cell::Number(number) => number.normalize().to_string(),
        Cell::Day(day) => day.to_string(),
        Cell::Failed(error) => (*error).to_owned(),
    }
}
