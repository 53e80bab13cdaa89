//! What a bulletin can say of a programme: every figure that a placeholder may name, as it stands in one view.

use std::collections::BTreeMap;

use chase::tables::orders::Model as Order;
use chrono::{Datelike, NaiveDate};
use figures::{Decimal, Number, Precision, Qualifier};
use kernel::clock::china_time;
use ledger::board::{Basis, Board, ProjectBoard, Row, Shown};
use ledger::rules::Light;
use ledger::words::{Kind, Measure, Purpose, Statistic};
use sea_orm::ConnectionTrait;
use serde::{Deserialize, Serialize};
use store::Result;
use uuid::Uuid;
use watch::rules::bands::bands;

use super::numbers;

/// How a figure came to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// An entry of the ledger.
    Entry,
    /// The sum of the places below.
    Sum,
    /// Computed from other figures of the ledger.
    Derived,
    /// Brought in by the author, with its source.
    Outside,
}

/// A figure bound to its place in a text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bound {
    /// The placeholder's name: 完成:12.
    pub key: String,
    /// What it says, for people: 新增学位 · 完成.
    pub name: String,
    /// The words in which a text names it.
    pub names: Vec<String>,
    /// How it prints: 450个.
    pub text: String,
    /// The exact value; none for a matter of fact.
    pub value: Option<Decimal>,
    /// How finely it prints: a `figures::Precision` code.
    pub precision: i16,
    /// A `figures::Qualifier` code.
    pub qualifier: String,
    /// The unit.
    pub unit: String,
    /// A [`Kind`].
    pub kind: String,
    /// Done, or to be done.
    pub target: bool,
    /// The day up to which it counts.
    pub as_of: Option<NaiveDate>,
    /// How it came to be.
    pub how: How,
    /// The entry whose trail it opens.
    pub entry: Option<Uuid>,
    /// The indicator's number in addresses.
    pub indicator: Option<i32>,
    /// How it was computed, or who says so.
    pub says: String,
}

impl Bound {
    /// The number as printed.
    pub fn number(&self) -> Option<Number> {
        Some(Number { value: self.value?, precision: Precision::from_code(self.precision)? })
    }

    /// How closely it is meant.
    pub fn qualifier(&self) -> Qualifier {
        Qualifier::parse_code(&self.qualifier).unwrap_or(Qualifier::Exact)
    }

    /// What it counts.
    pub fn kind(&self) -> Kind {
        Kind::parse(&self.kind).unwrap_or(Kind::Count)
    }

    /// The page that tells where it comes from.
    pub fn trail(&self, slug: &str) -> Option<String> {
        if let Some(entry) = self.entry {
            return Some(format!("/entries/{entry}"));
        }
        self.indicator.map(|number| format!("{}#places", ledger::search::indicator_path(slug, number)))
    }
}

/// Everything that can be said, by the names of placeholders.
#[derive(Clone, Debug)]
pub struct Bindings {
    /// The board that it comes from.
    pub board: Board,
    /// The name of the place.
    pub place: String,
    /// The cut-off.
    pub cut_off: NaiveDate,
    figures: BTreeMap<String, Bound>,
    /// The names in the order of the programme.
    order: Vec<String>,
}

impl Bindings {
    /// What `board` says; `orders` are those of its programme.
    pub fn of(board: Board, place: String, orders: &[Order]) -> Self {
        let cut_off = board.view.cut_off.unwrap_or_else(|| end_of_year(board.outline.programme.year));
        let mut bindings = Self { board, place, cut_off, figures: BTreeMap::new(), order: Vec::new() };
        bindings.add_counts();
        bindings.add_progress();
        bindings.add_orders(orders);
        for row in bindings.board.all_rows().into_iter().cloned().collect::<Vec<_>>() {
            bindings.add_row(&row);
        }
        bindings
    }

