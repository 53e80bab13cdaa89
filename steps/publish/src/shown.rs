//! How figures of the ledger stand on a page: text, unit, qualifier, day, bar, light and the rows of a scoreboard.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};
use figures::{Decimal, Figure, Magnitude, Number, Precision, Qualifier, relations};
use kernel::{Lang, RegionCode, Schedule};
use ledger::board::{Basis, Board, Row, Shown};
use ledger::matters::{self, Matter};
use ledger::programmes::Outline;
use ledger::rules::Light;
use ledger::search::indicator_path;
use ledger::tables::programmes::Model as Programme;
use ledger::words::{Breakdown, Kind, Relation};
use rust_decimal::prelude::ToPrimitive;
use sea_orm::ConnectionTrait;
use uuid::Uuid;
use web::Frame;
use web::components::{self, Bullet, FigureLink, Tag};

use crate::changes::Changes;

/// The page that tells where a figure comes from.
pub(crate) fn entry_path(entry: Uuid) -> String {
    format!("/entries/{entry}")
}

/// A figure with its qualifier and unit; opens its trail when it is an entry.
pub(crate) fn figure(lang: Lang, kind: Kind, shown: &Shown) -> FigureLink {
    let trail = shown.entry.map(entry_path);
    let value = shown.value().map(|value| value.normalize().to_string()).unwrap_or_default();
    if let Some(text) = words(lang, kind, shown) {
        return FigureLink { text, value, trail, words: true, ..FigureLink::default() };
    }
    let Some(number) = printed(kind, shown) else {
        return FigureLink { text: shown.raw.clone(), trail, words: true, ..FigureLink::default() };
    };
    let (text, scale) = digits(lang, number);
    FigureLink {
        text,
        scale,
        value,
        unit: unit(lang, &shown.unit),
        before: qualifier(lang, shown.qualifier, number, &shown.unit).to_owned(),
        trail,
        ..FigureLink::default()
    }
}

/// What a place says of a matter: a sum over several places opens its indicator, where they are listed.
pub(crate) fn of_line(lang: Lang, line: &matters::Line, shown: &Shown) -> FigureLink {
    let mut figure = figure(lang, line.indicator.kind(), shown);
    if shown.places > 0 {
        figure.trail = Some(indicator_path(&line.programme.slug, line.indicator.number));
    }
    figure
}

/// The figure in words, where it is no quantity: 已建成, 并列首位, 大幅下降.
fn words(lang: Lang, kind: Kind, shown: &Shown) -> Option<String> {
    if shown.number.is_none() {
        return Some(format!("{}{}", shown.raw, shown.unit));
    }
    match kind {
        Kind::Boolean if shown.places > 0 => None,
        Kind::Boolean if shown.raw.is_empty() => Some(lang.t("是", "yes").to_owned()),
        Kind::Boolean => Some(shown.raw.clone()),
        Kind::Rank => {
            let printed = Figure {
                number: shown.number,
                raw: shown.raw.clone(),
                unit: shown.unit.clone(),
                qualifier: shown.qualifier,
            };
            let tie = if shown.tie { lang.t("并列", "tied ") } else { "" };
            Some(match (lang, shown.number) {
                (Lang::En, Some(number)) => format!("{tie}No. {number}"),
                _ => format!("{tie}{}", printed.display_rank_zh()),
            })
        }
        _ => None,
    }
}

/// The digits with their separators, and the 万 or 亿 behind them. English readers get 亿 as millions, 万 in full.
fn digits(lang: Lang, number: Number) -> (String, String) {
    match lang {
        Lang::Zh => {
            let scale = number.precision.magnitude.suffix();
            let grouped = number.grouped();
            let text = grouped.strip_suffix(scale).unwrap_or(&grouped).to_owned();
            (text, scale.to_owned())
        }
        Lang::En if number.precision.magnitude == Magnitude::HundredMillion => {
            let places = number.precision.places.saturating_sub(2);
            let millions = number.value.checked_div(Decimal::from(1_000_000)).unwrap_or(number.value);
            (Number { value: millions, precision: Precision::places(places) }.grouped(), " million".to_owned())
        }
        Lang::En => (in_full(number).grouped(), String::new()),
    }
}

