//! A register as a sheet: the template to fill in, and reading one, every fault with its row and column.

use std::collections::BTreeMap;
use std::path::Path;

use chrono::NaiveDate;
use kernel::{Lang, Place, Problem, RegionCode, Text};
use plan::sheet::archive::Limits;
use plan::sheet::columns::letters;
use plan::sheet::read::{Cell, Opening, Row, Stop, Take, read_file};
use rust_xlsxwriter::{DataValidation, Format, Note, Workbook, XlsxError};
use store::Result;

use super::content::{Content, Typed, fields, region_named};
use super::keeping::Divisions;
use crate::catalogue::{AttributeKind, Service, Stage};

/// Rows of one sheet; a larger register comes in parts.
const MOST_ROWS: usize = 50_000;

/// One row of a sheet that was read.
pub type SheetRow = Content;

/// The rows of a sheet, as they were read.
#[derive(Default)]
struct Sheet {
    name: String,
    headings: Option<BTreeMap<usize, String>>,
    rows: Vec<(u32, BTreeMap<usize, String>)>,
    too_many: bool,
}

impl Take for Sheet {
    fn open(&mut self, opening: Opening) {
        self.name = opening.sheet;
    }

    fn row(&mut self, row: Row, _read: u64, _size: u64) {
        let cells = row.cells.into_iter().map(|(at, cell)| (at, text(&cell))).collect();
        match self.headings {
            None => self.headings = Some(cells),
            Some(_) if self.rows.len() >= MOST_ROWS => self.too_many = true,
            Some(_) => self.rows.push((row.number, cells)),
        }
    }
}

fn text(cell: &Cell) -> String {
    match cell {
        Cell::Text(text) => text.clone(),
        Cell::Number(number) => number.to_string(),
        Cell::Day(day) => day.to_string(),
        Cell::Failed(error) => (*error).to_owned(),
    }
}

/// A heading without its unit, blanks and star.
pub(crate) fn bare(heading: &str) -> String {
    let plain: String = heading.chars().filter(|c| !c.is_whitespace() && *c != '*').collect();
    plain.split(['（', '(']).next().unwrap_or_default().to_lowercase()
}

/// Reads a sheet of `service`. `allowed` says in which places somebody may write.
///
/// # Errors
/// Everything that is wrong with it, by sheet, row and column.
pub fn read(
    path: &Path,
    name: &str,
    limits: &Limits,
    service: &Service,
    (divisions, today): (&Divisions, NaiveDate),
    allowed: impl Fn(RegionCode) -> bool,
) -> Result<Vec<SheetRow>> {
    let mut sheet = Sheet::default();
    match read_file(path, name, limits, &mut sheet) {
        Ok(()) => {}
        Err(Stop::Faults(faults)) => return Err(faults.into()),
        Err(Stop::File(error)) => return Err(error.into()),
    }
    let fields = fields(service);
    let columns = columns(&sheet, &fields)?;
    let mut faults = Vec::new();
    let (mut contents, mut seen) = (Vec::new(), BTreeMap::new());
    let heading = |field: &str| fields.iter().find(|(name, _)| name == field).map(|(_, heading)| heading.clone());
    for (number, cells) in &sheet.rows {
        let mut place = |field: &str, message: Text| {
            let at = columns.iter().find(|(_, known)| known.as_str() == field).map(|(at, _)| letters(*at));
            let heading = heading(field).unwrap_or_else(|| Text::new(field, field));
            let (sheet, at) = (&sheet.name, at.unwrap_or_default());
            faults.push(Place {
                at: Text::new(
                    format!("工作表“{sheet}”第 {number} 行 {at} 列（{}）", heading.zh),
                    format!("sheet “{sheet}”, row {number}, column {at} ({})", heading.en),
                ),
                message,
            });
        };
        let typed: Typed =
            cells.iter().filter_map(|(at, text)| Some((columns.get(at)?.clone(), text.clone()))).collect();
        if typed.is_empty() {
            continue;
        }
        let region = region_named(typed.get("region").map(String::as_str).unwrap_or_default(), divisions);
        let region = region.and_then(|code| {
            if allowed(code) {
                return Ok(code);
            }
            let name = divisions.full_name(code);
            Err(Text::new(format!("{name}不在您的管辖范围内"), format!("{name} lies outside your places")))
        });
        match Content::read(service, &typed, region, today) {
            Ok(content) => match seen.insert((content.region, content.name.clone()), *number) {
                Some(before) => {
                    place("name", Text::new(format!("与第 {before} 行重名"), format!("row {before} has the same name")))
                }
                None => contents.push(content),
            },
            Err(wrong) => wrong.into_iter().for_each(|(field, why)| place(&field, why)),
        }
    }
    if sheet.too_many {
        let said = format!("一次最多导入 {MOST_ROWS} 行，请分几次导入");
        return Err(Problem::invalid(said, format!("At most {MOST_ROWS} rows at once: send them in parts")).into());
    }
    if !faults.is_empty() {
        return Err(Problem::in_sheet(faults).into());
    }
    if contents.is_empty() {
        return Err(Problem::invalid("表格里没有登记内容", "The sheet holds no entry").into());
    }
    Ok(contents)
}

