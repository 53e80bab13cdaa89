//! What a row belongs to: its programme, category and project.

use kernel::RegionCode;

use super::{Cells, Checker, LONGEST_NAME, LONGEST_TEXT, tell};
use crate::sheet::columns::Column;
use crate::sheet::draft::{DraftCategory, DraftProgramme, DraftProject};
use crate::sheet::figure::ascii;

impl Checker<'_> {
    pub(super) fn programme(&mut self, cells: &Cells) -> bool {
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

    pub(super) fn category(&mut self, cells: &Cells) -> bool {
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

    pub(super) fn project(&mut self, cells: &Cells) -> bool {
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
}
