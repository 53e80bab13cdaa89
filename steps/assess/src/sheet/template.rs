//! The sheet to fill in: every subject with every input that may be entered, and what stands.

use kernel::Lang;
use rust_xlsxwriter::{Format, Workbook, XlsxError};
use store::amount;
use web::{Error, Result};

use super::{HEADINGS, SHEET};
use crate::readings::Subject;
use crate::scheme::Input;
use crate::tables::assessment_inputs::Model as Row;
use crate::words::InputKind;

/// Widths of the columns, in characters.
const WIDTHS: [u16; 10] = [24, 22, 18, 18, 10, 14, 8, 18, 36, 24];

/// The workbook. Of an input that stands several times for a subject each has its row.
///
/// # Errors
/// When it cannot be put together.
pub(super) fn template(subjects: &[Subject], inputs: &[(&Input, String)], standing: &[&Row]) -> Result<Vec<u8>> {
    build(subjects, inputs, standing).map_err(Error::fault)
}

fn build(
    subjects: &[Subject],
    inputs: &[(&Input, String)],
    standing: &[&Row],
) -> std::result::Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    sheet.set_name(SHEET)?;
    sheet.set_freeze_panes(1, 0)?;
    let (bold, text) = (Format::new().set_bold(), Format::new().set_num_format("@"));
    for ((column, heading), width) in (0_u16..).zip(HEADINGS).zip(WIDTHS) {
        sheet.set_column_format(column, &text)?;
        sheet.set_column_width(column, width)?;
        sheet.write_string_with_format(0, column, heading, &bold)?;
    }
    let mut at = 0;
    for subject in subjects {
        let key = subject.key();
        for (input, name) in inputs {
            let own: Vec<&&Row> = standing.iter().filter(|row| row.subject == key && row.input == input.code).collect();
            let rows = if own.is_empty() { vec![None] } else { own.into_iter().map(Some).collect() };
            for row in rows {
                at += 1;
                let told = row.map(|row| written(row, input.kind)).unwrap_or_default();
                let cells = [key.as_str(), &subject.name, &input.code, name].map(str::to_owned);
                for (column, cell) in (0_u16..).zip(cells.into_iter().chain(told)) {
                    sheet.write_string_with_format(at, column, cell, &text)?;
                }
            }
        }
    }
    notes(&mut workbook, inputs)?;
    workbook.save_to_buffer()
}

/// Value, among, month, label, source and an empty reason, as somebody would type them.
fn written(row: &Row, kind: InputKind) -> [String; 6] {
    let value = row.value.map(amount::from_stored);
    let value = match (value, kind) {
        (Some(value), InputKind::Fact) => if value.is_zero() { "否" } else { "是" }.to_owned(),
        (Some(value), _) => value.normalize().to_string(),
        (None, _) => String::new(),
    };
    let among = row.among.map(|among| among.to_string()).unwrap_or_default();
    let month = if row.month > 0 { row.month.to_string() } else { String::new() };
    [value, among, month, row.label.clone(), row.source.clone(), String::new()]
}

/// A second sheet that says how the first is filled in.
fn notes(workbook: &mut Workbook, inputs: &[(&Input, String)]) -> std::result::Result<(), XlsxError> {
    let sheet = workbook.add_worksheet();
    sheet.set_name("填表说明")?;
    sheet.set_column_width(0, 22)?;
    sheet.set_column_width(1, 80)?;
    let lines = [
        ("对象代码、内容代码", "照模板，不要改；名称只供核对"),
        ("数值", "百分比填 98.5；事实填 是 或 否；留空的行不读，原来的录入不变（撤回请在网页上办）"),
        ("参加排名家数", "只有名次要填"),
        ("月份", "只有按月的要填，1 到 12；一个月一行"),
        ("所指", "同一内容有几个数时区分，如项目名称；可以自己加行"),
        ("出处", "必填：文件、调查或通报的名称、文号和日期"),
        ("更正理由", "改动已录入的数时必填"),
    ];
    let kinds = inputs.iter().map(|(input, name)| (name.as_str(), input.kind.name().zh));
    let lines = lines.into_iter().map(|(name, says)| (name, says.to_owned()));
    for (row, (name, says)) in (0_u32..).zip(lines.chain(kinds.map(|(name, kind)| (name, kind.to_string())))) {
        sheet.write_string(row, 0, name)?;
        sheet.write_string(row, 1, says)?;
    }
    Ok(())
}

/// The name under which the template is saved.
pub(super) fn file_name(lang: Lang, title: &str) -> String {
    format!("{}-{title}.xlsx", lang.t("考核数据", "assessment-inputs"))
}