/// Which field each column is.
fn columns(sheet: &Sheet, fields: &[(String, Text)]) -> Result<BTreeMap<usize, String>> {
    let mut columns = BTreeMap::new();
    let empty = BTreeMap::new();
    for (at, heading) in sheet.headings.as_ref().unwrap_or(&empty) {
        let wanted = bare(heading);
        let found = fields.iter().find(|(_, name)| bare(&name.zh) == wanted || bare(&name.en) == wanted);
        match found {
            Some((field, _)) if columns.values().any(|known| known == field) => {
                let said = format!("表头“{heading}”出现了两次：删去一列");
                return Err(Problem::invalid(said, format!("the column “{heading}” is there twice")).into());
            }
            Some((field, _)) => {
                columns.insert(*at, field.clone());
            }
            None => {
                let letters = letters(*at);
                return Err(Problem::invalid(
                    format!("不认识第 {letters} 列的表头“{heading}”：请用本页下载的模板，不要改动表头"),
                    format!("the heading “{heading}” of column {letters} is not known: use the template of this page"),
                )
                .into());
            }
        }
    }
    let lacking: Vec<&Text> = fields[..2]
        .iter()
        .filter(|(field, _)| !columns.values().any(|known| known == field))
        .map(|(_, name)| name)
        .collect();
    if let Some(name) = lacking.first() {
        return Err(Problem::invalid(
            format!("缺少“{}”列：请用本页下载的模板", name.zh),
            format!("the column “{}” is missing: use the template of this page", name.en),
        )
        .into());
    }
    Ok(columns)
}

/// The workbook to fill in: one column a field with its unit, lists to choose from, and a note at each heading that
/// says what to write.
///
/// # Errors
/// When it cannot be written.
pub fn template(service: &Service, lang: Lang) -> std::result::Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let bold = Format::new().set_bold().set_text_wrap();
    let fields = fields(service);
    let sheet = workbook.add_worksheet();
    sheet.set_name("登记")?;
    sheet.set_freeze_panes(1, 2)?;
    for (column, (field, heading)) in (0_u16..).zip(&fields) {
        sheet.set_column_width(column, 16)?;
        let star = if is_needed(service, field) { "*" } else { "" };
        sheet.write_string_with_format(0, column, format!("{}{star}", heading.get(lang)), &bold)?;
        let note = Note::new(advice(service, field, lang)).set_author(lang.t("填写说明", "advice"));
        sheet.insert_note(0, column, &note)?;
        let choices = choices(service, field, lang);
        // A spreadsheet keeps lists of 255 characters at most; longer ones are explained only.
        if !choices.is_empty() && choices.iter().map(|choice| choice.chars().count() + 1).sum::<usize>() < 250 {
            sheet.add_data_validation(
                1,
                column,
                5_000,
                column,
                &DataValidation::new().allow_list_strings(&choices)?,
            )?;
        }
    }
    workbook.save_to_buffer()
}

