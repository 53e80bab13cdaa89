//! The columns that hold values: unit, place, bodies, figures.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use figures::{Magnitude, units};
use kernel::{RegionCode, Text};
use ledger::entries::check_cut_off;
use ledger::programmes::ResponsibilityRole;
use ledger::words::{Kind, Measure};

use super::{Cells, Checker, LONGEST_NAME, LONGEST_TEXT};
use crate::bodies;
use crate::sheet::columns::{Column, distance};
use crate::sheet::draft::DraftFigure;
use crate::sheet::figure::{self, Counted, Told, ascii};

impl<'a> Checker<'a> {
    /// The unit without its 万 or 亿, and that.
    pub(super) fn unit(&mut self, cells: &Cells, known: Option<usize>) -> Option<(String, Magnitude)> {
        let text = self.short(cells, Column::Unit, LONGEST_NAME)?;
        if known.is_some_and(|at| self.draft.indicators[at].unit == text) || self.context.units.contains(&text) {
            return Some((text, Magnitude::One));
        }
        let found = units::find(&text);
        if let Some(found) = &found
            && (found.is_listed() || found.kind != units::Kind::MeasureWord)
        {
            let scale = [Magnitude::TenThousand, Magnitude::HundredMillion]
                .into_iter()
                .find(|scale| !found.is_listed() && text.starts_with(scale.suffix()));
            return Some(match scale {
                Some(scale) => (text.trim_start_matches(scale.suffix()).to_owned(), scale),
                None => (text, Magnitude::One),
            });
        }
        let near = near_unit(&text);
        let kind = cells.text(Column::Kind).and_then(|word| Kind::parse_any(&word));
        let is_measured = matches!(kind, None | Some(Kind::Length | Kind::Area | Kind::Money | Kind::Percent));
        match (found, near) {
            // Measure words are without number; only what looks like a slip of a known unit is asked about.
            (Some(_), None) => Some((text, Magnitude::One)),
            (Some(_), Some(near)) if !is_measured => {
                let row = cells.row;
                self.draft.notices.push(Text::new(
                    format!("第 {row} 行的单位“{text}”照录；若应为“{near}”，请改正后再导入"),
                    format!("row {row}: the unit “{text}” is kept as it stands; if it should be “{near}”, mend it"),
                ));
                Some((text, Magnitude::One))
            }
            (found, near) => {
                let hint = near.map_or_else(String::new, |near| format!("，是不是“{near}”？"));
                let way_out = if found.is_some() { "确为量词的，请填写指标类型“数量”" } else { "" };
                self.fault(
                    cells,
                    Column::Unit,
                    format!("没有“{text}”这个单位{hint}{way_out}"),
                    format!(
                        "“{text}” is no unit; {}",
                        near.map_or_else(String::new, |near| format!("is it “{near}”?"))
                    ),
                );
                None
            }
        }
    }

    /// The place of a row: its code, else its name below the programme's region, else that region.
    pub(super) fn region(&mut self, cells: &Cells) -> Option<RegionCode> {
        let top = self.draft.programme.as_ref()?.region;
        let name = self.short(cells, Column::Place, LONGEST_NAME);
        let Some(code) = cells.text(Column::Region) else {
            return match name {
                None => Some(top),
                Some(name) => self.region_called(cells, top, &name),
            };
        };
        let code = match ascii(&code).parse::<RegionCode>() {
            Ok(code) => code,
            Err(problem) => {
                self.faults.add(cells.row, Some(Column::Region), problem.message);
                return None;
            }
        };
        let Some(names) = self.context.regions.get(&code) else {
            self.fault(
                cells,
                Column::Region,
                format!("没有代码为 {} 的行政区划：请检查代码，或先导入该省的区划表", code.short()),
                format!("there is no division {}: check the code, or load its province's divisions", code.short()),
            );
            return None;
        };
        if !top.contains(code) && !code.contains(top) {
            self.fault(
                cells,
                Column::Region,
                format!("{} 不在方案地区 {} 之内", code.short(), top.short()),
                format!("{} does not lie in the programme's region {}", code.short(), top.short()),
            );
            return None;
        }
        if let Some(name) = name.filter(|name| !names.iter().any(|known| same_place(known, name))) {
            let (short, known) = (code.short(), names.join("、"));
            self.fault(
                cells,
                Column::Place,
                format!("地区代码 {short} 是{known}，这里写的是“{name}”：请核对"),
                format!("{short} is {known}, and “{name}” stands here: check them"),
            );
            return None;
        }
        Some(code)
    }

