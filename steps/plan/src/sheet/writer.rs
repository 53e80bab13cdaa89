//! Writing the programme sheet as CSV or XLSX, and the empty template.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use figures::Decimal;
use figures::Qualifier;
use ledger::words::{Accumulation, Direction, FundSource, Kind, Purpose};
use rust_xlsxwriter::{Color, DataValidation, ExcelDateTime, Workbook, Worksheet, XlsxError};
use store::{Error, Result};

use super::columns::{Column, SHEET};

/// The form of a sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// An Excel workbook.
    Xlsx,
    /// CSV in UTF-8 with a byte order mark, which Excel needs for Chinese.
    Csv,
}

impl Format {
    /// The form that a file's name asks for; a workbook unless it ends in `.csv`.
    pub fn of_name(name: &str) -> Self {
        if name.to_lowercase().ends_with(".csv") { Self::Csv } else { Self::Xlsx }
    }

    /// The ending of such a file's name.
    pub fn ending(self) -> &'static str {
        match self {
            Self::Xlsx => "xlsx",
            Self::Csv => "csv",
        }
    }

    /// The media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Csv => "text/csv; charset=utf-8",
        }
    }
}

/// A cell to be written.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Written {
    Text(String),
    Number(Decimal),
    Day(NaiveDate),
}

/// A sheet under way.
pub(super) enum SheetWriter {
    Csv(Box<csv::Writer<Vec<u8>>>),
    Xlsx(Box<Workbook>, u32),
}

impl SheetWriter {
    /// A sheet with its headings.
    pub(super) fn new(format: Format) -> Result<Self> {
        match format {
            Format::Csv => {
                let mut writer = csv::Writer::from_writer(b"\xef\xbb\xbf".to_vec());
                writer.write_record(Column::ALL.iter().map(|column| column.heading())).map_err(csv_failed)?;
                Ok(Self::Csv(Box::new(writer)))
            }
            Format::Xlsx => {
                let mut workbook = Workbook::new();
                let sheet = workbook.add_worksheet_with_constant_memory().map_err(xlsx_failed)?;
                head(sheet).map_err(xlsx_failed)?;
                Ok(Self::Xlsx(Box::new(workbook), 0))
            }
        }
    }

    pub(super) fn row(&mut self, cells: &BTreeMap<Column, Written>) -> Result<()> {
        match self {
            Self::Csv(writer) => {
                let line = Column::ALL.iter().map(|column| cells.get(column).map_or_else(String::new, as_text));
                writer.write_record(line).map_err(csv_failed)
            }
            Self::Xlsx(workbook, row) => {
                *row += 1;
                let sheet = workbook.worksheet_from_index(0).map_err(xlsx_failed)?;
                write_cells(sheet, *row, cells).map_err(xlsx_failed)
            }
        }
    }

    pub(super) fn finish(self) -> Result<Vec<u8>> {
        match self {
            Self::Csv(writer) => writer.into_inner().map_err(|error| Error::File(error.into_error())),
            Self::Xlsx(mut workbook, _) => workbook.save_to_buffer().map_err(xlsx_failed),
        }
    }
}

fn csv_failed(error: csv::Error) -> Error {
    Error::File(std::io::Error::other(error))
}

fn xlsx_failed(error: XlsxError) -> Error {
    Error::File(std::io::Error::other(error))
}

fn as_text(cell: &Written) -> String {
    match cell {
        // An apostrophe keeps spreadsheets from running text as a formula; the reader takes it off again.
        Written::Text(text) if text.starts_with(['=', '+', '-', '@']) && text.parse::<Decimal>().is_err() => {
            format!("'{text}")
        }
        Written::Text(text) => text.clone(),
        Written::Number(number) => number.to_string(),
        Written::Day(day) => day.to_string(),
    }
}

fn at(column: Column) -> u16 {
    column as u16
}

