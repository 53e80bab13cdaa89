//! From rows to a draft: every cell is read once, and everything that is wrong is noted with its place.

use std::collections::HashMap;

use chrono::NaiveDate;
use figures::Magnitude;
use kernel::{Level, RegionCode, Text};
use ledger::words::{Accumulation, Breakdown, Direction, FundSource, Kind, Measure, Purpose, Relation, Statistic};

use super::columns::Column;
use super::draft::{Context, Draft, DraftCategory, DraftIndicator, DraftProgramme, DraftProject};
use super::faults::Faults;
use super::figure::{self, ascii};
use super::read::{Cell, Merge, Opening, Row, Take};

mod values;

/// Rows in which the headings are looked for: titles may stand above them.
const HEADING_ROWS: u32 = 20;

/// Headings that make a row the heading row.
const ENOUGH_HEADINGS: usize = 4;

/// The longest name that is taken, in characters.
const LONGEST_NAME: usize = 200;

/// The longest remark or content.
const LONGEST_TEXT: usize = 4_000;

/// The word for an indicator that belongs to another without being a part, share or change of it.
pub(super) const RELATED: &str = "相关";

type FigureKey = (u32, RegionCode, Option<u32>, Measure, Option<NaiveDate>);

/// Turns rows into a [`Draft`].
pub struct Checker<'a> {
    context: &'a Context,
    progress: &'a mut (dyn FnMut(u64, u64) + Send),
    draft: Draft,
    faults: Faults,
    merges: Vec<Merge>,
    headings_seen: Vec<(u32, Vec<(usize, String)>)>,
    places_below: Option<HashMap<&'a str, Vec<RegionCode>>>,
    category: Option<usize>,
    project: Option<usize>,
    indicator: Option<usize>,
    /// The indicator named last was refused: rows that say “as above” are not told once more.
    indicator_refused: bool,
    scales: Vec<Magnitude>,
    by_series: HashMap<String, usize>,
    by_name: HashMap<(usize, String), usize>,
    organisations: HashMap<(RegionCode, String), u32>,
    documents: HashMap<String, u32>,
    keys: HashMap<FigureKey, usize>,
}

/// The cells of one row by column.
struct Cells {
    row: u32,
    cells: Vec<Option<Cell>>,
}

impl Cells {
    fn get(&self, column: Column) -> Option<&Cell> {
        self.cells[column as usize].as_ref()
    }

    fn text(&self, column: Column) -> Option<String> {
        self.get(column).map(|cell| match cell {
            Cell::Text(text) => text.clone(),
            Cell::Number(number) => number.to_string(),
            Cell::Day(day) => day.to_string(),
            Cell::Failed(error) => (*error).to_owned(),
        })
    }
}

impl Take for Checker<'_> {
    fn open(&mut self, opening: Opening) {
        self.faults = Faults::new(&opening.sheet);
        self.draft.sheet = opening.sheet;
        self.draft.notices = opening.notices;
        self.merges = opening.merges;
    }

    fn row(&mut self, row: Row, read: u64, size: u64) {
        if self.draft.columns.is_empty() {
            self.look_for_headings(&row);
        } else {
            self.take_row(row);
        }
        if self.draft.rows.is_multiple_of(1_000) {
            (self.progress)(read, size);
        }
    }
}

impl<'a> Checker<'a> {
    /// Begins; `progress` is told how much is read, and of how much.
    pub fn new(context: &'a Context, progress: &'a mut (dyn FnMut(u64, u64) + Send)) -> Self {
        Self {
            context,
            progress,
            draft: Draft::default(),
            faults: Faults::default(),
            merges: Vec::new(),
            headings_seen: Vec::new(),
            places_below: None,
            category: None,
            project: None,
            indicator: None,
            indicator_refused: false,
            scales: Vec::new(),
            by_series: HashMap::new(),
            by_name: HashMap::new(),
            organisations: HashMap::new(),
            documents: HashMap::new(),
            keys: HashMap::new(),
        }
    }