    fn region_called(&mut self, cells: &Cells, top: RegionCode, name: &str) -> Option<RegionCode> {
        let context = self.context;
        if context.regions.get(&top).is_some_and(|names| names.iter().any(|known| same_place(known, name))) {
            return Some(top);
        }
        let below = self.places_below.get_or_insert_with(|| {
            let mut below = HashMap::<&'a str, Vec<RegionCode>>::new();
            for (code, names) in context.regions.iter().filter(|(code, _)| top.contains(**code)) {
                for name in names {
                    below.entry(name).or_default().push(*code);
                }
            }
            below
        });
        match below.get(name).map_or(&[][..], Vec::as_slice) {
            [one] => Some(*one),
            [] => {
                let mut near: Vec<&str> = below.keys().copied().filter(|known| distance(known, name) <= 1).collect();
                near.sort_unstable();
                near.truncate(3);
                let hint = match near.join("、") {
                    near if near.is_empty() => "：".to_owned(),
                    near => format!("，是不是“{near}”？"),
                };
                self.fault(
                    cells,
                    Column::Place,
                    format!("方案地区内没有“{name}”{hint}请填写地区代码"),
                    format!("there is no “{name}” in the programme's region: give its code"),
                );
                None
            }
            several => {
                let mut codes: Vec<_> = several.iter().map(|code| code.short()).collect();
                codes.sort();
                let (count, codes) = (codes.len(), codes.join("、"));
                self.fault(
                    cells,
                    Column::Place,
                    format!("有 {count} 个地方叫“{name}”（{codes}）：请填写地区代码"),
                    format!("{count} places are called “{name}” ({codes}): give the code"),
                );
                None
            }
        }
    }

    /// Who answers for the row's project at its place.
    pub(super) fn bodies(&mut self, cells: &Cells, region: RegionCode) {
        let Some(project) = self.project else { return };
        for (column, role) in [
            (Column::Lead, ResponsibilityRole::Lead),
            (Column::Supporting, ResponsibilityRole::Supporting),
            (Column::LeaderInCharge, ResponsibilityRole::LeaderInCharge),
            (Column::ResponsiblePerson, ResponsibilityRole::ResponsiblePerson),
        ] {
            let Some(text) = self.short(cells, column, LONGEST_TEXT) else { continue };
            let told = match bodies::parse(&text, role) {
                Ok(told) => told,
                Err(problem) => {
                    self.faults.add(cells.row, Some(column), problem.message);
                    continue;
                }
            };
            let known = self.draft.bodies.entry((project, region, role)).or_default();
            for body in told {
                if !known.contains(&body) {
                    known.push(body);
                }
            }
        }
    }

    /// The figures of a row.
    pub(super) fn figures(&mut self, cells: &Cells, indicator: usize, region: RegionCode) {
        let (has_target, has_actual) = (cells.get(Column::Target).is_some(), cells.get(Column::Actual).is_some());
        if !has_target && !has_actual {
            return;
        }
        let as_of = match cells.get(Column::AsOf).map(figure::day).transpose() {
            Ok(as_of) => as_of,
            Err(message) => {
                self.faults.add(cells.row, Some(Column::AsOf), message);
                return;
            }
        };
        if let Err(problem) = check_cut_off(as_of, self.context.today) {
            self.faults.add(cells.row, Some(Column::AsOf), problem.message);
            return;
        }
        let told = match cells.text(Column::Qualifier) {
            None => Told::Nothing,
            Some(word) => match Told::parse(&word) {
                Some(told) => told,
                None => {
                    self.fault(
                        cells,
                        Column::Qualifier,
                        format!("不认识“{word}”：可填 确数、以上、以内、约数、全部、{}", figure::NO_NUMBER),
                        format!("“{word}” is not known: use exactly, at least, at most, about, all"),
                    );
                    return;
                }
            },
        };
        let organisation = self.short(cells, Column::Organisation, 100).map(|name| self.organisation(region, name));
        let document = self.short(cells, Column::Document, LONGEST_NAME).map(|name| self.document(name));
        let note = self.short(cells, Column::Note, LONGEST_TEXT).map(String::into_boxed_str);
        // Cut-off and qualifier belong to what is done; where only the goal stands, to the goal.
        let of_target = if has_actual { (None, Told::Nothing) } else { (as_of, told) };
        for (column, measure, (as_of, told)) in
            [(Column::Target, Measure::Target, of_target), (Column::Actual, Measure::Actual, (as_of, told))]
        {
            let Some(cell) = cells.get(column) else { continue };
            let known = &self.draft.indicators[indicator];
            let counted = Counted { unit: &known.unit, scale: self.scales[indicator], kind: known.kind };
            match figure::read(cell, counted, told) {
                Err(message) => self.faults.add(cells.row, Some(column), message),
                Ok(read) => self.keep(
                    column,
                    DraftFigure {
                        row: cells.row,
                        indicator: u32::try_from(indicator).unwrap_or(u32::MAX),
                        region,
                        organisation,
                        measure,
                        as_of,
                        number: read.number,
                        qualifier: read.qualifier,
                        raw: read.raw.into_boxed_str(),
                        document,
                        note: note.clone(),
                    },
                ),
            }
        }
    }

