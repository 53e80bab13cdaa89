//! From rows to sites: every cell read, every fault told with its place.

use std::collections::{HashMap, HashSet};
use std::ops::RangeInclusive;

use chrono::NaiveDate;
use figures::Decimal;
use kernel::{RegionCode, Text};
use ledger::programmes::Outline;
use ledger::tables::indicators::Model as Indicator;
use ledger::tables::projects::Model as Project;
use ledger::words::Purpose;
use maps::{Crs, LngLat, Shape, geojson};
use plan::sheet::columns::letters;
use plan::sheet::read::Cell;
use store::amount;
use uuid::Uuid;

use super::columns::{Column, Heading};
use super::read::{Found, Row, text_of};
use crate::map::boundaries::Boundaries;
use crate::sites::record::{Content, Placed, point_text};
use crate::sites::store::Draft;
use crate::sites::words::Stage;

/// What a file is checked against.
pub(super) struct Context {
    pub outlines: HashMap<String, Outline>,
    pub divisions: HashMap<RegionCode, Vec<String>>,
    pub boundaries: Boundaries,
    /// The system of points that do not say theirs.
    pub crs: Crs,
    /// Where whoever imports may write; everywhere for the operator.
    pub within: Option<Vec<RangeInclusive<RegionCode>>>,
}

/// The longest text of a cell, in characters.
const LONGEST: usize = 500;

/// The most points of one site's line or area.
const MOST_VERTICES: usize = 20_000;

/// Sites outside their division that are told one by one; the others are counted.
const NOTICES: usize = 20;

/// Where coordinates stand in a GeoJSON file.
const GEOMETRY: &str = "几何 geometry";
const GEOMETRY_EN: &str = "geometry";

/// Sites that are ready to be written, by programme, and what should be looked at.
#[derive(Default)]
pub(super) struct Checked {
    pub drafts: Vec<(Uuid, Draft)>,
    pub notices: Vec<Text>,
    pub outside: usize,
}

pub(super) fn check(rows: Vec<Row>, context: &Context, faults: &mut Found) -> Checked {
    let mut checker = Checker { context, faults, programme: None, project: None, seen: HashSet::new() };
    let mut checked = Checked::default();
    for row in rows {
        if let Some((programme, draft)) = checker.site(&row) {
            if draft.outside {
                checked.outside += 1;
                if checked.outside <= NOTICES {
                    checked.notices.push(lies_outside(&row, &draft));
                }
            }
            checked.drafts.push((programme, draft));
        }
    }
    checked
}

/// That a site's point lies outside its division, with row and field.
fn lies_outside(row: &Row, draft: &Draft) -> Text {
    let Draft { content, placed, .. } = draft;
    let (name, region) = (&content.name, content.region.short());
    let at = placed.point.map(|point| format!("{:.5}, {:.5}", point.lng, point.lat)).unwrap_or_default();
    let (zh, en) = place(row, Column::Longitude);
    Text::new(
        format!("{zh}：“{name}”的坐标（{at}）不在所填区划 {region} 内，请核对坐标或地区代码"),
        format!("{en}: {name} at {at} lies outside division {region}: check the point or the code"),
    )
}

/// A field of a row in words: by column in a sheet, by feature in GeoJSON, where coordinates stand in the geometry.
fn place(row: &Row, column: Column) -> (String, String) {
    let number = row.number;
    match row.cell(column) {
        _ if row.shape.is_some() => {
            (format!("第 {number} 个要素（{GEOMETRY}）"), format!("feature {number} ({GEOMETRY_EN})"))
        }
        Some((at, _)) => {
            let (letters, heading) = (letters(at), column.heading());
            (format!("第 {number} 行 {letters} 列（{heading}）"), format!("row {number}, column {letters} ({heading})"))
        }
        None => (format!("第 {number} 行"), format!("row {number}")),
    }
}

struct Checker<'a> {
    context: &'a Context,
    faults: &'a mut Found,
    /// What stands above holds on.
    programme: Option<String>,
    project: Option<String>,
    seen: HashSet<(Uuid, String)>,
}

