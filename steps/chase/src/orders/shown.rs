//! An order as lists show it: on the page, in the API, as a sheet.

use chrono::NaiveDate;
use kernel::calendar::Calendar;
use kernel::clock::china_time;
use kernel::{Lang, Text};
use sea_orm::ConnectionTrait;
use serde::Serialize;
use store::Result;
use uuid::Uuid;
use web::Frame;
use web::download::{Cell, Row};

use crate::rules::ladder::days_left;
use crate::store::names::{Keys, Names};
use crate::tables::orders::Model as Order;
use crate::words::State;

/// An order in a list.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct OrderDetails {
    pub(crate) id: Uuid,
    /// The programme's name in addresses.
    pub(crate) programme: String,
    #[serde(skip)]
    pub(crate) demo: bool,
    /// `〔2024〕1号`, counted in the programme and year.
    pub(crate) number: String,
    /// `reminder`, `order`, `circular`, `talk`, `assessment`.
    pub(crate) kind: &'static str,
    /// `blue`, `orange`, `red`.
    pub(crate) colour: &'static str,
    /// `open`, `answered`, `returned`, `applied`, `checked`, `closed`, `reopened`, `escalated`, `withdrawn`.
    pub(crate) state: &'static str,
    pub(crate) title: String,
    pub(crate) demand: String,
    pub(crate) project: String,
    #[serde(skip)]
    pub(crate) project_id: Uuid,
    /// Twelve digits.
    pub(crate) region: String,
    pub(crate) place: String,
    /// Whom it is addressed to.
    pub(crate) body: String,
    pub(crate) raised_on: Option<NaiveDate>,
    /// The last day on which the body is in time.
    pub(crate) due_on: NaiveDate,
    /// Working days until then, negative once it is over; none where it is not the body's turn.
    pub(crate) days_left: Option<i64>,
    /// How often a closing turned out to be false.
    pub(crate) reopenings: i32,
    /// Why a step of the ladder was skipped.
    pub(crate) skip_reason: Option<String>,
    /// Send it back with the next act.
    pub(crate) version: i32,
    #[serde(skip)]
    pub(crate) names: OrderWords,
}

/// The words of an order's codes.
#[derive(Clone, Debug)]
pub(crate) struct OrderWords {
    pub(crate) kind: Text,
    pub(crate) colour: Text,
    pub(crate) state: Text,
}

impl OrderDetails {
    /// These orders with their names.
    pub(crate) async fn all<C: ConnectionTrait>(on: &C, orders: &[Order], today: NaiveDate) -> Result<Vec<Self>> {
        let keys = Keys {
            programmes: orders.iter().map(|order| order.programme_id).collect(),
            projects: orders.iter().map(|order| order.project_id).collect(),
            bodies: orders.iter().map(|order| order.organisation_id).collect(),
            places: orders.iter().map(Order::region).collect(),
        };
        let names = Names::load(on, keys).await?;
        Ok(orders.iter().map(|order| Self::of(order, &names, today)).collect())
    }

    fn of(order: &Order, names: &Names, today: NaiveDate) -> Self {
        let (kind, colour, state) = (order.kind(), order.colour(), order.state());
        let programme = names.programmes.get(&order.programme_id);
        let waits = state.awaits_body();
        Self {
            id: order.id,
            programme: programme.map(|row| row.slug.clone()).unwrap_or_default(),
            demo: programme.is_some_and(|row| row.demo),
            number: order.numbered(),
            kind: kind.code(),
            colour: colour.code(),
            state: state.code(),
            title: order.title.clone(),
            demand: order.demand.clone(),
            project: names.project(order.project_id),
            project_id: order.project_id,
            region: order.region().to_string(),
            place: names.place(order.region()),
            body: names.body(order.organisation_id),
            raised_on: china_time(order.raised_ms).map(|time| time.date_naive()),
            due_on: order.due_on,
            days_left: waits.then(|| days_left(order.due_on, today, Calendar::shipped())),
            reopenings: order.reopenings,
            skip_reason: order.skip_reason.clone(),
            version: order.version,
            names: OrderWords { kind: kind.name(), colour: colour.name(), state: state.name() },
        }
    }

    /// The class of the light that stands for the state.
    pub(crate) fn state_class(&self) -> &'static str {
        match State::parse(self.state) {
            Some(State::Closed) => "done",
            Some(State::Applied | State::Checked) => "steady",
            Some(State::Returned | State::Reopened) => "behind",
            _ => "",
        }
    }

    /// 还剩 3 个工作日, 今天到期, 逾期 2 个工作日.
    pub(crate) fn time_left(&self, f: &Frame) -> String {
        self.days_left.map(|left| left_in_words(left, f.lang)).unwrap_or_default()
    }

    /// The class of the light that stands beside the time left.
    pub(crate) fn time_class(&self) -> &'static str {
        match self.days_left {
            Some(left) if left < 0 => "late",
            Some(0..=1) => "behind",
            _ => "",
        }
    }
}

/// Working days left in words; `left` as by [`days_left`].
pub(crate) fn left_in_words(left: i64, lang: Lang) -> String {
    match (lang, left) {
        (Lang::Zh, 0) => "今天到期".to_owned(),
        (Lang::En, 0) => "due today".to_owned(),
        (Lang::Zh, 1..) => format!("还剩 {left} 个工作日"),
        (Lang::En, 1) => "1 working day left".to_owned(),
        (Lang::En, 1..) => format!("{left} working days left"),
        (Lang::Zh, _) => format!("逾期 {} 个工作日", -left),
        (Lang::En, -1) => "1 working day late".to_owned(),
        (Lang::En, _) => format!("{} working days late", -left),
    }
}

impl Row for OrderDetails {
    fn file_name() -> Text {
        Text::new("督办台账", "orders")
    }

    fn headings() -> Vec<Text> {
        [
            ("方案", "programme"),
            ("文号", "number"),
            ("类别", "kind"),
            ("颜色", "colour"),
            ("状态", "state"),
            ("事由", "title"),
            ("要求", "demand"),
            ("项目", "project"),
            ("区划代码", "region"),
            ("地方", "place"),
            ("责任单位", "body"),
            ("发出日期", "raised on"),
            ("期限", "due on"),
            ("剩余工作日", "working days left"),
            ("虚假销号次数", "false closings"),
            ("越级理由", "why a step was skipped"),
        ]
        .map(|(zh, en)| Text::new(zh, en))
        .to_vec()
    }

    fn cells(&self, lang: Lang) -> Vec<Cell> {
        vec![
            self.programme.as_str().into(),
            self.number.as_str().into(),
            self.names.kind.get(lang).into(),
            self.names.colour.get(lang).into(),
            self.names.state.get(lang).into(),
            self.title.as_str().into(),
            self.demand.as_str().into(),
            self.project.as_str().into(),
            self.region.as_str().into(),
            self.place.as_str().into(),
            self.body.as_str().into(),
            self.raised_on.into(),
            self.due_on.into(),
            self.days_left.into(),
            i64::from(self.reopenings).into(),
            self.skip_reason.clone().into(),
        ]
    }
}