fn is_needed(service: &Service, field: &str) -> bool {
    let attribute = field.strip_prefix("a-").and_then(|key| service.attribute(key));
    matches!(field, "region" | "name") || attribute.is_some_and(|attribute| attribute.required)
}

/// The words that a field can hold, where they are few and only one is chosen.
fn choices(service: &Service, field: &str, lang: Lang) -> Vec<String> {
    match field {
        "stage" => Stage::ALL.iter().map(|stage| stage.name().get(lang).to_owned()).collect(),
        "crs" => maps::Crs::ALL.iter().map(|crs| crs.code().to_uppercase()).collect(),
        "grade" => service.grades.iter().map(|grade| grade.name.get(lang).to_owned()).collect(),
        _ => match field.strip_prefix("a-").and_then(|key| service.attribute(key)).map(|attribute| &attribute.kind) {
            Some(AttributeKind::Choice(choices)) => choices.iter().map(|one| one.name.get(lang).to_owned()).collect(),
            Some(AttributeKind::Yes) => vec![lang.t("是", "yes").to_owned(), lang.t("否", "no").to_owned()],
            _ => Vec::new(),
        },
    }
}

fn advice(service: &Service, field: &str, lang: Lang) -> String {
    let said = match field {
        "region" => Text::new(
            "到乡镇街道或村社：写区划代码（9 或 12 位）或全国唯一的名称。必填",
            "a division code of 9 or 12 digits, or its name; needed",
        ),
        "name" => Text::new("同一地方内不重名。必填", "unique in its place; needed"),
        "hours" => Text::new(
            "例如：周一至周五 8:30–11:30、14:00–17:00；法定节假日休息。留空即用该类的常规时间",
            "such as 周一至周五 8:30–11:30、14:00–17:00；法定节假日休息; empty for the usual hours",
        ),
        "lng" | "lat" => {
            Text::new("十进制度数；没有坐标请把两格都留空", "decimal degrees; leave both empty without a point")
        }
        "crs" => Text::new(
            "WGS84（含 CGCS2000、天地图）、GCJ02（高德、腾讯）、BD09（百度）；留空按 WGS84",
            "WGS84, GCJ02 or BD09; WGS84 when empty",
        ),
        "as_of" => Text::new(
            "从哪一天起按现在的状态计数，例如 2024-06-30；留空为今天",
            "from which day it counts; today when empty",
        ),
        "address" => Text::new("单位或场所的地址，不写个人住址", "the address of the place, never of a person"),
        _ => {
            let choices = choices(service, field, lang);
            if !choices.is_empty() {
                return choices.join(lang.t("、", ", "));
            }
            let attribute = field.strip_prefix("a-").and_then(|key| service.attribute(key));
            match attribute.map(|attribute| &attribute.kind) {
                Some(AttributeKind::Many(choices)) => {
                    let names: Vec<_> = choices.iter().map(|one| one.name.get(lang)).collect();
                    return format!(
                        "{}{}",
                        lang.t("可写几项，用顿号隔开：", "several, with commas between: "),
                        names.join(lang.t("、", ", "))
                    );
                }
                Some(AttributeKind::Whole) => Text::new("整数", "a whole number"),
                Some(AttributeKind::Number) => Text::new("数字，最多四位小数", "a number with at most four places"),
                Some(AttributeKind::Day) => Text::new("日期，例如 2024-06-30", "a day, such as 2024-06-30"),
                Some(AttributeKind::Link) => {
                    Text::new("以 https:// 开头的网址", "an address that begins with https://")
                }
                Some(AttributeKind::Phone) => {
                    Text::new("单位的固定电话或热线，不写个人手机", "a telephone of the body, no mobile number")
                }
                _ => Text::new("文字，最多 200 字", "words, at most 200 characters"),
            }
        }
    };
    said.get(lang).to_owned()
}
