//! Lists as sheets: CSV and XLSX with headings in the language asked for.

use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use chrono::NaiveDate;
use kernel::{Lang, Text};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook, XlsxError};
use serde::Serialize;

use crate::listing::escape;
use crate::{Error, Result};

/// A row of a list that can be downloaded.
pub trait Row: Serialize {
    /// The name of the file, without ending.
    fn file_name() -> Text;

    /// The headings, in the order of the cells.
    fn headings() -> Vec<Text>;

    /// The cells.
    fn cells(&self, lang: Lang) -> Vec<Cell>;
}

/// One cell.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Words.
    Text(String),
    /// A number.
    Number(Decimal),
    /// A day.
    Day(NaiveDate),
    /// Nothing, which is not zero.
    Empty,
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<Decimal> for Cell {
    fn from(number: Decimal) -> Self {
        Self::Number(number)
    }
}

impl From<i64> for Cell {
    fn from(number: i64) -> Self {
        Self::Number(number.into())
    }
}

impl From<NaiveDate> for Cell {
    fn from(day: NaiveDate) -> Self {
        Self::Day(day)
    }
}

impl<T: Into<Cell>> From<Option<T>> for Cell {
    fn from(cell: Option<T>) -> Self {
        cell.map_or(Self::Empty, Into::into)
    }
}

impl Cell {
    fn written(&self) -> String {
        match self {
            Self::Text(text) => harmless(text),
            Self::Number(number) => number.to_string(),
            Self::Day(day) => day.to_string(),
            Self::Empty => String::new(),
        }
    }
}

/// Text that a spreadsheet would run as a formula gets an apostrophe in front.
fn harmless(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() }
}

/// CSV in UTF-8 with a byte order mark.
pub(crate) fn csv<T: Row>(rows: &[T], lang: Lang) -> Result<Response> {
    let mut writer = csv::Writer::from_writer(b"\xef\xbb\xbf".to_vec());
    writer.write_record(T::headings().iter().map(|heading| heading.get(lang))).map_err(Error::fault)?;
    for row in rows {
        writer.write_record(row.cells(lang).iter().map(Cell::written)).map_err(Error::fault)?;
    }
    let bytes = writer.into_inner().map_err(|error| Error::fault(error.into_error()))?;
    Ok(file(bytes, "text/csv; charset=utf-8", &format!("{}.csv", T::file_name().get(lang))))
}

/// An Excel workbook, written off the threads that serve pages.
pub(crate) async fn xlsx<T: Row + Send + 'static>(rows: Vec<T>, lang: Lang) -> Result<Response> {
    let written = tokio::task::spawn_blocking(move || workbook(&rows, lang)).await;
    let bytes = written.map_err(Error::fault)?.map_err(Error::fault)?;
    let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    Ok(file(bytes, kind, &format!("{}.xlsx", T::file_name().get(lang))))
}

fn workbook<T: Row>(rows: &[T], lang: Lang) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet_with_constant_memory()?;
    let (bold, day) = (Format::new().set_bold(), Format::new().set_num_format("yyyy-mm-dd"));
    sheet.set_freeze_panes(1, 0)?;
    for (column, heading) in (0_u16..).zip(T::headings()) {
        sheet.set_column_width(column, 18)?;
        sheet.write_string_with_format(0, column, heading.get(lang), &bold)?;
    }
    for (row, line) in (1_u32..).zip(rows) {
        for (column, cell) in (0_u16..).zip(line.cells(lang)) {
            match cell {
                Cell::Text(text) => sheet.write_string(row, column, text)?,
                Cell::Number(number) => match number.to_f64() {
                    Some(float) => sheet.write_number(row, column, float)?,
                    None => sheet.write_string(row, column, number.to_string())?,
                },
                Cell::Day(date) => sheet.write_datetime_with_format(
                    row,
                    column,
                    ExcelDateTime::parse_from_str(&date.to_string())?,
                    &day,
                )?,
                Cell::Empty => sheet,
            };
        }
    }
    workbook.save_to_buffer()
}

/// A response that the browser keeps as a file.
pub fn file(bytes: Vec<u8>, content_type: &'static str, name: &str) -> Response {
    let disposition = format!("attachment; filename*=UTF-8''{}", escape(name));
    ([(CONTENT_TYPE, content_type.to_owned()), (CONTENT_DISPOSITION, disposition)], bytes).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_runs_as_a_formula_and_numbers_stay_numbers() {
        for text in ["=1+1", "+86", "-2", "@SUM(A1)"] {
            assert_eq!(Cell::from(text).written(), format!("'{text}"));
        }
        assert_eq!(Cell::from(Decimal::new(-25, 1)).written(), "-2.5");
        assert_eq!(Cell::from(Option::<i64>::None).written(), "");
    }
}