    /// Reads the board of a programme at a cut-off as known at the end of `known`, and what it says.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn load<C: ConnectionTrait>(
        on: &C,
        programme: ledger::tables::programmes::Model,
        cut_off: NaiveDate,
        known: Option<NaiveDate>,
    ) -> Result<Self> {
        let view = ledger::entries::View { cut_off: Some(cut_off), known };
        let board = Board::load(on, programme, view).await?;
        let programme = &board.outline.programme;
        let place = ledger::regions::name_in(on, board.outline.region(), programme.year).await?;
        let orders = chase::orders::of_programme(on, programme.id).await?;
        Ok(Self::of(board, place, &orders))
    }

    /// The figure that a placeholder names.
    pub fn figure(&self, key: &str) -> Option<&Bound> {
        self.figures.get(key)
    }

    /// Every figure, in the order of the programme.
    pub fn all(&self) -> impl Iterator<Item = &Bound> {
        self.order.iter().filter_map(|key| self.figures.get(key))
    }

    /// Words that are no figures: 地区, 年份, 月份, 截至, 方案, and the day of one figure, 截至:12.
    pub fn words(&self, key: &str) -> Option<String> {
        let programme = &self.board.outline.programme;
        Some(match key {
            "地区" => self.place.clone(),
            "年份" => programme.year.to_string(),
            "月份" => self.cut_off.month().to_string(),
            "截至" => format!("截至{}", long_day(self.cut_off)),
            "方案" => programme.title.clone(),
            _ => return self.own_day(key),
        })
    }

    /// The day of one figure: 截至:12 in a sentence, 截至日:12 in a table; 未注 where the ledger has none.
    fn own_day(&self, key: &str) -> Option<String> {
        let (word, number) = key.split_once(':')?;
        let day = self.figure(&format!("完成:{number}"))?.as_of;
        match (word, day) {
            ("截至", Some(day)) => Some(format!("截至{}", long_day(day))),
            ("截至日", Some(day)) => Some(long_day(day)),
            ("截至日", None) => Some("未注".to_owned()),
            _ => None,
        }
    }

    /// The slug of the programme.
    pub fn slug(&self) -> &str {
        &self.board.outline.programme.slug
    }

    /// Projects that the programme adopted; all of them where it numbers none.
    pub fn projects(&self) -> Vec<&ProjectBoard> {
        let adopted: Vec<_> = self.board.adopted_projects().collect();
        if adopted.is_empty() {
            self.board.context().flat_map(|category| &category.projects).collect()
        } else {
            adopted
        }
    }

    fn put(&mut self, bound: Bound) {
        if self.figures.insert(bound.key.clone(), bound.clone()).is_none() {
            self.order.push(bound.key);
        }
    }

    /// A count or share that follows from the board.
    fn derive(&mut self, key: &str, names: &[&str], (number, unit, kind): (Number, &str, Kind), says: String) {
        let text = numbers::printed(kind, number, Qualifier::Exact, unit);
        self.put(Bound {
            key: key.to_owned(),
            name: names.first().copied().unwrap_or(key).to_owned(),
            names: names.iter().map(|name| (*name).to_owned()).collect(),
            text,
            value: Some(number.value),
            precision: number.precision.to_code(),
            qualifier: Qualifier::Exact.code().to_owned(),
            unit: unit.to_owned(),
            kind: kind.code().to_owned(),
            target: false,
            as_of: Some(self.cut_off),
            how: How::Derived,
            entry: None,
            indicator: None,
            says,
        });
    }

    /// A published number stands before one that the ledger derives.
    fn publish(&mut self, key: &str, names: &[&str], statistic: Statistic) -> bool {
        let Some(row) = self.board.statistics.get(&statistic).cloned() else { return false };
        let Some(shown) = row.actual.as_ref().or(row.target.as_ref()) else { return false };
        let Some(mut bound) = self.bind(&row, shown, key, "公布") else { return false };
        bound.names.extend(names.iter().map(|name| (*name).to_owned()));
        self.put(bound);
        true
    }

    fn add_counts(&mut self) {
        let categories = self.board.adopted_categories().count();
        let each: Vec<Decimal> = self.board.adopted_projects().filter_map(|project| project.progress).collect();
        let projects = self.board.adopted_projects().count();
        let count = |count: usize, unit: &'static str| (Number::exact(Decimal::from(count)), unit, Kind::Count);
        if categories > 0 && !self.publish("类数", &["民生实事类别数"], Statistic::Categories) {
            self.derive("类数", &["民生实事类别数", "民生实事"], count(categories, "类"), "方案中有编号的类".into());
        }
        if projects > 0 && !self.publish("项目数", &["民生实事项目数"], Statistic::Projects) {
            self.derive("项目数", &["民生实事项目数", "民生实事项目"], count(projects, "项"), "方案中的项目".into());
        }
        if let Some(schedule) = self.board.schedule {
            let says = "已过月数÷12，或按方案的天数口径".to_owned();
            self.derive("序时进度", &["序时进度"], (percent_of(schedule.percent), "%", Kind::Percent), says);
        }
        let published = self.publish("平均进度", &["项目平均进度"], Statistic::MeanProgress)
            || self.publish("平均进度", &["项目平均进度"], Statistic::MeanProgressCategories);
        if !published && let Some((mean, counted)) = self.board.derived_mean().filter(|(_, n)| *n == projects) {
            let says = format!("{counted}个项目的进度各按100%封顶后平均");
            let mean = (numbers::percent(mean), "%", Kind::Percent);
            self.derive("平均进度", &["项目平均进度", "平均进度"], mean, says);
        }
        let rules = self.board.rules;
        let found = bands(&each, rules.done.says.percent, &rules.bands.says);
        let whole = each.len() == projects && projects > 0;
        if !self.publish("完成项目数", &["提前完成年度目标任务的项目"], Statistic::DoneEarly) && whole
        {
            let says = format!("进度达到{}%的项目", rules.done.says.percent);
            let names = ["提前完成年度目标任务的项目", "已完成项目", "提前完成年度目标任务"];
            self.derive("完成项目数", &names, count(found.done, "个"), says);
        }
        for above in &found.above {
            let share = above.share;
            let key = format!("超过:{share}");
            let is_published = self.board.published(Statistic::Threshold).and_then(Shown::value);
            let taken = is_published == Some(Decimal::from(share))
                && self.publish(&key, &["项目进展率超过阈值"], Statistic::AboveThreshold);
            if !taken && whole {
                let says = format!("进度超过{share}%的项目，含已完成的");
                let name = format!("进展率超过{share}%的项目");
                self.derive(&key, &[name.as_str(), "进展率超过", "项目进展率"], count(above.count, "个"), says);
            }
            let limit = (Number::exact(Decimal::from(share)), "%", Kind::Percent);
            let names = ["进展率分档阈值", "进展率超过", "项目进展率"];
            self.derive(&format!("阈值:{share}"), &names, limit, "规则集 bands".into());
        }
        if whole {
            let lit = |lights: &[Light]| {
                let all = self.board.adopted_projects();
                all.filter(|project| project.light.is_some_and(|light| lights.contains(&light))).count()
            };
            let (behind, far) = (lit(&[Light::Behind, Light::FarBehind]), lit(&[Light::FarBehind]));
            let says = "按规则集亮灯，含严重滞后".to_owned();
            self.derive("滞后项目数", &["进度滞后的项目", "滞后项目"], count(behind, "个"), says);
            self.derive("严重滞后项目数", &["严重滞后的项目"], count(far, "个"), "按规则集亮灯".into());
        }
    }

    /// How far each project and each category is, as charts print it; told apart from the shares of their indicators, which
    /// may pass 100%.
    fn add_progress(&mut self) {
        let projects = self.projects().into_iter().filter_map(|project| {
            Some(("项目进度", project.project.name.clone(), project.progress?, "各项指标的完成率按100%封顶后平均"))
        });
        let categories = self.board.adopted_categories().filter_map(|category| {
            Some(("类别进度", category.category.name.clone(), category.progress()?, "各项目的进度平均"))
        });
        let all: Vec<_> = projects.chain(categories).collect();
        for (what, name, progress, says) in all {
            let names = [format!("{name}完成率"), name.clone(), format!("{name}进度")];
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            let progress = (numbers::percent(progress), "%", Kind::Percent);
            self.derive(&format!("{what}:{name}"), &names, progress, says.to_owned());
        }
    }

    fn add_orders(&mut self, orders: &[Order]) {
        let day = |ms: i64| china_time(ms).map(|time| time.date_naive());
        let raised: Vec<_> =
            orders.iter().filter(|order| day(order.raised_ms).is_some_and(|day| day <= self.cut_off)).collect();
        let is_closed = |order: &&&Order| order.closed_ms.and_then(day).is_some_and(|closed| closed <= self.cut_off);
        let closed = raised.iter().filter(is_closed).count();
        let count = |count: usize| (Number::exact(Decimal::from(count)), "件", Kind::Count);
        let says = "督办台账，按发出和销号日期".to_owned();
        self.derive("督办发出", &["发出督办单"], count(raised.len()), says.clone());
        self.derive("督办销号", &["办结销号督办单", "办结销号"], count(closed), says.clone());
        self.derive("督办在办", &["在办督办单", "在办"], count(raised.len() - closed), says);
    }

    fn add_row(&mut self, row: &Row) {
        let indicator = &row.indicator;
        if indicator.purpose() == Purpose::Image {
            return;
        }
        let number = indicator.number;
        if let Some(shown) = row.actual.as_ref().filter(|shown| shown.elsewhere.is_none()) {
            self.put_some(self.bind(row, shown, &format!("完成:{number}"), "完成"));
        }
        if let Some(shown) = row.target.as_ref().filter(|shown| shown.elsewhere.is_none()) {
            self.put_some(self.bind(row, shown, &format!("目标:{number}"), "目标"));
        }
        let Some(progress) = row.progress else { return };
        let done = numbers::percent(progress);
        let name = format!("{} · 完成率", indicator.name);
        let names = [
            name,
            format!("{}完成年度目标", indicator.name),
            format!("{}使用进度", indicator.name),
            indicator.name.clone(),
            "完成年度目标".to_owned(),
            "使用进度".to_owned(),
        ];
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let says = format!("“{}”的完成数÷目标数", indicator.name);
        self.derive(&format!("完成率:{number}"), &names, (done, "%", Kind::Percent), says);
        if let Some(schedule) = row.schedule {
            self.put_lead(row, schedule.percent, progress);
        }
        self.of_indicator(&[format!("完成率:{number}"), format!("快慢:{number}")], row);
    }

    /// What was derived from one indicator opens its page.
    fn of_indicator(&mut self, keys: &[String], row: &Row) {
        for key in keys {
            if let Some(bound) = self.figures.get_mut(key) {
                bound.indicator = Some(row.indicator.number);
                bound.as_of = row.actual.as_ref().and_then(Shown::day);
            }
        }
    }

    /// 快于序时进度8.6个百分点: the sign is in the words.
    fn put_lead(&mut self, row: &Row, due: Decimal, progress: Decimal) {
        let lead = figures::round(progress - due, 1);
        let indicator = &row.indicator;
        let names = [format!("{}快于序时进度", indicator.name), format!("{}慢于序时进度", indicator.name)];
        let names: Vec<&str> = names.iter().map(String::as_str).chain(["快于序时进度", "慢于序时进度"]).collect();
        // Below zero when behind, as a reader takes 慢于.
        let number = Number { value: lead, precision: Precision::places(1) };
        let key = format!("快慢:{}", indicator.number);
        let says = "完成率减序时进度".to_owned();
        self.derive(&key, &names, (number, "个百分点", Kind::RateChange), says);
        if let Some(bound) = self.figures.get_mut(&key) {
            let size = figures::print_points(lead.abs(), 1);
            bound.text = match lead {
                lead if lead.is_zero() => "与序时进度持平".to_owned(),
                lead if lead.is_sign_negative() => format!("慢于序时进度{size}"),
                _ => format!("快于序时进度{size}"),
            };
            if lead.is_zero() {
                bound.value = None;
            }
        }
    }

    fn put_some(&mut self, bound: Option<Bound>) {
        if let Some(bound) = bound {
            self.put(bound);
        }
    }

    fn bind(&self, row: &Row, shown: &Shown, key: &str, what: &str) -> Option<Bound> {
        let indicator = &row.indicator;
        let kind = indicator.kind();
        let number = shown.number.map(|number| if shown.places > 0 { numbers::sum(kind, number) } else { number });
        let text = match numbers::of_shown(kind, shown) {
            Some(text) => text,
            // A matter of fact, or a figure without a number, is said in the words that were reported.
            None if !shown.raw.is_empty() && shown.raw.parse::<Decimal>().is_err() => {
                format!("{}{}", shown.raw, shown.unit)
            }
            None if kind == Kind::Boolean && shown.places == 0 => "已完成".to_owned(),
            None => return None,
        };
        let measure = if what == "目标" { Measure::Target } else { Measure::Actual };
        let is_target = measure == Measure::Target || key.starts_with("阈值");
        Some(Bound {
            key: key.to_owned(),
            name: format!("{} · {what}", indicator.name),
            names: wordings(&indicator.name, is_target),
            text,
            value: number.filter(|_| kind != Kind::Boolean).map(|number| number.value),
            precision: number.map_or(0, |number| number.precision.to_code()),
            qualifier: shown.qualifier.code().to_owned(),
            unit: shown.unit.clone(),
            kind: kind.code().to_owned(),
            target: is_target,
            as_of: if is_target { shown.as_of } else { shown.day() },
            how: if shown.basis == Basis::Derived { How::Sum } else { How::Entry },
            entry: shown.entry,
            indicator: Some(indicator.number),
            says: if shown.places > 0 { format!("{}个地方合计", shown.places) } else { String::new() },
        })
    }
}

/// How texts name an outcome, or a target: 新增学位850个，完成年度目标1000个.
pub(crate) fn wordings(name: &str, target: bool) -> Vec<String> {
    let mut all = vec![name.to_owned()];
    if target {
        all.extend([format!("{name}年度目标"), "完成年度目标".to_owned(), "年度目标".to_owned()]);
    }
    all
}

/// 50% where it is whole, else with one decimal.
fn percent_of(value: Decimal) -> Number {
    let rounded = figures::round(value, 1);
    if rounded == rounded.trunc() { Number::exact(rounded.trunc()) } else { numbers::percent(value) }
}

/// The last day of a year.
pub(crate) fn end_of_year(year: i32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, 12, 31).unwrap_or(NaiveDate::MAX)
}

/// 2024年6月30日.
pub(crate) fn long_day(day: NaiveDate) -> String {
    format!("{}年{}月{}日", day.year(), day.month(), day.day())
}
