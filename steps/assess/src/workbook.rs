//! An assessment as a workbook: scores, components, every input behind them, and the rules.

use kernel::{Lang, Text};
use ledger::tables::programmes::Model as Programme;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use rust_xlsxwriter::{Format, Workbook, Worksheet, XlsxError};

use crate::assessments::Assessment;
use crate::derivation::Derivation;
use crate::words::Class;
use crate::{explain, rules};

/// The media type of a workbook.
pub const MEDIA_TYPE: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// Writes the workbook.
///
/// # Errors
/// When a cell does not fit into a sheet.
pub fn write(assessment: &Assessment, programme: &Programme, lang: Lang) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let derivations: Vec<(String, Derivation)> = assessment
        .scores
        .tables
        .iter()
        .flat_map(|table| table.rows.iter().map(|row| (table.kind.name().get(lang).to_owned(), row)))
        .filter_map(|(kind, row)| Some((kind, Derivation::of(assessment, &row.subject, lang)?)))
        .collect();
    scores(&mut workbook, assessment, &derivations, lang)?;
    components(&mut workbook, &derivations, lang)?;
    inputs(&mut workbook, assessment, lang)?;
    rules_sheet(&mut workbook, assessment, programme, lang)?;
    workbook.save_to_buffer()
}

/// A sheet that is written row by row.
struct Rows<'a> {
    sheet: &'a mut Worksheet,
    next: u32,
}

/// What stands in a cell.
enum Cell {
    Words(String),
    Number(Decimal),
    Nothing,
}

impl From<&str> for Cell {
    fn from(words: &str) -> Self {
        Self::Words(words.to_owned())
    }
}

impl From<String> for Cell {
    fn from(words: String) -> Self {
        Self::Words(words)
    }
}

impl From<Decimal> for Cell {
    fn from(number: Decimal) -> Self {
        Self::Number(number)
    }
}

impl<T: Into<Self>> From<Option<T>> for Cell {
    fn from(cell: Option<T>) -> Self {
        cell.map_or(Self::Nothing, Into::into)
    }
}

impl<'a> Rows<'a> {
    fn new(workbook: &'a mut Workbook, name: &Text, headings: &[Text], lang: Lang) -> Result<Self, XlsxError> {
        let sheet = workbook.add_worksheet();
        sheet.set_name(name.get(lang))?.set_freeze_panes(1, 0)?;
        let bold = Format::new().set_bold();
        for (column, heading) in (0_u16..).zip(headings) {
            sheet.set_column_width(column, 18)?.write_string_with_format(0, column, heading.get(lang), &bold)?;
        }
        Ok(Self { sheet, next: 1 })
    }

    fn add(&mut self, cells: Vec<Cell>) -> Result<(), XlsxError> {
        for (column, cell) in (0_u16..).zip(cells) {
            match cell {
                // Text that looks like a formula stays text.
                Cell::Words(words) => self.sheet.write_string(self.next, column, words)?,
                Cell::Number(number) => match number.to_f64() {
                    Some(float) => self.sheet.write_number(self.next, column, float)?,
                    None => self.sheet.write_string(self.next, column, number.to_string())?,
                },
                Cell::Nothing => self.sheet,
            };
        }
        self.next += 1;
        Ok(())
    }
}

fn texts(pairs: &[(&str, &str)]) -> Vec<Text> {
    pairs.iter().map(|(zh, en)| Text::new(*zh, *en)).collect()
}

fn scores(
    workbook: &mut Workbook,
    assessment: &Assessment,
    derivations: &[(String, Derivation)],
    lang: Lang,
) -> Result<(), XlsxError> {
    let mut headings = texts(&[
        ("类别", "Kind"),
        ("对象", "Subject"),
        ("名次", "Rank"),
        ("并列", "Tied"),
        ("总分", "Total"),
        ("基本分", "Base"),
        ("加减分", "Extras"),
        ("上下限与否决", "Limits"),
    ]);
    headings.extend(assessment.scheme.components.iter().map(crate::scheme::Component::title));
    headings.push(Text::new("尚缺", "Missing"));
    headings.push(Text::new("一票否决", "Vetoes"));
    let mut rows = Rows::new(workbook, &Text::new("得分", "Scores"), &headings, lang)?;
    for (kind, derivation) in derivations {
        let score = &derivation.score;
        let mut cells = vec![
            kind.as_str().into(),
            derivation.name.as_str().into(),
            score.rank.map(Decimal::from).into(),
            Some(lang.t("是", "yes")).filter(|_| score.tie).into(),
            score.total.into(),
            score.sum_of(&assessment.scheme, Class::Base).into(),
            score.sum_of(&assessment.scheme, Class::Extra).into(),
            score.limited.into(),
        ];
        cells.extend(derivation.lines.iter().map(|line| Cell::from(line.points)));
        cells.push(derivation.open.join("、").into());
        cells.push(derivation.vetoes.join("；").into());
        rows.add(cells)?;
    }
    Ok(())
}

