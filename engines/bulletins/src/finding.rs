//! What is found: one figure with all that the text says about it.

use chrono::NaiveDate;
use figures::{Decimal, Number, Qualifier};
use serde::{Serialize, Serializer};

use crate::candidates::Class;
use crate::text::Span;

/// A figure in a text.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Finding {
    /// What is counted, in words of the text: “新增老年助餐服务点”.
    pub indicator: String,
    /// The value, 万 and 亿 expanded, decreases below zero; a decimal string in JSON.
    #[serde(serialize_with = "as_decimal_string")]
    pub value: Decimal,
    /// The numeral as it stands in the mended text, without unit and qualifier: “3.31万”, “首”, “两”.
    pub raw: String,
    /// The unit as printed; empty where none is.
    pub unit: String,
    /// How closely the number is meant; its code in JSON.
    #[serde(serialize_with = "as_code")]
    pub qualifier: Qualifier,
    /// What is measured.
    pub kind: Kind,
    /// Whether it came about in the period, stands at a day, is to be reached, or tells a change.
    pub flow: Flow,
    /// The day up to which it counts, where the text tells.
    pub as_of: Option<NaiveDate>,
    /// Where the cut-off comes from.
    pub as_of_basis: Basis,
    /// The place it is about, as named in the text or inherited from it.
    pub place: Option<String>,
    /// The figure it belongs to, as its index among the findings.
    pub parent: Option<usize>,
    /// How it belongs to its parent.
    pub relation: Option<Belonging>,
    /// Where the numeral stands in the text as read.
    pub span: Span,
    /// Where the whole figure stands: qualifier, numeral and unit.
    pub phrase: Span,
    /// How sure it is that this is a checkable figure with this value and unit, from 0 to 1; see [`crate::confidence`].
    pub confidence: f64,
    /// How finely it was printed.
    pub printed: Printed,
    /// On what evidence it was found.
    #[serde(skip)]
    pub class: Class,
    /// The value with its printed precision, for arithmetic.
    #[serde(skip)]
    pub number: Number,
    /// Where its indicator stands.
    #[serde(skip)]
    pub(crate) context: Context,
}

/// What surrounds a figure, in bytes of the mended text; for judging relations.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Context {
    /// The whole figure: qualifier, numeral and unit.
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// The paragraph it stands in.
    pub(crate) line: usize,
}

/// How finely a number was printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Printed {
    /// Digits behind the point.
    pub places: u8,
    /// The power of ten that the digits count: 4 for 万, 8 for 亿.
    pub exponent: u8,
}

impl From<Number> for Printed {
    fn from(number: Number) -> Self {
        Self { places: number.precision.places, exponent: number.precision.magnitude.exponent() }
    }
}

/// What is measured, as the data format of published figures names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Things, and what has no kind of its own.
    Count,
    /// 公里, 米.
    Length,
    /// 亩, 平方米.
    Area,
    /// 元.
    Money,
    /// A share on the scale 0–100.
    Percent,
    /// 同比增长x%, x个百分点, 增长x倍.
    RateChange,
    /// Multiples, scores, so many per thousand.
    Ratio,
    /// 第二位, 首家.
    Rank,
    /// 全覆盖: a fact that holds.
    Boolean,
    /// 人, 名.
    People,
    /// 人次, 场.
    Times,
}

impl Kind {
    /// The word on a Chinese screen.
    #[must_use]
    pub fn name_zh(self) -> &'static str {
        match self {
            Self::Count => "数量",
            Self::Length => "长度",
            Self::Area => "面积",
            Self::Money => "金额",
            Self::Percent => "比例",
            Self::RateChange => "变化",
            Self::Ratio => "比值",
            Self::Rank => "排名",
            Self::Boolean => "事实",
            Self::People => "人数",
            Self::Times => "次数",
        }
    }
}

/// What a figure is to time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Flow {
    /// Came about within the period.
    New,
    /// Stands at the cut-off.
    Stock,
    /// Is to be reached.
    Target,
    /// Tells a change.
    Change,
}

impl Flow {
    /// The word on a Chinese screen.
    #[must_use]
    pub fn name_zh(self) -> &'static str {
        match self {
            Self::New => "当期",
            Self::Stock => "存量",
            Self::Target => "目标",
            Self::Change => "变化",
        }
    }
}

/// Where a cut-off comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// Printed in the same sentence.
    Printed,
    /// Printed earlier in the paragraph.
    Paragraph,
    /// Printed in a heading above.
    Heading,
    /// Not told.
    None,
}

/// How a figure belongs to its parent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Belonging {
    /// 其中: a part of the parent.
    PartOf,
    /// 同比增长: the change of the parent.
    YoyOf,
    /// 占, 使用进度: a share that the parent is or has.
    RatioOf,
    /// The target of the parent.
    TargetFor,
    /// 由A提高到B: what the parent was before.
    Before,
}

fn as_decimal_string<S: Serializer>(value: &Decimal, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&value.normalize())
}

fn as_code<S: Serializer>(qualifier: &Qualifier, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(qualifier.code())
}
