//! Shares as a sheet: a template with the places or bodies that may get one, and the same sheet read back.

use figures::Decimal;
use kernel::{Lang, Text};
use rust_decimal::prelude::ToPrimitive;
use rust_xlsxwriter::{Format, Workbook, XlsxError};
use uploaded::Collected;
use web::{Error, Result, UploadedFile};

use super::split::{Below, Split, WantedLine};
use crate::sheet::archive::Limits;
use crate::sheet::faults::Faults;
use crate::sheet::read::{self, Cell, Stop};

mod uploaded;

const CODE: &str = "区划代码";
const PLACE: &str = "地区";
const BODY: &str = "承担单位";
const SHARE: &str = "分解目标";

/// The sheet to fill in: one row for each place or body, with what stands.
///
/// # Errors
/// When the workbook cannot be put together.
pub(super) fn template(split: &Split) -> Result<Vec<u8>> {
    build(split).map_err(Error::fault)
}

fn build(split: &Split) -> std::result::Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    sheet.set_name("分解")?;
    sheet.set_freeze_panes(1, 0)?;
    let (bold, text) = (Format::new().set_bold(), Format::new().set_num_format("@"));
    sheet.set_column_format(0, &text)?;
    for (column, heading) in (0_u16..).zip([CODE, PLACE, BODY, SHARE]) {
        sheet.set_column_width(column, 18)?;
        sheet.write_string_with_format(0, column, heading, &bold)?;
    }
    for (row, line) in (1_u32..).zip(&split.lines) {
        sheet.write_string_with_format(row, 0, line.region.short(), &text)?;
        let is_body = line.organisation.is_some();
        sheet.write_string(row, 1, if is_body { &split.place_name } else { &line.name })?;
        if is_body {
            sheet.write_string(row, 2, &line.name)?;
        }
        match line.held.as_ref().and_then(|share| share.target.value.to_f64()) {
            Some(value) => sheet.write_number(row, 3, value)?,
            None => sheet.write_string(row, 3, "")?,
        };
    }
    workbook.save_to_buffer()
}

/// Reads a sheet of shares for the lines of `split`; nothing is written. What the sheet does not name stays.
///
/// # Errors
/// Everything that is wrong with the sheet, by row and column.
pub(super) async fn read(file: UploadedFile, split: &Split) -> Result<std::result::Result<Vec<WantedLine>, Faults>> {
    let taken = tokio::task::spawn_blocking(move || {
        let mut taken = Collected::default();
        read::read_file(file.path(), &file.name, &Limits::default(), &mut taken).map(|()| taken)
    });
    match taken.await.map_err(Error::fault)? {
        Ok(taken) => Ok(lines(&taken, split)),
        Err(Stop::Faults(faults)) => Ok(Err(faults)),
        Err(Stop::File(error)) => Err(Error::fault(error)),
    }
}

fn lines(taken: &Collected, split: &Split) -> std::result::Result<Vec<WantedLine>, Faults> {
    let mut faults = Faults::new(&taken.sheet);
    let headed = taken.rows.iter().position(|row| row.cells.iter().any(|(_, cell)| says(cell) == SHARE));
    let Some(headed) = headed else {
        let zh = format!("没有找到表头“{SHARE}”：请用下载的模板填写");
        faults.add(0, None, Text::new(zh, format!("there is no heading “{SHARE}”: use the template")));
        return Err(faults);
    };
    let column = |name: &str| taken.rows[headed].cells.iter().find(|(_, cell)| says(cell) == name).map(|(at, _)| *at);
    let (code, place, body, share) = (column(CODE), column(PLACE), column(BODY), column(SHARE).unwrap_or_default());
    let mut wanted = Vec::new();
    for row in &taken.rows[headed + 1..] {
        let cell = |at: Option<usize>| row.cells.iter().find(|(column, _)| Some(*column) == at).map(|(_, cell)| cell);
        let text = |at: Option<usize>| cell(at).map(says).unwrap_or_default();
        let (told_code, told_place, told_body) = (text(code), text(place), text(body));
        let typed = match cell(Some(share)) {
            Some(Cell::Day(_) | Cell::Failed(_)) => {
                faults.add_at(row.number, share, SHARE, Text::new("要填数字", "a number is needed"));
                continue;
            }
            Some(cell) => says(cell),
            None => String::new(),
        };
        let known = if split.below == Below::Bodies {
            split.lines.iter().find(|line| line.name == told_body)
        } else {
            let by_code = || {
                let code: kernel::RegionCode = told_code.parse().ok()?;
                split.lines.iter().find(|line| line.region == code)
            };
            by_code().or_else(|| split.lines.iter().find(|line| told_code.is_empty() && line.name == told_place))
        };
        match known {
            Some(line) if wanted.iter().any(|one: &WantedLine| one.key == line.key) => {
                let zh = format!("“{}”出现了两次：请留一行", line.name);
                faults.add(row.number, None, Text::new(zh, format!("“{}” stands there twice", line.name)));
            }
            Some(line) => wanted.push(WantedLine {
                key: line.key.clone(),
                body: String::new(),
                typed,
                was: line.held.as_ref().map(|held| held.entry),
            }),
            None if split.below == Below::Bodies && !told_body.is_empty() => {
                wanted.push(WantedLine { body: told_body, typed, ..WantedLine::default() });
            }
            None if typed.is_empty() => {}
            None => {
                let (at, heading) = if split.below == Below::Bodies { (body, BODY) } else { (code.or(place), CODE) };
                let told = if told_code.is_empty() { &told_place } else { &told_code };
                let zh = format!("“{told}”不在{}之下：请核对代码和名称", split.place_name);
                let en = format!("“{told}” does not lie below {}", split.place_name);
                faults.add_at(row.number, at.unwrap_or_default(), heading, Text::new(zh, en));
            }
        }
    }
    if wanted.is_empty() && faults.is_empty() {
        faults.add(0, None, Text::new("表里没有可以分解到的地区或单位", "the sheet names no place or body"));
    }
    faults.into_result().map(|()| wanted)
}

/// A cell as somebody would have typed it.
fn says(cell: &Cell) -> String {
    match cell {
        Cell::Text(text) => text.trim().to_owned(),
        Cell::Number(number) => plain(*number),
        Cell::Day(day) => day.to_string(),
        Cell::Failed(error) => (*error).to_owned(),
    }
}

fn plain(number: Decimal) -> String {
    number.normalize().to_string()
}

/// The name under which the template is saved.
pub(super) fn file_name(lang: Lang, indicator: &str, place: &str) -> String {
    format!("{}-{indicator}-{place}.xlsx", lang.t("分解", "shares"))
}