    /// Ends: the draft, if nothing was wrong.
    ///
    /// # Errors
    /// Everything that was wrong.
    pub fn finish(mut self) -> Result<Draft, Faults> {
        if self.draft.columns.is_empty() {
            self.tell_missing_headings();
        } else if self.draft.rows == 0 && self.faults.is_empty() {
            self.faults.add(
                0,
                None,
                Text::new(
                    "表里只有表头，没有数据：请从表头下一行开始填写",
                    "there are headings and nothing below them: fill in the rows below",
                ),
            );
        }
        self.check_parents();
        self.check_grains();
        self.faults.into_result()?;
        Ok(self.draft)
    }

    fn look_for_headings(&mut self, row: &Row) {
        let texts: Vec<(usize, String)> = row
            .cells
            .iter()
            .filter_map(|(at, cell)| match cell {
                Cell::Text(text) => Some((*at, text.chars().take(LONGEST_NAME).collect())),
                _ => None,
            })
            .collect();
        let known = texts.iter().filter(|(_, text)| Column::find(text).is_some()).count();
        if known < ENOUGH_HEADINGS {
            if row.number <= HEADING_ROWS && self.headings_seen.len() < HEADING_ROWS as usize {
                self.headings_seen.push((row.number, texts));
            }
            return;
        }
        for (at, text) in &texts {
            match Column::find(text) {
                Some(column) if self.draft.columns.iter().any(|(taken, _)| *taken == column) => {
                    self.faults.add_at(
                        row.number,
                        *at,
                        text,
                        Text::new(
                            format!("表头“{text}”出现了两次：请删去一列"),
                            format!("the heading “{text}” stands there twice: remove one of the columns"),
                        ),
                    );
                }
                Some(column) => self.draft.columns.push((column, *at)),
                None => self.draft.notices.push(Text::new(
                    format!("不认识表头“{text}”，这一列没有读取"),
                    format!("the heading “{text}” is not known; its column was not read"),
                )),
            }
        }
        self.faults.know_columns(&self.draft.columns);
        let has = |column: Column| self.draft.columns.iter().any(|(known, _)| *known == column);
        let mut missing: Vec<Column> = Column::NEEDED.into_iter().filter(|column| !has(*column)).collect();
        if !has(Column::Target) && !has(Column::Actual) {
            missing.push(Column::Target);
        }
        for column in missing {
            let nearest = column.nearest(texts.iter().map(|(_, text)| text.as_str()));
            self.faults.add(row.number, None, missing_heading(column, nearest));
        }
        self.check_merges(row.number);
    }

    fn tell_missing_headings(&mut self) {
        let seen = std::mem::take(&mut self.headings_seen);
        let best =
            seen.iter().max_by_key(|(_, texts)| texts.iter().filter(|(_, text)| Column::find(text).is_some()).count());
        let Some((row, texts)) = best else {
            self.faults.add(0, None, Text::new("工作表是空的：请下载模板填写", "the sheet is empty: use the template"));
            return;
        };
        for column in Column::NEEDED {
            if !texts.iter().any(|(_, text)| Column::find(text) == Some(column)) {
                let nearest = column.nearest(texts.iter().map(|(_, text)| text.as_str()));
                self.faults.add(*row, None, missing_heading(column, nearest));
            }
        }
    }

    /// Merged cells hold a value in their first cell only. Down a column of descriptions that is what a blank means
    /// anyway; elsewhere figures would be lost without a word.
    fn check_merges(&mut self, heading: u32) {
        for merge in std::mem::take(&mut self.merges) {
            if merge.rows.1 <= heading {
                continue;
            }
            let covered: Vec<_> = self
                .draft
                .columns
                .iter()
                .filter(|(_, at)| (merge.columns.0..=merge.columns.1).contains(at))
                .copied()
                .collect();
            let carried_down = covered.len() == 1 && merge.columns.0 == merge.columns.1 && carries_down(covered[0].0);
            if let Some((column, _)) = covered.first().filter(|_| !carried_down) {
                let (first, last) = merge.rows;
                self.faults.add(
                    first,
                    Some(*column),
                    Text::new(
                        format!("第 {first} 至 {last} 行的单元格合并了，只有左上角一格有值：请取消合并，逐格填写"),
                        format!(
                            "cells of rows {first} to {last} are merged, and only the first holds a value: split them"
                        ),
                    ),
                );
            }
        }
    }

