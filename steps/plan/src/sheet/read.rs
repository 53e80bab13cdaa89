//! From a file to rows of cells: XLSX and CSV, told apart by their content, never by their name.
//!
//! Rows are handed on one by one, so that memory does not grow with the sheet; only the workbook's shared texts are
//! held, which the archive's guard has bounded.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read, Seek, SeekFrom};
use std::path::Path;

use calamine::{CellErrorType, DataRef, Dimensions, Reader, Xlsx, XlsxError};
use chrono::NaiveDate;
use figures::Decimal;
use kernel::Text;

use super::archive::{self, Limits};
use super::columns::{Column, SHEET};
use super::encoding::{self, Decoded};
use super::faults::Faults;

/// One cell that is not empty.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Words, trimmed.
    Text(String),
    /// A number of a workbook, with the fifteen digits that spreadsheets keep.
    Number(Decimal),
    /// A day.
    Day(NaiveDate),
    /// A formula that failed.
    Failed(&'static str),
}

/// One row that is not empty: places of its cells, from 0, and the cells.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Row {
    /// As a spreadsheet counts: from 1.
    pub number: u32,
    /// In the order of the columns.
    pub cells: Vec<(usize, Cell)>,
}

/// Cells that are merged into one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Merge {
    /// First and last row, as a spreadsheet counts.
    pub rows: (u32, u32),
    /// First and last column, from 0.
    pub columns: (usize, usize),
}

/// What is told about a sheet before its rows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Opening {
    /// The sheet's name, or the file's for CSV.
    pub sheet: String,
    /// Things that were noticed and left alone.
    pub notices: Vec<Text>,
    /// Merged cells.
    pub merges: Vec<Merge>,
}

/// Takes what is read.
pub trait Take {
    /// The name of the sheet that is wanted where a workbook has several.
    fn wanted(&self) -> &'static str {
        SHEET
    }
    /// Called once, before the rows.
    fn open(&mut self, opening: Opening);
    /// Called for every row that is not empty, in order. `read` of `size` bytes of the sheet are done, as far as known.
    fn row(&mut self, row: Row, read: u64, size: u64);
}

/// Why a file could not be read.
#[derive(Debug)]
pub enum Stop {
    /// Something in the file.
    Faults(Faults),
    /// The disk.
    File(io::Error),
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::File(error)
    }
}

/// A spreadsheet's last row.
const LAST_ROW: u32 = 1_048_576;

/// The most text that a spreadsheet keeps in a cell, in characters.
const LONGEST_CELL: usize = 32_767;

/// Reads a file of the disk.
///
/// # Errors
/// When it is no sheet, or one that must not be opened.
pub fn read_file(path: &Path, name: &str, limits: &Limits, take: &mut impl Take) -> Result<(), Stop> {
    let size = std::fs::metadata(path)?.len();
    if size > limits.file {
        return Err(Stop::Faults(too_large(name, limits)));
    }
    read(BufReader::new(File::open(path)?), size, name, limits, take)
}

/// Reads bytes in memory, as tests and fuzzers do.
///
/// # Errors
/// As [`read_file`].
pub fn read_bytes(bytes: &[u8], name: &str, limits: &Limits, take: &mut impl Take) -> Result<(), Stop> {
    if bytes.len() as u64 > limits.file {
        return Err(Stop::Faults(too_large(name, limits)));
    }
    read(Cursor::new(bytes), bytes.len() as u64, name, limits, take)
}

/// What is said of a file beyond the limit.
pub(crate) fn too_large(name: &str, limits: &Limits) -> Faults {
    let limit = limits.file >> 20;
    Faults::whole(
        name,
        format!("文件超过 {limit} MB，没有读取：请拆分后导入"),
        format!("the file is larger than {limit} MB and was not read: split it"),
    )
}

