//! The indicator of a row: what is told about it here and on other rows, and whether all of it agrees.

use figures::Magnitude;
use kernel::{Level, Text};
use ledger::words::{Accumulation, Breakdown, Direction, FundSource, Kind, Purpose, Relation, Statistic};

use super::{Cells, Checker, LONGEST_NAME, RELATED, tell};
use crate::sheet::columns::Column;
use crate::sheet::draft::DraftIndicator;

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
    pub(super) fn indicator(&mut self, cells: &Cells) -> Option<usize> {
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
    pub(super) fn check_parents(&mut self) {
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

    pub(super) fn check_grains(&mut self) {
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