    fn take_row(&mut self, row: Row) {
        let mut cells = Cells { row: row.number, cells: vec![None; Column::ALL.len()] };
        let mut failed = false;
        for (at, cell) in row.cells {
            let Some((column, _)) = self.draft.columns.iter().find(|(_, place)| *place == at) else { continue };
            if let Cell::Failed(error) = cell {
                failed = true;
                self.faults.add(row.number, Some(*column), figure::failed(error));
            }
            cells.cells[*column as usize] = Some(cell);
        }
        if cells.cells.iter().all(Option::is_none) {
            return;
        }
        self.draft.rows += 1;
        if failed || !self.programme(&cells) || !self.category(&cells) || !self.project(&cells) {
            return;
        }
        let region = self.region(&cells);
        if let Some(region) = region {
            self.bodies(&cells, region);
        }
        let indicator = self.indicator(&cells);
        if cells.get(Column::Indicator).is_some() {
            self.indicator_refused = indicator.is_none();
            self.indicator = indicator;
        }
        let has_figure = cells.get(Column::Target).is_some() || cells.get(Column::Actual).is_some();
        match indicator {
            Some(indicator) => {
                if let Some(region) = region {
                    self.figures(&cells, indicator, region);
                }
            }
            None if has_figure && cells.get(Column::Indicator).is_none() && !self.indicator_refused => {
                self.fault(&cells, Column::Indicator, "请填写指标名称", "the indicator is missing");
            }
            None => {}
        }
    }

    fn fault(&mut self, cells: &Cells, column: Column, zh: impl Into<String>, en: impl Into<String>) {
        self.faults.add(cells.row, Some(column), Text::new(zh, en));
    }

    fn short(&mut self, cells: &Cells, column: Column, longest: usize) -> Option<String> {
        let text = cells.text(column)?;
        if text.chars().count() > longest {
            self.fault(cells, column, format!("文字过长：最多 {longest} 字"), format!("at most {longest} characters"));
            return None;
        }
        Some(text)
    }

    fn number(&mut self, cells: &Cells, column: Column) -> Option<i32> {
        let text = cells.text(column)?;
        let number = ascii(&text).parse().ok().filter(|number| (1..=9_999).contains(number));
        if number.is_none() {
            self.fault(cells, column, format!("“{text}”不是序号：请填正整数"), format!("“{text}” is no number from 1"));
        }
        number
    }

    fn word<T: Copy>(
        &mut self,
        cells: &Cells,
        column: Column,
        parse: impl Fn(&str) -> Option<T>,
        all: &[T],
        name: impl Fn(T) -> Text,
    ) -> Option<T> {
        let text = cells.text(column)?;
        let found = parse(&text);
        if found.is_none() {
            let known: Vec<_> = all.iter().map(|value| name(*value).zh).collect();
            let codes: Vec<_> = all.iter().map(|value| name(*value).en).collect();
            self.fault(
                cells,
                column,
                format!("不认识“{text}”：可填 {}", known.join("、")),
                format!("“{text}” is not known: use one of {}", codes.join(", ")),
            );
        }
        found
    }

