//! How the board says things: shares, points, lights, estimates.

use figures::{Number, Precision};
use kernel::rule_set::Certainty;
use kernel::{Lang, Text};
use ledger::rules::Light;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use web::components::{self, Bullet};

use crate::rules::forecast::{Chance, Forecast};
use crate::rules::lights::Why;
use crate::rules::peers::StandsOut;
use crate::rules::ranks::Rank;
use crate::state::Money;

/// 58.6%, or nothing where nothing is known.
pub(crate) fn share(percent: Option<Decimal>) -> String {
    percent.map(|percent| figures::print_percent(percent, 1)).unwrap_or_default()
}

/// A number with one decimal and without a unit, for machines and narrow cells.
pub(crate) fn bare(value: Option<Decimal>) -> String {
    share(value).trim_end_matches('%').to_owned()
}

/// +8.6 or −12.0, in points.
pub(crate) fn points(points: Option<Decimal>) -> String {
    points
        .map(|points| {
            let size = bare(Some(points.abs()));
            let sign = if size == "0.0" {
                ""
            } else if points.is_sign_negative() {
                "−"
            } else {
                "+"
            };
            format!("{sign}{size}")
        })
        .unwrap_or_default()
}

/// Ahead of the schedule or behind it, in words.
pub(crate) fn lead(lang: Lang, points: Decimal) -> String {
    let number = bare(Some(points.abs()));
    match (lang, points.is_sign_negative()) {
        (Lang::Zh, false) => format!("快于序时 {number} 个百分点"),
        (Lang::Zh, true) => format!("慢于序时 {number} 个百分点"),
        (Lang::En, false) => format!("{number} points ahead of schedule"),
        (Lang::En, true) => format!("{number} points behind schedule"),
    }
}

/// The light in one word; 无灯 where nothing can be said.
pub(crate) fn light(lang: Lang, light: Option<Light>) -> components::Light {
    match light {
        Some(light) => components::Light { class: light.code(), word: light.name().get(lang).to_owned() },
        None => components::Light { class: "", word: lang.t("无灯", "no light").to_owned() },
    }
}

/// The bar of a quantity with a tick where the schedule stands.
pub(crate) fn bullet(quantity: Decimal, due: Option<Decimal>, light: Option<Light>) -> Bullet {
    let float = |percent: Decimal| percent.to_f64().unwrap_or_default();
    Bullet::new(float(quantity), due.map(float), light.map_or("", Light::code))
}

/// 96.3（88–104）: an estimate with its interval, in percent.
pub(crate) fn estimate(forecast: &Forecast) -> (String, String) {
    let all = |value: Decimal| figures::round(value, 0) >= Decimal::ONE_HUNDRED;
    let whole = |value: Decimal| figures::print_percent(value, 0).trim_end_matches('%').to_owned();
    let value = if all(forecast.value) { "≥100%".to_owned() } else { share(Some(forecast.value)) };
    let range = match (all(forecast.low), all(forecast.high)) {
        // The estimate says so already.
        (true, _) => String::new(),
        (false, true) => format!("{}–≥100%", whole(forecast.low)),
        (false, false) => format!("{}–{}%", whole(forecast.low), whole(forecast.high)),
    };
    (value, range)
}

/// The class of a light that stands for a chance.
pub(crate) fn chance_class(chance: Chance) -> &'static str {
    match chance {
        Chance::OnCourse | Chance::Likely => "steady",
        Chance::Doubtful => "behind",
        Chance::Unlikely => "late",
    }
}

/// Money in its largest unit with at most two decimals: 6.52亿 元.
pub(crate) fn yuan(lang: Lang, value: Decimal) -> String {
    match lang {
        Lang::Zh => format!("{} 元", Number { value, precision: Precision::of_money(value) }.grouped()),
        Lang::En => format!("{} yuan", figures::print_grouped(value.normalize())),
    }
}

/// 3.82亿 元 ÷ 6.52亿 元.
pub(crate) fn division(lang: Lang, money: &Money) -> String {
    let used = money.used.map_or_else(|| lang.t("未报", "not reported").to_owned(), |used| yuan(lang, used));
    format!("{used} ÷ {}", yuan(lang, money.planned))
}

/// 并列第 2.
pub(crate) fn place(lang: Lang, rank: Option<Rank>) -> String {
    match (lang, rank) {
        (_, None) => "—".to_owned(),
        (Lang::Zh, Some(rank)) => format!("{}{}", if rank.tied { "并列" } else { "" }, rank.place),
        (Lang::En, Some(rank)) => format!("{}{}", if rank.tied { "tied " } else { "" }, rank.place),
    }
}

/// Far above or below the others, in words.
pub(crate) fn apart(lang: Lang, found: Option<StandsOut>) -> &'static str {
    match found {
        Some(StandsOut::Above) => lang.t("明显高于同级", "far above its peers"),
        Some(StandsOut::Below) => lang.t("明显低于同级", "far below its peers"),
        None => "",
    }
}

/// A reason with its source and how sure that is.
pub(crate) struct Reason {
    /// 进度, 开工 …
    pub(crate) rule: String,
    /// What it says of the project.
    pub(crate) words: String,
    /// Where the rule comes from; empty where none is needed.
    pub(crate) source: String,
    /// How sure that is.
    pub(crate) certainty: &'static str,
}

impl Reason {
    /// Nothing to say.
    pub(crate) fn none() -> Self {
        Self { rule: String::new(), words: String::new(), source: String::new(), certainty: "" }
    }

    /// A reason in words.
    pub(crate) fn of(lang: Lang, why: &Why) -> Self {
        let (source, certainty) = match &why.source {
            Some((source, certainty)) => (source.get(lang).to_owned(), certain(*certainty).get(lang)),
            None => (String::new(), ""),
        };
        Self { rule: why.cause.name().get(lang).to_owned(), words: why.words.get(lang).to_owned(), source, certainty }
    }
}

/// How sure a rule is, in a word.
fn certain(certainty: Certainty) -> Word {
    match certainty {
        Certainty::V => Word("据原文", "read in the source"),
        Certainty::C => Word("有佐证", "corroborated"),
        Certainty::M => Word("待核对", "to be checked"),
        Certainty::D => Word("本系统设定", "our own choice"),
    }
}

/// Two wordings that never change.
struct Word(&'static str, &'static str);

impl Word {
    fn get(&self, lang: Lang) -> &'static str {
        lang.t(self.0, self.1)
    }
}

/// How long a light has been on: 连续 3 个月.
pub(crate) fn months(lang: Lang, months: u32) -> String {
    match lang {
        Lang::Zh => format!("连续 {months} 个月"),
        Lang::En => format!("{} running", kernel::counted_in_english(months, "month")),
    }
}

/// The number of a category as printed in front of its name; empty where it has none.
pub(crate) fn numbered(number: Option<i32>, name: &str) -> String {
    number.map_or_else(|| name.to_owned(), |number| format!("{number} {name}"))
}

/// The rule behind a mean, in words.
pub(crate) fn mean_rule(over: usize, rule: kernel::rule_set::MeanOver) -> Text {
    match rule {
        kernel::rule_set::MeanOver::Projects => Text::new(
            format!("{over} 个项目，各按 100% 封顶后平均"),
            format!("over {over} projects, each capped at 100%"),
        ),
        kernel::rule_set::MeanOver::Categories => Text::new(
            format!("{over} 个项目先按类平均，再求各类平均"),
            format!("over the means of the categories of {over} projects"),
        ),
    }
}