fn read<F: BufRead + Seek>(
    mut file: F,
    size: u64,
    name: &str,
    limits: &Limits,
    take: &mut impl Take,
) -> Result<(), Stop> {
    let mut start = [0; 4096];
    let mut length = 0;
    while length < start.len() {
        match file.read(&mut start[length..])? {
            0 => break,
            more => length += more,
        }
    }
    file.seek(SeekFrom::Start(0))?;
    let start = &start[..length];
    if let Some(message) = no_sheet(start) {
        let mut faults = Faults::new(name);
        faults.add(0, None, message);
        return Err(Stop::Faults(faults));
    }
    if start.starts_with(b"PK") { read_workbook(file, name, limits, take) } else { read_csv(file, size, name, take) }
}

/// What a file is that is neither a workbook nor text.
fn no_sheet(start: &[u8]) -> Option<Text> {
    let text = |zh: &str, en: &str| {
        Some(Text::new(format!("{zh}：请另存为 .xlsx 或 .csv 后再导入"), format!("{en}: save it as .xlsx or .csv")))
    };
    let trimmed = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(start).trim_ascii_start();
    let is_utf16 = start.starts_with(b"\xff\xfe") || start.starts_with(b"\xfe\xff");
    if trimmed.is_empty() {
        return Some(Text::new("文件是空的：请检查是否选错了文件", "the file is empty: check which one was chosen"));
    }
    if start.starts_with(b"\xd0\xcf\x11\xe0") {
        return text(
            "这是旧版 Excel（.xls）或加了密码的文件",
            "this is an old Excel file (.xls) or one with a password",
        );
    }
    if start.starts_with(b"%PDF") {
        return text("这是 PDF 文件", "this is a PDF");
    }
    if start.starts_with(b"{\\rtf") {
        return text("这是 RTF 文档", "this is an RTF document");
    }
    if trimmed.starts_with(b"<") {
        return text(
            "这是网页或 XML 文件（有的系统导出的“.xls”其实是网页）",
            "this is a web page or XML, whatever its name",
        );
    }
    if trimmed.starts_with(b"{") || trimmed.starts_with(b"[") {
        return text("这是 JSON 文件", "this is JSON");
    }
    if !start.starts_with(b"PK") && !is_utf16 && start.contains(&0) {
        return text("这不是表格文件", "this is no sheet");
    }
    None
}

fn read_workbook<F: Read + BufRead + Seek>(
    mut file: F,
    name: &str,
    limits: &Limits,
    take: &mut impl Take,
) -> Result<(), Stop> {
    let whole = |message: Text| {
        let mut faults = Faults::new(name);
        faults.add(0, None, message);
        Stop::Faults(faults)
    };
    let contents = archive::inspect(&mut file, limits).map_err(whole)?;
    file.seek(SeekFrom::Start(0))?;
    let broken = |error: XlsxError| {
        whole(Text::new(
            format!("工作簿读不出来（{error}）：请用 Excel 或 WPS 重新保存后再试"),
            format!("the workbook cannot be read ({error}): save it again"),
        ))
    };
    let mut workbook: Xlsx<F> = Xlsx::new(file).map_err(broken)?;
    let names = workbook.sheet_names();
    let wanted = take.wanted();
    let sheet = match (names.iter().find(|sheet| sheet.trim() == wanted), names.as_slice()) {
        (Some(sheet), _) => sheet.clone(),
        (None, [only]) => only.clone(),
        (None, _) => {
            let found = names.join("、");
            return Err(whole(Text::new(
                format!("没有名为“{wanted}”的工作表，现有：{found}。请把要导入的一张改成这个名字"),
                format!("there is no sheet named “{wanted}”, only: {found}. Rename the one to import"),
            )));
        }
    };
    let merges = workbook.merge_cells_by_sheet_name(&sheet).map_err(broken)?;
    take.open(Opening { sheet: sheet.clone(), notices: contents.notices, merges: merges.iter().map(merge).collect() });
    let mut cells = workbook.worksheet_cells_reader(&sheet).map_err(broken)?;
    let percent: Vec<bool> = cells
        .styles()
        .iter()
        .map(|style| style.number_format.as_ref().is_some_and(|format| format.format_code.contains('%')))
        .collect();
    // A sheet says itself how far it reaches; wrong or missing, only the progress bar suffers.
    let rows = u64::from(cells.dimensions().end.0) + 1;
    let mut row = Row::default();
    while let Some((cell, style)) = cells.next_cell_with_style_id().map_err(broken)? {
        let (number, column) = cell.get_position();
        let number = number.saturating_add(1);
        if number != row.number {
            if !row.cells.is_empty() {
                take.row(std::mem::take(&mut row), u64::from(number), rows);
            }
            row.number = number;
        }
        let percent = percent.get(style).copied().unwrap_or(false);
        if let Some(cell) = workbook_cell(cell.get_value(), percent) {
            row.cells.push((usize::try_from(column).unwrap_or(usize::MAX), cell));
        }
    }
    if !row.cells.is_empty() {
        take.row(row, rows, rows);
    }
    Ok(())
}