impl Checker<'_> {
    fn wrong(&mut self, row: &Row, column: Column, zh: impl Into<String>, en: impl Into<String>) {
        let (zh, en): (String, String) = (zh.into(), en.into());
        if row.shape.is_some() && matches!(column, Column::Longitude | Column::Latitude) {
            self.faults.add(row.number, Some((0, GEOMETRY)), Text::new(zh, en));
            return;
        }
        let at = row.cell(column).map(|(at, _)| (at, column.heading()));
        let (zh, en) = match at {
            Some(_) => (zh, en),
            None => (format!("{}：{zh}", column.heading()), format!("{}: {en}", column.heading())),
        };
        self.faults.add(row.number, at, Text::new(zh, en));
    }

    fn text(&mut self, row: &Row, column: Column) -> String {
        let Some((_, cell)) = row.cell(column) else { return String::new() };
        if let Cell::Failed(error) = cell {
            self.wrong(row, column, format!("公式出错：{error}"), format!("the formula failed: {error}"));
            return String::new();
        }
        let text = text_of(cell);
        if text.chars().count() > LONGEST {
            self.wrong(row, column, format!("最多 {LONGEST} 字"), format!("at most {LONGEST} characters"));
            return String::new();
        }
        text
    }

    fn needed(&mut self, row: &Row, column: Column) -> Option<String> {
        let text = self.text(row, column);
        if text.is_empty() {
            self.wrong(row, column, "不能空着", "must not be empty");
            return None;
        }
        Some(text)
    }

    fn day(&mut self, row: &Row, column: Column) -> Option<NaiveDate> {
        if let Some((_, Cell::Day(day))) = row.cell(column) {
            return Some(*day);
        }
        let text = self.text(row, column);
        if text.is_empty() {
            return None;
        }
        let day = read_day(&text);
        if day.is_none() {
            self.wrong(
                row,
                column,
                format!("“{text}”不是日期，请写成 2024-06-30"),
                format!("{text} is no day, write 2024-06-30"),
            );
        }
        day
    }

    fn number(&mut self, row: &Row, column: Column) -> Option<Decimal> {
        let text = self.text(row, column);
        if text.is_empty() {
            return None;
        }
        let number = text.replace([',', '，'], "").parse::<Decimal>().ok().filter(|number| !number.is_sign_negative());
        let Some(number) = number else {
            self.wrong(row, column, format!("“{text}”不是不小于 0 的数"), format!("{text} is no number from 0 on"));
            return None;
        };
        if let Err(problem) = amount::to_stored(number) {
            self.wrong(row, column, problem.message.zh, problem.message.en);
            return None;
        }
        Some(number)
    }

    fn site(&mut self, row: &Row) -> Option<(Uuid, Draft)> {
        let programme = Some(self.text(row, Column::Programme)).filter(|text| !text.is_empty());
        self.programme = programme.or(self.programme.take());
        let project = Some(self.text(row, Column::Project)).filter(|text| !text.is_empty());
        self.project = project.or(self.project.take());
        let Some(slug) = self.programme.clone() else {
            self.wrong(
                row,
                Column::Programme,
                "没有写明方案，如 330200-2024",
                "no programme is named, such as 330200-2024",
            );
            return None;
        };
        let context = self.context;
        let Some(outline) = context.outlines.get(&slug) else {
            self.wrong(row, Column::Programme, format!("没有方案“{slug}”"), format!("there is no programme {slug}"));
            return None;
        };
        let project = self.project(row, outline);
        let indicator = project.and_then(|project| self.indicator(row, outline, project));
        let region = self.region(row, outline);
        let reference = self.needed(row, Column::Reference);
        let name = self.needed(row, Column::Name);
        let stage = self.stage(row);
        let (starts_on, due_on, finished_on) =
            (self.day(row, Column::StartsOn), self.day(row, Column::DueOn), self.day(row, Column::FinishedOn));
        if let (Some(starts_on), Some(due_on)) = (starts_on, due_on)
            && due_on < starts_on
        {
            self.wrong(row, Column::DueOn, "早于开工日期", "lies before the beginning");
        }
        let (quantity, money) = (self.number(row, Column::Quantity), self.number(row, Column::Money));
        let crs = self.crs(row);
        let given = self.given(row);
        let placed = match given.as_ref().map(|given| Placed::of(given, crs)) {
            None => Some(Placed::default()),
            Some(Ok(placed)) => Some(placed),
            Some(Err(problem)) => {
                self.wrong(row, Column::Longitude, problem.message.zh, problem.message.en);
                None
            }
        };
        let content = Content {
            kind: self.text(row, Column::Kind),
            address: self.text(row, Column::Address),
            body: self.text(row, Column::Body),
            telephone: self.text(row, Column::Telephone),
            note: self.text(row, Column::Note),
            attributes: row
                .cells
                .iter()
                .filter_map(|(heading, _, cell)| match heading {
                    Heading::Attribute(name) => Some((name.clone(), text_of(cell).chars().take(LONGEST).collect())),
                    Heading::Known(_) => None,
                })
                .collect(),
            project: project?.id,
            indicator: indicator?.map(|indicator| indicator.id),
            reference: reference?,
            name: name?,
            region: region?,
            stage: stage?,
            starts_on,
            due_on,
            finished_on,
            quantity,
            money,
            crs,
            given: given.as_ref().map(|given| match given {
                Shape::Point(point) => point_text(*point),
                shape => geojson::geometry(shape).to_string(),
            }),
        };
        let programme = outline.programme.id;
        if !self.seen.insert((programme, content.reference.clone())) {
            let reference = &content.reference;
            self.wrong(
                row,
                Column::Reference,
                format!("编号“{reference}”在文件里重复"),
                format!("{reference} stands twice"),
            );
            return None;
        }
        let placed = placed?;
        let outside = placed.point.is_some_and(|point| context.boundaries.lies_outside(content.region, point));
        Some((programme, Draft { content, placed, outside }))
    }

    fn project<'b>(&mut self, row: &Row, outline: &'b Outline) -> Option<&'b Project> {
        let Some(name) = self.project.clone() else {
            self.wrong(row, Column::Project, "没有写明项目", "no project is named");
            return None;
        };
        let found = outline.projects.iter().find(|project| project.name == name || project.formal_name == name);
        if found.is_none() {
            let nearest: Vec<_> = outline.projects.iter().take(4).map(|project| project.name.as_str()).collect();
            let nearest = nearest.join("、");
            self.wrong(
                row,
                Column::Project,
                format!("方案里没有项目“{name}”（有：{nearest}…）"),
                format!("the programme has no project {name}"),
            );
        }
        found
    }

    /// The indicator, if any; `None` when there is a fault.
    fn indicator<'b>(&mut self, row: &Row, outline: &'b Outline, project: &Project) -> Option<Option<&'b Indicator>> {
        let of_project: Vec<&Indicator> = outline
            .indicators
            .iter()
            .filter(|one| one.project_id == project.id && one.purpose() == Purpose::Delivery)
            .collect();
        let name = self.text(row, Column::Indicator);
        if name.is_empty() {
            let mut wholes = of_project.into_iter().filter(|one| outline.whole_of(one).is_none());
            let only = wholes.next().filter(|_| wholes.next().is_none());
            return Some(only);
        }
        let found = of_project.iter().find(|one| one.name == name || one.series == name).copied();
        if found.is_none() {
            let known: Vec<_> = of_project.iter().map(|one| one.name.as_str()).collect();
            let known = known.join("、");
            self.wrong(
                row,
                Column::Indicator,
                format!("项目“{}”没有指标“{name}”（有：{known}）", project.name),
                format!("the project has no indicator {name}"),
            );
        }
        found.map(Some)
    }

    fn region(&mut self, row: &Row, outline: &Outline) -> Option<RegionCode> {
        let text = self.needed(row, Column::Region)?;
        let code = text.parse::<RegionCode>().ok().filter(|code| self.context.divisions.contains_key(code));
        let Some(code) = code else {
            self.wrong(
                row,
                Column::Region,
                format!("“{text}”不是已登记的区划代码"),
                format!("{text} is no division on record"),
            );
            return None;
        };
        if !outline.region().contains(code) {
            self.wrong(row, Column::Region, "不在方案的地区范围内", "lies outside the programme's place");
            return None;
        }
        let within = self.context.within.as_ref();
        if within.is_some_and(|scopes| !scopes.iter().any(|scope| scope.contains(&code))) {
            self.wrong(row, Column::Region, "您的账号不能写入这个地方的点位", "your account may not write sites there");
            return None;
        }
        Some(code)
    }

    fn stage(&mut self, row: &Row) -> Option<Stage> {
        let text = self.text(row, Column::Stage);
        if text.is_empty() {
            return Some(Stage::default());
        }
        let stage = Stage::parse(&text);
        if stage.is_none() {
            let known = Stage::ALL.map(|stage| stage.name().zh).join("、");
            self.wrong(row, Column::Stage, format!("“{text}”不是阶段（{known}）"), format!("{text} is no stage"));
        }
        stage
    }

    fn crs(&mut self, row: &Row) -> Crs {
        let text = self.text(row, Column::Crs);
        if text.is_empty() {
            return self.context.crs;
        }
        Crs::parse(&text).unwrap_or_else(|| {
            self.wrong(
                row,
                Column::Crs,
                format!("“{text}”不是坐标系（wgs84、gcj02、bd09）"),
                format!("{text} is no system"),
            );
            Crs::default()
        })
    }

    fn given(&mut self, row: &Row) -> Option<Shape> {
        if let Some(shape) = &row.shape {
            if shape.vertices() > MOST_VERTICES {
                self.wrong(
                    row,
                    Column::Longitude,
                    format!("一个点位的线或面最多 {MOST_VERTICES} 个点"),
                    format!("a site's line or area has at most {MOST_VERTICES} points"),
                );
                return None;
            }
            return Some(shape.clone());
        }
        let (lng, lat) = (self.degrees(row, Column::Longitude), self.degrees(row, Column::Latitude));
        match (lng, lat) {
            (Some(lng), Some(lat)) => Some(Shape::Point(LngLat::new(lng, lat))),
            (None, None) => None,
            (Some(_), None) => {
                self.wrong(row, Column::Latitude, "有经度却没有纬度", "a longitude without a latitude");
                None
            }
            (None, Some(_)) => {
                self.wrong(row, Column::Longitude, "有纬度却没有经度", "a latitude without a longitude");
                None
            }
        }
    }

    fn degrees(&mut self, row: &Row, column: Column) -> Option<f64> {
        let text = self.text(row, column);
        if text.is_empty() {
            return None;
        }
        let degrees = text.parse::<f64>().ok().filter(|degrees| degrees.is_finite());
        if degrees.is_none() {
            self.wrong(
                row,
                column,
                format!("“{text}”不是以度为单位的小数（度分秒请先换算）"),
                format!("{text} is no decimal of degrees"),
            );
        }
        degrees
    }
}

/// 2024-06-30, 2024/6/30, 2024.6.30, 2024年6月30日.
pub(crate) fn read_day(text: &str) -> Option<NaiveDate> {
    let plain = text.trim().trim_end_matches('日').replace(['/', '.', '年', '月'], "-");
    let mut parts = plain.split('-').map(|part| part.trim().parse::<u32>().ok());
    let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
    let year = i32::try_from(year).ok().filter(|year| (1949..2200).contains(year))?;
    parts.next().is_none().then(|| NaiveDate::from_ymd_opt(year, month, day))?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_as_offices_write_them() {
        let day = NaiveDate::from_ymd_opt(2024, 6, 5);
        for text in ["2024-06-05", "2024/6/5", "2024.6.5", "2024年6月5日"] {
            assert_eq!(read_day(text), day, "{text}");
        }
        for text in ["", "2024-06", "2024-13-01", "六月", "24-6-5", "2024-6-5-1"] {
            assert_eq!(read_day(text), None, "{text}");
        }
    }
}
