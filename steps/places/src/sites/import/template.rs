//! The empty sheet of sites.

use rust_xlsxwriter::{DataValidation, Format, Workbook, XlsxError};
use store::{Error, Result};

use super::columns::{COLUMNS, Column};
use crate::sites::words::Stage;

/// The name of the sheet; it is the only one that is read, so that one file may hold others.
const SHEET: &str = "民生实事项目";

/// Rows with a choice of stages.
const ROWS: u32 = 2_000;

/// A workbook with the headings, what each wants, and no site.
///
/// # Errors
/// When it cannot be written.
pub fn template() -> Result<Vec<u8>> {
    write().map_err(|error| Error::from(std::io::Error::other(error)))
}

fn write() -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let bold = Format::new().set_bold();
    let sheet = workbook.add_worksheet();
    sheet.set_name(SHEET)?.set_freeze_panes(1, 0)?;
    for (at, (column, heading, _, _, hint)) in (0_u16..).zip(COLUMNS) {
        sheet.set_column_width(at, 16)?;
        sheet.write_string_with_format(0, at, heading, &bold)?;
        if !hint.is_empty() {
            sheet.insert_note(0, at, &rust_xlsxwriter::Note::new(hint).set_author("民生实事"))?;
        }
        if column == Column::Stage {
            let names = Stage::ALL.map(|stage| stage.name().zh);
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            sheet.add_data_validation(1, at, ROWS, at, &DataValidation::new().allow_list_strings(&names)?)?;
        }
    }
    let at = u16::try_from(COLUMNS.len()).unwrap_or(u16::MAX);
    sheet.write_string_with_format(0, at, "属性：地域", &bold)?;
    let about = workbook.add_worksheet();
    about.set_name("填写说明")?;
    for (at, heading) in (0_u16..).zip(["列", "English", "例", "说明"]) {
        about.set_column_width(at, 28)?;
        about.write_string_with_format(0, at, heading, &bold)?;
    }
    for (row, (_, zh, en, example, hint)) in (1_u32..).zip(COLUMNS) {
        for (at, text) in (0_u16..).zip([zh, en, example, hint]) {
            about.write_string(row, at, text)?;
        }
    }
    let last = u32::try_from(COLUMNS.len()).unwrap_or(u32::MAX) + 1;
    for (at, text) in (0_u16..).zip(["属性：…", "attribute: …", "农村", "自己的属性，一列一个；按它可以分项汇总"])
    {
        about.write_string(last, at, text)?;
    }
    workbook.save_to_buffer()
}