fn merge(area: &Dimensions) -> Merge {
    let column = |at: u32| usize::try_from(at).unwrap_or(usize::MAX);
    Merge {
        rows: (area.start.0.saturating_add(1), area.end.0.saturating_add(1)),
        columns: (column(area.start.1), column(area.end.1)),
    }
}

fn workbook_cell(value: &DataRef<'_>, percent: bool) -> Option<Cell> {
    match value {
        DataRef::Empty => None,
        DataRef::String(text) => text_cell(text),
        DataRef::SharedString(text) => text_cell(text),
        DataRef::Bool(yes) => text_cell(if *yes { "是" } else { "否" }),
        DataRef::Int(number) => Some(Cell::Number(Decimal::from(*number))),
        DataRef::Float(number) => Some(number_cell(*number, percent)),
        DataRef::DateTime(day) => {
            let (year, month, day_of_month, ..) = day.to_ymd_hms_milli();
            let read = NaiveDate::from_ymd_opt(i32::from(year), u32::from(month), u32::from(day_of_month));
            Some(read.filter(|_| day.is_datetime()).map_or_else(|| number_cell(day.as_f64(), percent), Cell::Day))
        }
        DataRef::DateTimeIso(text) => {
            let day = text.get(..10).and_then(|day| day.parse().ok());
            day.map_or_else(|| text_cell(text), |day| Some(Cell::Day(day)))
        }
        DataRef::DurationIso(text) => text_cell(text),
        DataRef::Error(error) => Some(Cell::Failed(match error {
            CellErrorType::Div0 => "#DIV/0!",
            CellErrorType::NA => "#N/A",
            CellErrorType::Name => "#NAME?",
            CellErrorType::Null => "#NULL!",
            CellErrorType::Num => "#NUM!",
            CellErrorType::Ref => "#REF!",
            CellErrorType::Value => "#VALUE!",
            _ => "#ERROR!",
        })),
    }
}

/// Spreadsheets keep fifteen digits: 0.1 + 0.2 is 0.3 there, and here. A cell shown as 56 % holds 0.56.
fn number_cell(number: f64, percent: bool) -> Cell {
    let shortest = number.to_string();
    let exact = shortest.parse::<Decimal>().ok().and_then(|exact| exact.round_sf(15));
    match exact {
        Some(share) if percent => share
            .checked_mul(Decimal::ONE_HUNDRED)
            .map_or(Cell::Text(shortest), |percent| Cell::Text(format!("{}%", percent.normalize()))),
        Some(exact) => Cell::Number(exact.normalize()),
        None => Cell::Text(shortest),
    }
}

fn text_cell(text: &str) -> Option<Cell> {
    let text = text.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}' || c == '\u{200b}');
    // Spreadsheets put an apostrophe before text that would else be a formula, and so do we.
    let text = match text.strip_prefix('\'') {
        Some(rest) if rest.starts_with(['=', '+', '-', '@']) => rest,
        _ => text,
    };
    (!text.is_empty()).then(|| Cell::Text(text.to_owned()))
}