    fn programme(&mut self, cells: &Cells) -> bool {
        let region = cells.text(Column::Programme).map(|text| ascii(&text).parse::<RegionCode>());
        let region = match region.transpose() {
            Ok(region) => region,
            Err(problem) => {
                self.faults.add(cells.row, Some(Column::Programme), problem.message);
                return false;
            }
        };
        let year = match cells.text(Column::Year) {
            None => None,
            Some(text) => match ascii(&text).trim_end_matches('年').parse().ok().filter(|y| (1990..=2100).contains(y))
            {
                Some(year) => Some(year),
                None => {
                    self.fault(
                        cells,
                        Column::Year,
                        format!("“{text}”不是年度：请填四位年份"),
                        format!("“{text}” is no year"),
                    );
                    return false;
                }
            },
        };
        let series = self.short(cells, Column::ProgrammeSeries, 20);
        if let Some(known) = &self.draft.programme {
            let same = region.is_none_or(|region| region == known.region)
                && year.is_none_or(|year| year == known.year)
                && series.is_none_or(|series| series == known.series);
            if !same {
                let (code, year, row) = (known.region.short(), known.year, known.row);
                self.fault(
                    cells,
                    Column::Programme,
                    format!(
                        "一张表只能有一个方案：第 {row} 行是 {code} 的 {year} 年度方案，这一行不同。请分成两个文件"
                    ),
                    format!(
                        "a sheet holds one programme: row {row} says {code}, {year}, and this one differs; split it"
                    ),
                );
            }
            return same;
        }
        let (Some(region), Some(year)) = (region, year) else {
            if self.draft.rows == 1 {
                let column = if region.is_none() { Column::Programme } else { Column::Year };
                let heading = column.heading();
                self.fault(cells, column, format!("第一行数据必须填写{heading}"), "the first row must have it");
            }
            return false;
        };
        if !self.context.regions.contains_key(&region) {
            self.fault(
                cells,
                Column::Programme,
                format!("没有代码为 {} 的行政区划：请检查代码，或先导入该省的区划表", region.short()),
                format!("there is no division {}: check the code, or load its province's divisions", region.short()),
            );
            return false;
        }
        if self.context.within.as_ref().is_some_and(|within| !within.iter().any(|range| range.contains(&region))) {
            self.fault(
                cells,
                Column::Programme,
                format!("您的账号不能导入 {} 的方案：只能导入本地区的方案", region.short()),
                format!("your account may not import for {}: only for its own region", region.short()),
            );
            return false;
        }
        let title = self.short(cells, Column::Title, LONGEST_NAME);
        let series = series.unwrap_or_default();
        self.draft.programme = Some(DraftProgramme { row: cells.row, region, year, series, title });
        true
    }

    fn category(&mut self, cells: &Cells) -> bool {
        let number = self.number(cells, Column::CategoryNumber);
        let Some(name) = self.short(cells, Column::Category, LONGEST_NAME) else {
            if self.category.is_none() {
                self.fault(cells, Column::Category, "请填写类别", "the category is missing");
            }
            return self.category.is_some();
        };
        let found = self.draft.categories.iter().position(|category| category.name == name);
        let at = found.unwrap_or_else(|| {
            self.draft.categories.push(DraftCategory { number, name });
            self.draft.categories.len() - 1
        });
        let known = &mut self.draft.categories[at];
        match (known.number, number) {
            (Some(known), Some(number)) if known != number => {
                self.fault(
                    cells,
                    Column::CategoryNumber,
                    format!("同一类别前面的序号是 {known}，这里是 {number}"),
                    format!("the same category has the number {known} above and {number} here"),
                );
            }
            (None, Some(_)) => known.number = number,
            _ => {}
        }
        if self.category != Some(at) {
            self.category = Some(at);
            self.project = None;
            self.indicator = None;
        }
        true
    }