fn in_full(number: Number) -> Number {
    let Precision { places, magnitude } = number.precision;
    Number { value: number.value, precision: Precision::places(places.saturating_sub(magnitude.exponent())) }
}

/// A number on its own, as in a sum that is written out: 6.52亿.
pub(crate) fn plain(lang: Lang, number: Number) -> String {
    let (text, scale) = digits(lang, short(number));
    text + &scale
}

/// A whole number that nobody printed, such as a sum, in 万 or 亿 where that loses no digit: 22.47亿, not 2,247,000,000.
fn short(number: Number) -> Number {
    if number.precision != Precision::places(0) {
        return number;
    }
    figures::parse_number(&figures::print_compact(number.value)).unwrap_or(number)
}

/// The amount of a figure of money on its own, as closely as it is shown: 38.84亿.
pub(crate) fn amount(lang: Lang, shown: &Shown) -> Option<String> {
    let (text, scale) = digits(lang, printed(Kind::Money, shown)?);
    Some(text + &scale)
}

/// The number as closely as it is shown. Money that the ledger derived is told like the plans beside it, 11.88亿 and
/// not 118,809.6万: the value keeps every yuan, and the page that it opens writes them out.
fn printed(kind: Kind, shown: &Shown) -> Option<Number> {
    let number = shown.number?;
    Some(match kind {
        Kind::Money if shown.basis == Basis::Derived => {
            Number { precision: Precision::of_money(number.value), ..number }
        }
        _ if shown.places > 0 => short(number),
        _ => number,
    })
}

/// The unit in the language of the page, where it has a name there.
pub(crate) fn unit(lang: Lang, unit: &str) -> String {
    lang.t(unit, figures::units::in_english(unit)).to_owned()
}

fn qualifier(lang: Lang, qualifier: Qualifier, number: Number, unit: &str) -> &'static str {
    match qualifier {
        Qualifier::Exact => "",
        Qualifier::AtLeast => "≥",
        Qualifier::AtMost => "≤",
        Qualifier::Approximately => lang.t("约", "about "),
        // 100 % says by itself that it is all.
        Qualifier::All if unit == "%" || number.value == Decimal::ONE => "",
        Qualifier::All => lang.t("全部", "all "),
    }
}

/// A share in percent with one decimal, as a figure without a trail.
pub(crate) fn share(percent: Decimal) -> FigureLink {
    let rounded = figures::print_percent(percent, 1);
    let text = rounded.trim_end_matches('%').to_owned();
    FigureLink { value: text.clone(), text, unit: "%".to_owned(), ..FigureLink::default() }
}

/// Ahead of the schedule or behind it, in words.
pub(crate) fn lead(lang: Lang, points: Decimal) -> String {
    let size = figures::print_points(points.abs(), 1);
    let number = size.trim_end_matches("个百分点");
    match (lang, points.is_sign_negative()) {
        (Lang::Zh, false) => format!("快于序时 {number} 个百分点"),
        (Lang::Zh, true) => format!("慢于序时 {number} 个百分点"),
        (Lang::En, false) => format!("{number} points ahead of schedule"),
        (Lang::En, true) => format!("{number} points behind schedule"),
    }
}

/// The day that a figure speaks of, in words; none for an undated one.
pub(crate) fn day(lang: Lang, shown: &Shown) -> Option<String> {
    if let Some(day) = shown.as_of {
        return Some(match lang {
            Lang::Zh => format!("截至 {}", lang.day(day)),
            Lang::En => format!("to {}", lang.day(day)),
        });
    }
    let day = shown.until?;
    Some(if (day.month(), day.day()) == (12, 31) {
        match lang {
            Lang::Zh => format!("{}年全年", day.year()),
            Lang::En => format!("the year {}", day.year()),
        }
    } else {
        match lang {
            Lang::Zh => format!("至 {}", lang.day(day)),
            Lang::En => format!("until {}", lang.day(day)),
        }
    })
}

/// The day that a figure speaks of under a heading that says 截至: 2024年6月30日, 2020年全年.
pub(crate) fn bare_day(lang: Lang, shown: &Shown) -> Option<String> {
    match shown.as_of {
        Some(day) => Some(lang.day(day)),
        None => day(lang, shown),
    }
}

