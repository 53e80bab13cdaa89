//! The workbook that a body downloads.

use kernel::Lang;
use rust_xlsxwriter::{Color, DataValidation, Format, Workbook, XlsxError};
use store::Result;

use super::columns::Column;
use crate::names::Names;
use crate::returns::sight::{content_of, shown};
use crate::returns::{Batch, Beside};
use crate::words::Cause;

/// The cells of a row, in the order of the columns.
pub(super) type Line = Vec<String>;

/// One row for each line of each return; what belongs to the return stands in its first row.
pub(super) fn lines(batch: &Batch, beside: &Beside, names: &Names, lang: Lang) -> Result<Vec<Line>> {
    let mut lines = Vec::new();
    for row in &batch.returns {
        let content = content_of(batch, row);
        for (at, line) in shown(batch, beside, row, (&content, None), lang)?.into_iter().enumerate() {
            let once = |text: &str| if at == 0 { text.to_owned() } else { String::new() };
            let cell = |column: &Column| match column {
                Column::Project => names.project(row),
                Column::Place => names.place(row),
                Column::Body => names.body(row),
                Column::Indicator if line.is_part => format!("其中：{}", line.name),
                Column::Indicator => line.name.clone(),
                Column::Unit => line.unit.clone(),
                Column::Target => line.target.clone(),
                Column::Last => line.last.clone(),
                Column::Raw => line.raw.clone(),
                Column::Reason => line.reason.clone(),
                Column::Image => once(&content.image),
                Column::Places => once(&content.places),
                Column::Problem => once(&content.problem),
                Column::Cause => once(&content.cause.map(|cause| cause.name().zh).unwrap_or_default()),
                Column::Number => line.number.to_string(),
                Column::Key => row.id.to_string(),
                Column::Version => row.version.to_string(),
            };
            lines.push(Column::ALL.iter().map(cell).collect());
        }
    }
    Ok(lines)
}

/// The workbook: what is filled in stands on white, the rest is grey.
pub(super) fn workbook(lines: &[Line]) -> std::result::Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    sheet.set_name("填报")?;
    sheet.set_freeze_panes(1, 4)?;
    let bold = Format::new().set_bold().set_background_color(Color::RGB(0xEF_ED_E6));
    let fill = Format::new().set_num_format("@");
    let fixed = Format::new()
        .set_num_format("@")
        .set_font_color(Color::RGB(0x6B_66_5C))
        .set_background_color(Color::RGB(0xF6_F4_EE));
    for (column, name) in (0_u16..).zip(Column::ALL) {
        let width = match name {
            Column::Project | Column::Indicator | Column::Reason | Column::Places | Column::Problem => 26.0,
            _ => 13.0,
        };
        sheet.set_column_width(column, width)?;
        sheet.write_string_with_format(0, column, name.heading(), &bold)?;
    }
    for (at, line) in (1_u32..).zip(lines) {
        for ((column, name), text) in (0_u16..).zip(Column::ALL).zip(line) {
            let format = if name.is_filled_in() { &fill } else { &fixed };
            sheet.write_string_with_format(at, column, text, format)?;
        }
    }
    let last = u32::try_from(lines.len()).unwrap_or(1).max(1);
    let causes: Vec<String> = Cause::ALL.iter().map(|cause| cause.name().zh).collect();
    let at = (0_u16..).zip(Column::ALL).find(|(_, name)| **name == Column::Cause).map_or(0, |(at, _)| at);
    sheet.add_data_validation(1, at, last, at, &DataValidation::new().allow_list_strings(&causes)?)?;
    workbook.save_to_buffer()
}