    fn project(&mut self, cells: &Cells) -> bool {
        let Some(category) = self.category else { return false };
        let number = self.number(cells, Column::ProjectNumber);
        let formal_name = self.short(cells, Column::FormalName, 2 * LONGEST_NAME);
        let content = self.short(cells, Column::Content, LONGEST_TEXT);
        let name = self.short(cells, Column::Project, LONGEST_NAME);
        let at = match (name, self.project) {
            (None, Some(project)) => project,
            (None, None) => {
                // A row with a category alone says that it is there, though it has no project yet.
                let goes_on = [Column::Indicator, Column::Target, Column::Actual, Column::Region, Column::Lead];
                if goes_on.iter().any(|column| cells.get(*column).is_some()) {
                    self.fault(cells, Column::Project, "请填写项目名称", "the project is missing");
                }
                return false;
            }
            (Some(name), _) => {
                let same = |project: &DraftProject| project.category == category && project.name == name;
                self.draft.projects.iter().position(same).unwrap_or_else(|| {
                    self.draft.projects.push(DraftProject { category, name, ..DraftProject::default() });
                    self.draft.projects.len() - 1
                })
            }
        };
        if self.project != Some(at) {
            self.project = Some(at);
            self.indicator = None;
            self.indicator_refused = false;
        }
        let known = &mut self.draft.projects[at];
        known.content_row = if content.is_some() && known.content.is_none() { cells.row } else { known.content_row };
        let differs = [
            (Column::ProjectNumber, tell(&mut known.number, number)),
            (Column::FormalName, tell(&mut known.formal_name, formal_name)),
            (Column::Content, tell(&mut known.content, content)),
        ];
        self.tell_differences(cells, &differs);
        true
    }

    fn tell_differences(&mut self, cells: &Cells, differs: &[(Column, bool)]) {
        for (column, _) in differs.iter().filter(|(_, differs)| *differs) {
            self.fault(
                cells,
                *column,
                "与前面同名各行的填写不一致：请改成一致，或留空",
                "it differs from the rows above of the same name: make them agree or leave it blank",
            );
        }
    }

    fn indicator(&mut self, cells: &Cells) -> Option<usize> {
        let project = self.project?;
        let series = self.short(cells, Column::Series, LONGEST_NAME);
        let name = self.short(cells, Column::Indicator, LONGEST_NAME);
        let known = match (&series, &name) {
            (None, None) => Some(self.indicator?),
            (Some(series), _) => self.by_series.get(series).copied(),
            (None, Some(name)) => self.by_name.get(&(project, name.clone())).copied(),
        };
        let told = self.told(cells, known);
        let Some(told) = told else {
            self.indicator = None;
            return None;
        };
        let at = match known {
            Some(at) => at,
            None => {
                let name = name?;
                let series = series.unwrap_or_else(|| name.clone());
                if let Some(other) = self.by_series.get(&series) {
                    let row = self.draft.indicators[*other].row;
                    self.fault(
                        cells,
                        Column::Indicator,
                        format!("第 {row} 行另一项目已有指标“{series}”：请在“指标代号”列填写不同的代号加以区分"),
                        format!("row {row} has an indicator “{series}” in another project: give one of them a code"),
                    );
                    return None;
                }
                self.new_indicator(cells, project, series, name, &told)?
            }
        };
        let indicator = &mut self.draft.indicators[at];
        let (unit, kind) = (&indicator.unit, indicator.kind);
        let mut differs = vec![
            (Column::Project, indicator.project != project),
            (Column::Unit, told.unit.as_ref().is_some_and(|(told, _)| told != unit)),
            (Column::Kind, told.kind.is_some_and(|told| told != kind)),
        ];
        differs.extend([
            (Column::Accumulation, tell(&mut indicator.accumulation, told.accumulation)),
            (Column::Direction, tell(&mut indicator.direction, told.direction)),
            (Column::Purpose, tell(&mut indicator.purpose, told.purpose)),
            (Column::Grain, tell(&mut indicator.grain, told.grain)),
            (Column::Parent, tell(&mut indicator.parent, told.parent)),
            (Column::Relation, tell(&mut indicator.relation, told.relation)),
            (Column::Breakdown, tell(&mut indicator.breakdown, told.breakdown)),
            (Column::FundSource, tell(&mut indicator.fund_source, told.fund_source)),
            (Column::Statistic, tell(&mut indicator.statistic, told.statistic)),
            (Column::Matter, tell(&mut indicator.matter, told.matter)),
            (Column::Services, tell(&mut indicator.services, told.services)),
        ]);
        // 万元 holds for the rows below as well, until another row says 元 again.
        if let Some((_, scale)) = told.unit {
            self.scales[at] = scale;
        }
        self.indicator = Some(at);
        self.tell_differences(cells, &differs);
        Some(at)
    }

