//! Charts of a paper: what is drawn, not how.

use rust_decimal::Decimal;

/// One chart with its title.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chart {
    /// Below the chart, such as 图1 各项目量化进度.
    pub title: String,
    /// What the chart says, in words, for who cannot see it.
    pub alt: String,
    /// The kind of chart and its figures.
    pub drawing: Drawing,
}

/// The kinds of charts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Drawing {
    /// Progress in percent against the schedule, one bar a row.
    Bullets(Vec<Bullet>),
    /// Amounts, one bar a row.
    Bars(Vec<Bar>),
    /// Values over time.
    Line(Line),
}

/// One row of a bullet chart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bullet {
    /// What is measured.
    pub label: String,
    /// What is done, in percent of the target (0–100 and over); nothing where nothing was reported.
    pub done: Option<Decimal>,
    /// What should be done by the cut-off, in percent: a tick across the bar.
    pub schedule: Option<Decimal>,
    /// The figure as it is printed beside the bar, such as 81.7%.
    pub printed: String,
}

/// One row of a bar chart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bar {
    /// What is measured.
    pub label: String,
    /// The length of the bar in any one unit; nothing where nothing was reported. Below zero counts as zero.
    pub value: Option<Decimal>,
    /// The figure as it is printed beside the bar, such as 3.31万人.
    pub printed: String,
}

/// A line chart: up to four series over the same points.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The unit of the values, printed above the axis.
    pub unit: String,
    /// The names of the points, such as 1月.
    pub points: Vec<String>,
    /// The series.
    pub series: Vec<Series>,
}

/// One line of a line chart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Series {
    /// Its name.
    pub name: String,
    /// A value for each point; nothing where nothing was reported, which interrupts the line.
    pub values: Vec<Option<Decimal>>,
}
