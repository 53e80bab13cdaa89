//! A figure as the API and the open data give it: decimals are strings, and nothing that qualifies a number is lost.

use chrono::NaiveDate;
use figures::{Decimal, Qualifier};
use kernel::Lang;
use ledger::board::{Basis, Shown};
use serde::Serialize;
use uuid::Uuid;

use crate::shown::entry_path;

/// A figure with everything that qualifies it.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct FigureDetails {
    /// The exact decimal, 万 and 亿 expanded: `"4016000000"`; none for a figure without a number (大幅下降).
    #[schema(example = "4016000000")]
    pub(crate) value: Option<String>,
    /// As printed: `40.16亿`.
    #[schema(example = "40.16亿")]
    pub(crate) printed: String,
    /// How closely the number is meant: `eq`, `ge`, `le`, `approx` or `full`.
    #[schema(example = "eq")]
    pub(crate) qualifier: &'static str,
    /// The unit as printed.
    #[schema(example = "元")]
    pub(crate) unit: String,
    /// The cut-off; none when none is printed.
    pub(crate) as_of: Option<NaiveDate>,
    /// `published` (公布值) or `derived` (计算值).
    #[schema(value_type = String, example = "published")]
    pub(crate) basis: Basis,
    /// How many places a sum is made of; 0 for a single figure.
    pub(crate) places: i64,
    /// The division it is true of, when it is not the programme's own; six, nine or twelve digits.
    pub(crate) region: Option<String>,
    /// The entry whose trail tells where it comes from; none for a sum.
    pub(crate) entry: Option<Uuid>,
    /// The address of that trail.
    pub(crate) trail: Option<String>,
}

impl From<&Shown> for FigureDetails {
    fn from(shown: &Shown) -> Self {
        Self {
            value: shown.value().map(|value| value.normalize().to_string()),
            printed: shown.raw.clone(),
            qualifier: shown.qualifier.code(),
            unit: shown.unit.clone(),
            as_of: shown.as_of,
            basis: shown.basis,
            places: shown.places,
            region: shown.elsewhere.map(|region| region.short()),
            entry: shown.entry,
            trail: shown.entry.map(entry_path),
        }
    }
}

impl FigureDetails {
    /// The value as a number, for sheets.
    pub(crate) fn decimal(&self) -> Option<Decimal> {
        self.value.as_ref()?.parse().ok()
    }

    /// How closely the number is meant, in words.
    pub(crate) fn qualifier_name(&self, lang: Lang) -> &'static str {
        Qualifier::parse_code(self.qualifier).map_or("", |qualifier| lang.t(qualifier.name_zh(), qualifier.name_en()))
    }

    /// 公布值 or 计算值.
    pub(crate) fn basis_name(&self, lang: Lang) -> &'static str {
        basis_name(self.basis, lang)
    }
}

/// The figure behind an option.
pub(crate) fn details(shown: Option<&Shown>) -> Option<FigureDetails> {
    shown.map(FigureDetails::from)
}

/// 公布值 or 计算值.
pub(crate) fn basis_name(basis: Basis, lang: Lang) -> &'static str {
    match basis {
        Basis::Published => lang.t("公布值", "published"),
        Basis::Derived => lang.t("计算值", "derived"),
    }
}

/// Percents and points with four decimals at most: `55.9512`.
pub(crate) fn percent(value: Decimal) -> String {
    figures::round(value, 4).normalize().to_string()
}