fn components(workbook: &mut Workbook, derivations: &[(String, Derivation)], lang: Lang) -> Result<(), XlsxError> {
    let headings = texts(&[
        ("类别", "Kind"),
        ("对象", "Subject"),
        ("内容", "Component"),
        ("公式", "Formula"),
        ("算法", "How"),
        ("数据项数", "Readings"),
        ("得分", "Points"),
    ]);
    let mut rows = Rows::new(workbook, &Text::new("构成", "Components"), &headings, lang)?;
    for (kind, derivation) in derivations {
        for line in &derivation.lines {
            rows.add(vec![
                kind.as_str().into(),
                derivation.name.as_str().into(),
                line.component.as_str().into(),
                line.rule.as_str().into(),
                line.made.as_str().into(),
                Decimal::from(line.readings.len()).into(),
                line.points.into(),
            ])?;
        }
    }
    Ok(())
}

/// Every input of every subject, whether a component uses it once, twice or – as a veto – not at all.
fn inputs(workbook: &mut Workbook, assessment: &Assessment, lang: Lang) -> Result<(), XlsxError> {
    let headings = texts(&[
        ("对象", "Subject"),
        ("输入", "Input"),
        ("代码", "Code"),
        ("说明", "Label"),
        ("数值", "Value"),
        ("参加家数", "Among"),
        ("月份", "Month"),
        ("权重", "Weight"),
        ("来源", "Source"),
        ("地址", "Address"),
        ("编号", "Keys"),
    ]);
    let mut rows = Rows::new(workbook, &Text::new("数据", "Inputs"), &headings, lang)?;
    for known in &assessment.inputs.subjects {
        for input in &assessment.scheme.inputs {
            let name = || {
                vec![
                    Cell::from(known.subject.name.as_str()),
                    input.title().get(lang).into(),
                    input.code.as_str().into(),
                ]
            };
            match known.inputs.get(&input.code) {
                None => {
                    rows.add([name(), vec![lang.t("未提供", "not given").into()]].into_iter().flatten().collect())?
                }
                Some(readings) if readings.is_empty() => {
                    rows.add([name(), vec![lang.t("没有", "none").into()]].into_iter().flatten().collect())?;
                }
                Some(readings) => {
                    for reading in readings {
                        let keys: Vec<String> = reading.origin.keys.iter().map(ToString::to_string).collect();
                        let mut cells = name();
                        cells.extend([
                            reading.label.as_str().into(),
                            reading.value.into(),
                            reading.of.map(Decimal::from).into(),
                            reading.month.map(Decimal::from).into(),
                            reading.weight.into(),
                            reading.origin.words.get(lang).into(),
                            reading.origin.address.as_str().into(),
                            short(keys.join(" ")).into(),
                        ]);
                        rows.add(cells)?;
                    }
                }
            }
        }
    }
    Ok(())
}

/// What a cell holds at most is 32,767 characters.
fn short(text: String) -> String {
    if text.len() <= 32_000 { text } else { text.chars().take(32_000).collect() }
}

fn rules_sheet(
    workbook: &mut Workbook,
    assessment: &Assessment,
    programme: &Programme,
    lang: Lang,
) -> Result<(), XlsxError> {
    let headings = texts(&[
        ("项目", "What"),
        ("内容", "Content"),
        ("权重", "Weight"),
        ("依据", "Source"),
        ("可信度", "Certainty"),
    ]);
    let mut rows = Rows::new(workbook, &Text::new("办法", "Rules"), &headings, lang)?;
    let (scheme, row) = (&assessment.scheme, &assessment.row);
    let engine = rules::ENGINE.to_string();
    let facts = [
        (lang.t("方案", "Programme"), programme.title.clone()),
        (lang.t("办法", "Scheme"), format!("{}（{}）", scheme.title().get(lang), scheme.reference())),
        (lang.t("说明", "About"), scheme.story().get(lang).to_owned()),
        (lang.t("截至", "Cut-off"), assessment.inputs.cut_off.to_string()),
        (lang.t("台账知悉日", "As known on"), assessment.inputs.known.to_string()),
        (lang.t("状态", "State"), assessment.state().name().get(lang).to_owned()),
        (lang.t("试算人", "Run by"), row.run_by.clone()),
        (lang.t("封存人", "Kept by"), row.kept_by.clone().unwrap_or_default()),
        (lang.t("计算引擎", "Engine"), engine),
        (lang.t("校验码（SM3）", "Hash (SM3)"), row.digest.clone()),
    ];
    for (name, words) in facts {
        rows.add(vec![name.into(), words.into()])?;
    }
    for component in &scheme.components {
        rows.add(vec![
            component.title().get(lang).into(),
            explain::rule(component).get(lang).into(),
            component.weight.map(|weight| *weight).into(),
            component.origin().get(lang).into(),
            format!("{:?}", component.certainty).into(),
        ])?;
    }
    for veto in &scheme.vetoes {
        let words = format!("{}：{}", lang.t("一票否决", "Veto"), veto.title().get(lang));
        rows.add(vec![
            words.into(),
            veto.effect.name().get(lang).into(),
            Cell::Nothing,
            veto.origin().get(lang).into(),
            format!("{:?}", veto.certainty).into(),
        ])?;
    }
    rows.add(vec![lang.t("办法原文", "The text of the scheme").into()])?;
    for line in row.rules.lines() {
        rows.add(vec![Cell::Nothing, line.into()])?;
    }
    Ok(())
}