/// The names of the places that these matters are counted in.
pub(crate) async fn place_names<C: ConnectionTrait>(
    on: &C,
    matters: &[Matter],
) -> store::Result<BTreeMap<RegionCode, String>> {
    let mut names = BTreeMap::new();
    let mut by_year = BTreeMap::<i32, Vec<RegionCode>>::new();
    for line in matters.iter().flat_map(|matter| &matter.lines) {
        by_year.entry(line.programme.year).or_default().extend(RegionCode::from_stored(line.programme.region));
    }
    for (year, codes) in by_year {
        names.append(&mut ledger::regions::names(on, codes, year).await?);
    }
    Ok(names)
}

/// 宁波市 2024.
pub(crate) fn place_and_year(names: &BTreeMap<RegionCode, String>, programme: &Programme) -> String {
    let code = RegionCode::from_stored(programme.region);
    let name = code.and_then(|code| names.get(&code).cloned()).unwrap_or_else(|| programme.region.to_string());
    format!("{name} {}", programme.year)
}

/// The state with how far behind it is.
pub(crate) fn light(lang: Lang, light: Light, behind: Option<Decimal>) -> components::Light {
    let name = light.name();
    let points = behind.filter(|points| *points > Decimal::ZERO && matches!(light, Light::Behind | Light::FarBehind));
    let word = match points {
        Some(points) => {
            let size = figures::print_points(points, 1);
            let number = size.trim_end_matches("个百分点");
            match lang {
                Lang::Zh => format!("{} {number} 点", name.zh),
                Lang::En => format!("{} by {number}", name.en),
            }
        }
        None => name.get(lang).to_owned(),
    };
    components::Light { class: light.code(), word }
}

/// The bar of a progress against a schedule.
pub(crate) fn bullet(progress: Decimal, schedule: Option<Schedule>, light: Option<Light>) -> Bullet {
    let float = |percent: Decimal| percent.to_f64().unwrap_or_default();
    let tick = schedule.map(|schedule| float(schedule.percent));
    Bullet::new(float(progress), tick, light.map_or("", Light::code))
}

/// Progress with its bar and its light.
pub(crate) struct Progress {
    /// The bar.
    pub(crate) bullet: Bullet,
    /// 137.1%.
    pub(crate) percent: String,
    /// The state; none for an undated figure.
    pub(crate) light: Option<components::Light>,
}

impl Progress {
    /// The progress of a row, if it has one.
    pub(crate) fn of(lang: Lang, row: &Row) -> Option<Self> {
        let progress = row.progress?;
        let behind = row.schedule.map(|schedule| schedule.percent - progress);
        Some(Self {
            bullet: bullet(progress, row.schedule, row.light),
            percent: figures::print_percent(progress, 1),
            light: row.light.map(|state| light(lang, state, behind)),
        })
    }
}

/// An indicator as a row of a table.
pub(crate) struct Line {
    /// `has-parts`, `part`, `part last` or nothing.
    pub(crate) class: &'static str,
    /// 其中, 同比 …
    pub(crate) prefix: &'static str,
    /// Its name.
    pub(crate) name: String,
    /// Its page.
    pub(crate) href: String,
    /// What else has to be said, sentence by sentence.
    pub(crate) remarks: Vec<String>,
    /// 计算值 or 未注截止日, where the page does not say it once for all.
    pub(crate) tag: Option<Tag>,
    /// What is done.
    pub(crate) actual: Option<FigureLink>,
    /// What is to be done.
    pub(crate) target: Option<FigureLink>,
    /// Done of to be done.
    pub(crate) progress: Option<Progress>,
}

impl Line {
    /// Puts the target where the outcome would stand, and says so.
    pub(crate) fn stand_in(&mut self, lang: Lang) {
        if self.actual.is_none() && self.target.is_some() {
            self.actual = self.target.take();
            self.remarks.insert(0, lang.t("定下的数", "as set").to_owned());
        }
    }
}

/// What the rows of one programme's page have in common.
pub(crate) struct Setting<'a> {
    f: &'a Frame,
    slug: &'a str,
    cut_off: Option<NaiveDate>,
    /// Whether its figures are dated.
    pub(crate) dated: Dated,
    names: BTreeMap<RegionCode, String>,
    outline: &'a Outline,
    changes: &'a Changes,
}