    fn new_indicator(
        &mut self,
        cells: &Cells,
        project: usize,
        series: String,
        name: String,
        told: &ToldIndicator,
    ) -> Option<usize> {
        let (unit, scale) = told.unit.clone().unwrap_or_default();
        let Some(kind) = told.kind.or_else(|| usual_kind(&unit)) else {
            self.fault(
                cells,
                Column::Unit,
                "请填写单位；没有单位的指标请在“指标类型”列填“事项”或“位次”",
                "the unit is missing; for indicators without one say so in the column of the kind",
            );
            return None;
        };
        let at = self.draft.indicators.len();
        self.draft.indicators.push(DraftIndicator {
            row: cells.row,
            project,
            series: series.clone(),
            name: name.clone(),
            unit,
            kind,
            kind_told: told.kind.is_some(),
            accumulation: None,
            direction: None,
            purpose: None,
            grain: None,
            deepest: None,
            shared: None,
            parent: None,
            relation: None,
            breakdown: None,
            fund_source: None,
            statistic: None,
            matter: None,
            services: None,
        });
        self.scales.push(scale);
        self.by_series.insert(series, at);
        self.by_name.entry((project, name)).or_insert(at);
        Some(at)
    }
}

/// What one row says about its indicator.
struct ToldIndicator {
    unit: Option<(String, Magnitude)>,
    kind: Option<Kind>,
    accumulation: Option<Accumulation>,
    direction: Option<Direction>,
    purpose: Option<Purpose>,
    grain: Option<Level>,
    parent: Option<String>,
    relation: Option<Option<Relation>>,
    breakdown: Option<Breakdown>,
    fund_source: Option<FundSource>,
    statistic: Option<Statistic>,
    matter: Option<String>,
    services: Option<Vec<String>>,
}