fn read_csv<F: BufRead + Seek>(mut file: F, size: u64, name: &str, take: &mut impl Take) -> Result<(), Stop> {
    let encoding = match encoding::detect(&mut file)? {
        Ok(encoding) => encoding,
        Err(fault) => {
            let mut faults = Faults::new(name);
            faults.add(fault.line, None, fault.message);
            return Err(Stop::Faults(faults));
        }
    };
    file.seek(SeekFrom::Start(0))?;
    let mut text = BufReader::with_capacity(1 << 16, Decoded::new(file, encoding));
    let delimiter = delimiter(text.fill_buf()?);
    let mut opening = Opening { sheet: name.to_owned(), ..Opening::default() };
    if encoding != encoding_rs::UTF_8 {
        let encoding = encoding::name(encoding);
        opening.notices.push(Text::new(format!("文件编码为 {encoding}"), format!("the file is in {encoding}")));
    }
    take.open(opening);
    let mut rows = csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(text);
    let mut record = csv::StringRecord::new();
    let (mut inner_lines, mut last) = (0, 0);
    loop {
        let line = u32::try_from(rows.position().line()).unwrap_or(u32::MAX);
        match rows.read_record(&mut record) {
            Ok(true) => {}
            Ok(false) => return Ok(()),
            Err(error) => return Err(unreadable(name, line, error)),
        }
        let at = record.position().map_or(0, |position| position.byte());
        let line = record.position().map_or(line, |position| u32::try_from(position.line()).unwrap_or(u32::MAX));
        // Line breaks inside quotes do not make rows.
        let number = line.saturating_sub(inner_lines).max(last + 1);
        last = number;
        let breaks: usize = record.iter().map(|field| field.bytes().filter(|byte| *byte == b'\n').count()).sum();
        inner_lines = inner_lines.saturating_add(u32::try_from(breaks).unwrap_or(u32::MAX));
        if let Some(column) = record.iter().position(|field| field.chars().count() > LONGEST_CELL) {
            let mut faults = Faults::new(name);
            faults.add_at(
                number,
                column,
                "",
                Text::new(
                    "文字过长，多半是引号没有成对：请检查这一格开头的引号",
                    "the text is too long, most likely a quote without its pair: check the quotes of this cell",
                ),
            );
            return Err(Stop::Faults(faults));
        }
        if number > LAST_ROW {
            return Err(Stop::Faults(Faults::whole(
                name,
                format!("行数超过 {LAST_ROW}，请拆分后导入"),
                format!("there are more than {LAST_ROW} rows: split the file"),
            )));
        }
        let cells: Vec<_> = record.iter().enumerate().filter_map(|(at, field)| Some((at, text_cell(field)?))).collect();
        if !cells.is_empty() {
            take.row(Row { number, cells }, at, size);
        }
    }
}

fn unreadable(name: &str, line: u32, error: csv::Error) -> Stop {
    match error.into_kind() {
        csv::ErrorKind::Io(error) if error.kind() != io::ErrorKind::InvalidData => Stop::File(error),
        _ => {
            let mut faults = Faults::new(name);
            faults.add(
                line,
                None,
                Text::new("这一行读不出来，请检查引号", "this line cannot be read: check its quotes"),
            );
            Stop::Faults(faults)
        }
    }
}

/// The delimiter that shows the most headings in the first lines.
fn delimiter(start: &[u8]) -> u8 {
    let start = String::from_utf8_lossy(start);
    let headings = |delimiter: &u8| {
        let cells = start.lines().take(10).flat_map(|line| line.split(char::from(*delimiter)));
        cells.filter(|cell| Column::find(cell.trim_matches('"')).is_some()).count()
    };
    // The last of equals wins, and the comma is the usual one.
    [b';', b'\t', b','].into_iter().max_by_key(headings).unwrap_or(b',')
}