impl<'a> Setting<'a> {
    /// The setting of `board`, whose targets changed as `changes` tells; reads the names of other places that it shows.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) async fn of<C: ConnectionTrait>(
        on: &C,
        f: &'a Frame,
        board: &'a Board,
        changes: &'a Changes,
    ) -> store::Result<Self> {
        let (elsewhere, dated) = overview(board);
        let names = ledger::regions::names(on, elsewhere, board.outline.programme.year).await?;
        let (outline, cut_off) = (&board.outline, board.view.cut_off);
        Ok(Self { f, slug: &outline.programme.slug, cut_off, dated, names, outline, changes })
    }

    /// What was changed of a project as a whole, or is asked for.
    pub(crate) fn changes_of_project(&self, project: Uuid) -> Vec<String> {
        self.changes.remarks_of_project(self.f, self.outline, project)
    }

    /// The language of the page.
    pub(crate) fn lang(&self) -> Lang {
        self.f.lang
    }

    /// The rows of an indicator: itself and what belongs to it.
    pub(crate) fn lines(&self, row: &Row) -> Vec<Line> {
        let mut lines = vec![self.line(row, if row.parts.is_empty() { "" } else { "has-parts" })];
        self.add_parts(row, &mut lines);
        if let Some(last) = lines.last_mut().filter(|line| line.class == "part") {
            last.class = "part last";
        }
        lines
    }

    fn add_parts(&self, row: &Row, lines: &mut Vec<Line>) {
        for part in &row.parts {
            lines.push(self.line(part, "part"));
            self.add_parts(part, lines);
        }
    }

    fn line(&self, row: &Row, class: &'static str) -> Line {
        let lang = self.f.lang;
        let indicator = &row.indicator;
        let kind = indicator.kind();
        let mut remarks = Vec::new();
        let main = row.actual.as_ref().or(row.target.as_ref());
        remarks.extend(
            main.filter(|shown| shown.places == 0 || kind != Kind::Boolean).and_then(|shown| self.place(shown)),
        );
        remarks.extend(row.actual.as_ref().and_then(|shown| self.other_day(shown)));
        remarks.extend(breakdown(lang, row));
        remarks.extend(main.and_then(|shown| shown.note.clone()));
        remarks.extend(self.changes.remarks_of_target(self.f, self.outline, indicator.id));
        let undated = row.actual.as_ref().is_some_and(|shown| shown.day().is_none());
        let derived = row.actual.as_ref().is_some_and(|shown| shown.basis == Basis::Derived);
        Line {
            class,
            prefix: if class == "part" { prefix(lang, indicator.relation()) } else { "" },
            name: indicator.name.clone(),
            href: indicator_path(self.slug, indicator.number),
            remarks,
            tag: if derived {
                Some(components::tag_derived(self.f))
            } else {
                (undated && self.dated == Dated::Some).then(|| components::tag_undated(self.f))
            },
            actual: row.actual.as_ref().map(|shown| self.figure(kind, shown, indicator.number)),
            target: row.target.as_ref().map(|shown| self.figure(kind, shown, indicator.number)),
            progress: Progress::of(lang, row),
        }
    }

    /// A sum has no trail of its own: it leads to the places below.
    fn figure(&self, kind: Kind, shown: &Shown, number: i32) -> FigureLink {
        let mut figure = figure(self.f.lang, kind, shown);
        if shown.places > 0 {
            if kind == Kind::Boolean {
                figure.unit = self.f.lang.t("个地方", "places").to_owned();
            }
            figure.trail = Some(format!("{}#places", indicator_path(self.slug, number)));
        }
        figure
    }

    fn place(&self, shown: &Shown) -> Option<String> {
        let lang = self.f.lang;
        if shown.places > 0 {
            return Some(match lang {
                Lang::Zh => format!("{} 个地方合计", shown.places),
                Lang::En if shown.places == 1 => "reported by 1 place".to_owned(),
                Lang::En => format!("sum of {} places", shown.places),
            });
        }
        let code = shown.elsewhere?;
        Some(self.names.get(&code).cloned().unwrap_or_else(|| code.short()))
    }

    /// The day of a figure where it is not that of the page.
    fn other_day(&self, shown: &Shown) -> Option<String> {
        let same = shown.as_of.is_some() && shown.as_of == self.cut_off;
        if same || shown.places > 0 { None } else { day(self.f.lang, shown) }
    }
}