impl Checker<'_> {
    /// Reads the descriptive columns; `None` when one of them is wrong.
    fn told(&mut self, cells: &Cells, known: Option<usize>) -> Option<ToldIndicator> {
        let before = self.faults.count;
        let told = ToldIndicator {
            unit: self.unit(cells, known),
            kind: self.word(cells, Column::Kind, Kind::parse_any, Kind::ALL, Kind::name),
            accumulation: self.word(
                cells,
                Column::Accumulation,
                Accumulation::parse_any,
                Accumulation::ALL,
                Accumulation::name,
            ),
            direction: self.word(cells, Column::Direction, Direction::parse_any, Direction::ALL, Direction::name),
            purpose: self.word(cells, Column::Purpose, Purpose::parse_any, Purpose::ALL, Purpose::name),
            grain: self.word(cells, Column::Grain, level, &Level::ALL, Level::name),
            parent: self.short(cells, Column::Parent, LONGEST_NAME),
            relation: self.relation(cells),
            breakdown: self.word(cells, Column::Breakdown, breakdown, Breakdown::ALL, Breakdown::name),
            fund_source: self.word(cells, Column::FundSource, FundSource::parse_any, FundSource::ALL, FundSource::name),
            statistic: self.word(cells, Column::Statistic, Statistic::parse_any, Statistic::ALL, Statistic::name),
            matter: self.short(cells, Column::Matter, LONGEST_NAME),
            services: self
                .short(cells, Column::Services, LONGEST_NAME)
                .map(|text| text.split([' ', '、', ',', '，']).filter(|n| !n.is_empty()).map(str::to_owned).collect()),
        };
        (self.faults.count == before).then_some(told)
    }

    fn relation(&mut self, cells: &Cells) -> Option<Option<Relation>> {
        if cells.text(Column::Relation).as_deref() == Some(RELATED) {
            return Some(None);
        }
        self.word(cells, Column::Relation, Relation::parse_any, Relation::ALL, Relation::name).map(Some)
    }

    /// Parents must be in the sheet or, which the import asks, in the ledger; nothing may be part of itself.
    fn check_parents(&mut self) {
        for at in 0..self.draft.indicators.len() {
            let mut above = at;
            for _ in 0..=self.draft.indicators.len() {
                let Some(parent) = self.draft.indicators[above].parent.as_deref() else { break };
                let Some(next) = self.draft.indicator_called(parent) else { break };
                if next == at {
                    let (row, name) = (self.draft.indicators[at].row, self.draft.indicators[at].name.clone());
                    self.faults.add(
                        row,
                        Some(Column::Parent),
                        Text::new(
                            format!("指标“{name}”成了自己的一部分：请检查上级指标"),
                            format!("“{name}” is part of itself: check the indicator above"),
                        ),
                    );
                    break;
                }
                above = next;
            }
        }
    }

    fn check_grains(&mut self) {
        for indicator in &self.draft.indicators {
            if let (Some(grain), Some((deepest, row))) = (indicator.grain, indicator.deepest)
                && deepest > grain
            {
                let (grain, name) = (grain.name(), &indicator.name);
                self.faults.add(
                    row,
                    Some(Column::Region),
                    Text::new(
                        format!("指标“{name}”按{}采集，这一行的地区低于这一级", grain.zh),
                        format!("“{name}” is collected by {}, and this place lies below that", grain.en),
                    ),
                );
            }
        }
    }
}

/// Keeps what is told first; says whether something else is told later.
fn tell<T: PartialEq>(known: &mut Option<T>, told: Option<T>) -> bool {
    match (&*known, told) {
        (_, None) => false,
        (None, told) => {
            *known = told;
            false
        }
        (Some(known), Some(told)) => *known != told,
    }
}

fn missing_heading(column: Column, nearest: Option<&str>) -> Text {
    let heading = column.heading();
    let (mut zh, mut en) = (format!("缺少表头“{heading}”"), format!("the heading “{heading}” is missing"));
    if let Some(nearest) = nearest {
        zh.push_str(&format!("；最接近的是“{nearest}”，请改成“{heading}”"));
        en.push_str(&format!("; the nearest is “{nearest}”"));
    } else {
        zh.push_str("：请照模板补上这一列");
    }
    Text::new(zh, en)
}

/// Columns in which a blank means “as above”.
fn carries_down(column: Column) -> bool {
    column <= Column::Services
        || matches!(column, Column::Lead | Column::Supporting | Column::LeaderInCharge | Column::ResponsiblePerson)
}

fn level(word: &str) -> Option<Level> {
    Level::parse(word).or_else(|| Level::ALL.into_iter().find(|level| level.name().zh == word))
}

fn breakdown(word: &str) -> Option<Breakdown> {
    match word {
        "完整" | "全部" => Some(Breakdown::Complete),
        "部分" => Some(Breakdown::Partial),
        _ => Breakdown::parse_any(word),
    }
}

/// The kind that a unit most often stands for.
fn usual_kind(unit: &str) -> Option<Kind> {
    use figures::units::Kind as Unit;
    Some(match figures::units::find(unit)?.kind {
        Unit::Plain => return None,
        Unit::People => Kind::People,
        Unit::Times => Kind::Times,
        Unit::Length => Kind::Length,
        Unit::Area => Kind::Area,
        Unit::Money => Kind::Money,
        Unit::Percent => Kind::Percent,
        Unit::Points => Kind::RateChange,
        Unit::Ratio => Kind::Ratio,
        _ => Kind::Count,
    })
}
