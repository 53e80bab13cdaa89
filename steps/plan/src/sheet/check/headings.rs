//! The heading row: found below the titles, its columns known by name, and what is missing or merged told.

use kernel::Text;

use super::Checker;
use crate::sheet::columns::Column;
use crate::sheet::read::{Cell, Row};

/// Rows in which the headings are looked for: titles may stand above them.
const HEADING_ROWS: u32 = 20;

/// Headings that make a row the heading row.
const ENOUGH_HEADINGS: usize = 4;

impl Checker<'_> {
    pub(super) fn look_for_headings(&mut self, row: &Row) {
        let texts: Vec<(usize, String)> = row
            .cells
            .iter()
            .filter_map(|(at, cell)| match cell {
                Cell::Text(text) => Some((*at, text.chars().take(super::LONGEST_NAME).collect())),
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

    pub(super) fn tell_missing_headings(&mut self) {
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