/// The other places that a board shows, and what can be said of all its figures at once.
fn overview(board: &Board) -> (Vec<RegionCode>, Dated) {
    let rows = board.all_rows();
    let figures = rows.iter().flat_map(|row| [&row.actual, &row.target]).flatten();
    let elsewhere = figures.filter_map(|shown| shown.elsewhere).collect();
    let outcomes = || rows.iter().filter_map(|row| row.actual.as_ref());
    let dated = if outcomes().any(|shown| shown.day().is_some()) {
        Dated::Some
    } else if outcomes().next().is_some() || rows.iter().any(|row| row.target.is_some()) {
        Dated::None
    } else {
        Dated::NoFigure
    };
    (elsewhere, dated)
}

/// Whether the figures of a page are dated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dated {
    /// At least one is.
    Some,
    /// None is: the page says so once.
    None,
    /// There is no figure in this view.
    NoFigure,
}

/// How a row belongs to the one above.
fn prefix(lang: Lang, relation: Option<Relation>) -> &'static str {
    match relation {
        Some(Relation::PartOf) => lang.t("其中 ", "of which "),
        Some(Relation::YearOnYear) => lang.t("同比 ", "year on year: "),
        Some(Relation::RatioOf) => lang.t("占比 ", "share: "),
        Some(Relation::TargetFor) | None => "",
    }
}

/// Whether the parts are all there is, and whether they add up.
pub(crate) fn breakdown(lang: Lang, row: &Row) -> Option<String> {
    let whole = row.actual.as_ref()?.number?;
    let parts: Vec<Number> = row
        .parts
        .iter()
        .filter(|part| part.indicator.relation() == Some(Relation::PartOf))
        .filter_map(|part| part.actual.as_ref()?.number)
        .collect();
    if parts.is_empty() {
        return None;
    }
    if row.indicator.breakdown() != Some(Breakdown::Complete) {
        return Some(lang.t("只公布了部分分项", "not all parts are published").to_owned());
    }
    let sum = written_sum(lang, &parts, whole);
    Some(if relations::sum(&parts, whole, true).verdict.agrees() {
        format!("{}{sum}", lang.t("全部分项：", "all parts: "))
    } else {
        format!("{}{sum}", lang.t("分项与总数不一致：", "the parts do not add up: "))
    })
}

/// 80 + 55 + 21 + 10 + 17 = 183.
pub(crate) fn written_sum(lang: Lang, parts: &[Number], whole: Number) -> String {
    let terms: Vec<_> = parts.iter().map(|part| plain(lang, *part)).collect();
    let agrees = relations::sum(parts, whole, true).verdict.agrees();
    format!("{} {} {}", terms.join(" + "), if agrees { "=" } else { "≠" }, plain(lang, whole))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sum(value: &str) -> Shown {
        let sum = ledger::rollup::Sum {
            region: "330200".parse().expect("a place"),
            indicator: Uuid::nil(),
            measure: ledger::words::Measure::Actual,
            value: value.parse().expect("a decimal"),
            as_of: NaiveDate::from_ymd_opt(2024, 6, 30).expect("a day"),
            places: 10,
        };
        ledger::current::summed(&sum, "元".to_owned())
    }

    #[test]
    fn a_sum_of_money_is_told_like_the_plans_beside_it_and_keeps_every_yuan() {
        for (yuan, zh, en) in [
            ("1188096000", ("11.88", "亿"), ("1,188", " million")),
            ("3883977812.34", ("38.84", "亿"), ("3,884", " million")),
            ("293091234", ("2.93", "亿"), ("293", " million")),
            ("29309", ("2.93", "万"), ("29,309", "")),
        ] {
            let shown = sum(yuan);
            for (lang, (text, scale)) in [(Lang::Zh, zh), (Lang::En, en)] {
                let figure = figure(lang, Kind::Money, &shown);
                assert_eq!((&*figure.text, &*figure.scale), (text, scale));
                assert_eq!(figure.value, yuan, "the exact value stands behind what is printed");
            }
        }
    }

    #[test]
    fn things_are_counted_to_the_last_one() {
        let figure = figure(Lang::Zh, Kind::Count, &sum("118809"));
        assert_eq!((&*figure.text, &*figure.scale), ("118,809", ""));
    }
}