fn write_cells(
    sheet: &mut Worksheet,
    row: u32,
    cells: &BTreeMap<Column, Written>,
) -> std::result::Result<(), XlsxError> {
    use rust_decimal::prelude::ToPrimitive;
    let day_format = rust_xlsxwriter::Format::new().set_num_format("yyyy-mm-dd");
    for (column, cell) in cells {
        match cell {
            Written::Text(text) => sheet.write_string(row, at(*column), text)?,
            Written::Number(number) => match number.to_f64() {
                Some(float) => sheet.write_number(row, at(*column), float)?,
                None => sheet.write_string(row, at(*column), number.to_string())?,
            },
            Written::Day(day) => {
                let day = ExcelDateTime::parse_from_str(&day.to_string())?;
                sheet.write_datetime_with_format(row, at(*column), day, &day_format)?
            }
        };
    }
    Ok(())
}

fn head(sheet: &mut Worksheet) -> std::result::Result<(), XlsxError> {
    sheet.set_name(SHEET)?;
    sheet.set_freeze_panes(1, 0)?;
    let usual = rust_xlsxwriter::Format::new().set_bold().set_background_color(Color::RGB(0xEF_ED_E6));
    let needed = usual.clone().set_font_color(Color::RGB(0x9C_2A_1E));
    for column in Column::ALL {
        let heading = column.heading();
        let width = u16::try_from(heading.chars().count()).unwrap_or(8) * 2 + 4;
        sheet.set_column_width(at(*column), if *column == Column::Indicator { 28 } else { width })?;
        let format = if Column::NEEDED.contains(column) { &needed } else { &usual };
        sheet.write_string_with_format(0, at(*column), heading, format)?;
    }
    Ok(())
}

/// The empty template: the sheet to fill in, with choices, and a second sheet that explains every column.
///
/// # Errors
/// When the workbook cannot be put together.
pub fn template() -> Result<Vec<u8>> {
    build_template().map_err(xlsx_failed)
}

/// Rows of the template that offer choices.
const CHOICE_ROWS: u32 = 5_000;

fn build_template() -> std::result::Result<Vec<u8>, XlsxError> {
    let names = |texts: Vec<kernel::Text>| texts.into_iter().map(|text| text.zh).collect::<Vec<_>>();
    let choices = [
        (Column::Kind, names(Kind::ALL.iter().map(|value| value.name()).collect())),
        (Column::Accumulation, names(Accumulation::ALL.iter().map(|value| value.name()).collect())),
        (Column::Direction, names(Direction::ALL.iter().map(|value| value.name()).collect())),
        (Column::Purpose, names(Purpose::ALL.iter().map(|value| value.name()).collect())),
        (Column::Grain, names(kernel::Level::ALL.iter().map(|value| value.name()).collect())),
        (Column::FundSource, names(FundSource::ALL.iter().map(|value| value.name()).collect())),
        (Column::Breakdown, vec!["完整".to_owned(), "部分".to_owned()]),
        (Column::Qualifier, Qualifier::EVERY.iter().map(|value| value.name_zh().to_owned()).collect()),
    ];
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    head(sheet)?;
    for (column, list) in choices {
        // 地区 and 限定词 may hold more than the list, so a choice is offered, never forced.
        let validation = DataValidation::new().allow_list_strings(&list)?.show_error_message(false);
        sheet.add_data_validation(1, at(column), CHOICE_ROWS, at(column), &validation)?;
    }
    let text = rust_xlsxwriter::Format::new().set_num_format("@");
    for column in [Column::Programme, Column::Region] {
        sheet.set_column_format(at(column), &text)?;
    }
    let guide = workbook.add_worksheet();
    guide.set_name("填写说明")?;
    let bold = rust_xlsxwriter::Format::new().set_bold();
    let wrap = rust_xlsxwriter::Format::new().set_text_wrap();
    for (column, (title, width)) in (0_u16..).zip([("列", 18.0), ("怎么填", 70.0), ("示例", 22.0)]) {
        guide.set_column_width(column, width)?;
        guide.write_string_with_format(0, column, title, &bold)?;
    }
    for (row, column) in (1_u32..).zip(Column::ALL) {
        guide.write_string(row, 0, column.heading())?;
        guide.write_string_with_format(row, 1, column.hint(), &wrap)?;
        guide.write_string(row, 2, column.example())?;
    }
    workbook.save_to_buffer()
}