    fn keep(&mut self, column: Column, figure: DraftFigure) {
        let key = (figure.indicator, figure.region, figure.organisation, figure.measure, figure.as_of);
        match self.keys.entry(key) {
            Entry::Occupied(taken) => {
                let other = &self.draft.figures[*taken.get()];
                let row = other.row;
                let same = other.number.map(|n| n.value) == figure.number.map(|n| n.value)
                    && other.qualifier == figure.qualifier
                    && (figure.number.is_some() || other.raw == figure.raw);
                let message = if same {
                    Text::new(
                        format!("与第 {row} 行重复（同一地区、指标、截至日）：请删去一行"),
                        format!("the same figure stands in row {row}: remove one of them"),
                    )
                } else {
                    Text::new(
                        format!("与第 {row} 行矛盾：同一地区、指标、截至日填了“{}”和“{}”", other.raw, figure.raw),
                        format!("row {row} says “{}” for the same place, indicator and cut-off", other.raw),
                    )
                };
                self.faults.add(figure.row, Some(column), message);
            }
            Entry::Vacant(free) => {
                free.insert(self.draft.figures.len());
                let indicator = &mut self.draft.indicators[figure.indicator as usize];
                let level = figure.region.level();
                if indicator.deepest.is_none_or(|(deepest, _)| level > deepest) {
                    indicator.deepest = Some((level, figure.row));
                }
                if figure.organisation.is_some() {
                    indicator.shared.get_or_insert(figure.row);
                }
                self.draft.figures.push(figure);
            }
        }
    }

    fn organisation(&mut self, region: RegionCode, name: String) -> u32 {
        let draft = &mut self.draft;
        *self.organisations.entry((region, name)).or_insert_with_key(|key| {
            draft.organisations.push(key.clone());
            u32::try_from(draft.organisations.len() - 1).unwrap_or(u32::MAX)
        })
    }

    fn document(&mut self, name: String) -> u32 {
        let draft = &mut self.draft;
        *self.documents.entry(name).or_insert_with_key(|name| {
            draft.documents.push(name.clone());
            u32::try_from(draft.documents.len() - 1).unwrap_or(u32::MAX)
        })
    }
}

/// A listed unit of two or more characters that differs in one.
fn near_unit(text: &str) -> Option<&'static str> {
    let bare = text.trim_start_matches(['万', '亿']);
    let length = bare.chars().count();
    units::TABLE
        .iter()
        .map(|row| row.name)
        .filter(|name| name.chars().count() >= 2 && name.chars().count().abs_diff(length) <= 1)
        .filter(|name| bare.chars().any(|c| name.contains(c)))
        .find(|name| distance(name, bare) == 1 && length >= 2)
}

/// Whether a name typed means the known one: 宁波市海曙区 and 海曙 do for 海曙区.
fn same_place(known: &str, typed: &str) -> bool {
    known == typed || typed.ends_with(known) || (typed.chars().count() >= 2 && known.starts_with(typed))
}
