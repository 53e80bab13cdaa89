//! The findings of a check in words: on the page, in a sheet, on the command line and in the API alike.

use bulletins::Relation;
use figures::relations::Verdict;
use kernel::{Lang, Text};
use serde::Serialize;
use uuid::Uuid;
use web::download::{Cell, Row};

use crate::checking::Checked;
use crate::checking::known::Known;
use crate::checking::matching::{Explanation, Judged, Outcome};
use crate::writing::bindings::long_day;

impl Outcome {
    /// The word on screens.
    pub fn name(self) -> Text {
        match self {
            Self::Matches => Text::new("相符", "matches"),
            Self::Differs => Text::new("不符", "differs"),
            Self::NotInLedger => Text::new("台账中没有", "not in the ledger"),
        }
    }

    /// The shape that stands beside the colour.
    pub fn shape(self) -> char {
        match self {
            Self::Matches => '✓',
            Self::Differs => '■',
            Self::NotInLedger => '○',
        }
    }

    /// The class of its mark.
    pub fn class(self) -> &'static str {
        match self {
            Self::Matches => "agrees",
            Self::Differs => "differs",
            Self::NotInLedger => "unknown",
        }
    }
}

/// One figure of the text and what came of it.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Line {
    /// Its number in the text, from 1; none for what the text leaves out.
    pub number: Option<usize>,
    /// `matches`, `differs`, `not_in_ledger`, `not_mentioned`; `relation` for what figures of the text say of each other.
    pub outcome: &'static str,
    /// exact, rounds, holds, fails, undecidable.
    pub verdict: &'static str,
    /// What the text counts.
    pub indicator: String,
    /// The figure as the text prints it.
    pub printed: String,
    /// `[start, end)` in characters of the text as read.
    pub span: Option<[usize; 2]>,
    /// The day of the figure in the text.
    pub as_of: Option<chrono::NaiveDate>,
    /// What the ledger counts.
    pub ledger_indicator: String,
    /// The figure of the ledger.
    pub ledger_printed: String,
    /// Its day.
    pub ledger_as_of: Option<chrono::NaiveDate>,
    /// The printed value less that of the ledger.
    pub difference: Option<String>,
    /// How alike the two names are, from 0 to 1000.
    pub likeness: u32,
    /// Why, in words.
    pub explanation: String,
    /// The page that tells where the ledger's figure comes from.
    pub trail: Option<String>,
    /// The entry, where it is one.
    pub entry: Option<Uuid>,
}

/// Every figure of the text, then what it leaves out.
pub fn lines(checked: &Checked, slug: &str, lang: Lang) -> Vec<Line> {
    let told = checked.comparison.judged.iter().map(|judged| line(checked, judged, slug, lang));
    let left_out = checked.comparison.unmentioned.iter().map(|at| unmentioned(&checked.known[*at], slug, lang));
    told.chain(left_out).collect()
}

/// What the figures of the text say of each other.
pub fn relations(checked: &Checked, lang: Lang) -> Vec<Line> {
    let line = |relation: &Relation| Line {
        number: None,
        outcome: "relation",
        verdict: relation.verdict.code(),
        indicator: lang.t(relation.kind.name_zh(), relation.kind.name_en()).to_owned(),
        printed: lang.t(&relation.statement.zh, &relation.statement.en).to_owned(),
        span: relation.spans.first().map(|span| (*span).into()),
        as_of: None,
        ledger_indicator: String::new(),
        ledger_printed: String::new(),
        ledger_as_of: None,
        difference: relation.difference.map(|difference| difference.to_string()),
        likeness: 0,
        explanation: String::new(),
        trail: None,
        entry: None,
    };
    checked.relations.iter().map(line).collect()
}

fn line(checked: &Checked, judged: &Judged, slug: &str, lang: Lang) -> Line {
    let finding = &checked.findings[judged.finding];
    let known = judged.known.map(|at| &checked.known[at]);
    Line {
        number: Some(judged.finding + 1),
        outcome: match judged.outcome {
            Outcome::Matches => "matches",
            Outcome::Differs => "differs",
            Outcome::NotInLedger => "not_in_ledger",
        },
        verdict: judged.verdict.code(),
        indicator: finding.indicator.clone(),
        printed: checked.text.slice(finding.phrase),
        span: Some(finding.span.into()),
        as_of: finding.as_of,
        ledger_indicator: known.and_then(|known| known.names.first().cloned()).unwrap_or_default(),
        ledger_printed: known.map(Known::printed).unwrap_or_default(),
        ledger_as_of: known.and_then(|known| known.as_of),
        difference: judged.difference.map(|difference| difference.to_string()),
        likeness: judged.likeness,
        explanation: explanation(judged, known, lang),
        trail: known.and_then(|known| trail(known, slug)),
        entry: known.and_then(|known| known.entry),
    }
}

fn unmentioned(known: &Known, slug: &str, lang: Lang) -> Line {
    Line {
        number: None,
        outcome: "not_mentioned",
        verdict: Verdict::Undecidable.code(),
        indicator: String::new(),
        printed: String::new(),
        span: None,
        as_of: None,
        ledger_indicator: known.names.first().cloned().unwrap_or_default(),
        ledger_printed: known.printed(),
        ledger_as_of: known.as_of,
        difference: None,
        likeness: 0,
        explanation: lang.t("台账有，文中没有提到", "in the ledger and not in the text").to_owned(),
        trail: trail(known, slug),
        entry: known.entry,
    }
}

fn trail(known: &Known, slug: &str) -> Option<String> {
    match known.entry {
        Some(entry) => Some(format!("/entries/{entry}")),
        None => known.indicator.map(|number| ledger::search::indicator_path(slug, number)),
    }
}

fn explanation(judged: &Judged, known: Option<&Known>, lang: Lang) -> String {
    let Some(known) = known else {
        let (zh, en) =
            ("台账中没有名称相近、单位相同的数字", "no figure of the ledger has a name like it and its unit");
        return lang.t(zh, en).to_owned();
    };
    let day = |day| match lang {
        Lang::Zh => long_day(day),
        Lang::En => day.to_string(),
    };
    let mut said = match (judged.explanation, judged.verdict) {
        (Some(Explanation::OtherCutOff(own)), _) => match lang {
            Lang::Zh => format!("这是截至{}的数，不是文中所说日期的", day(own)),
            Lang::En => format!("the figure of {}, not of the day that the text names", day(own)),
        },
        (Some(Explanation::CutOffOf(own)), _) => match lang {
            Lang::Zh => format!("文中未注截止日，等于截至{}的数", day(own)),
            Lang::En => format!("the text names no day; it is the figure of {}", day(own)),
        },
        (Some(Explanation::Corrected), _) => {
            lang.t("这个数已被更正", "this figure has been corrected since").to_owned()
        }
        (None, Verdict::Exact) => lang.t("完全一致", "exactly the same").to_owned(),
        (None, Verdict::Rounds) => lang.t("按文中的位数一致", "the same as far as it is printed").to_owned(),
        (None, Verdict::Holds) => lang.t("与“以上、约”等限定相容", "within what its qualifier says").to_owned(),
        (None, _) => match (lang, judged.difference) {
            (Lang::Zh, Some(by)) if by.is_sign_positive() => format!("文中多 {by}"),
            (Lang::Zh, Some(by)) => format!("文中少 {}", by.abs()),
            (Lang::En, Some(by)) => format!("the text has {by} more"),
            (_, None) => String::new(),
        },
    };
    if !known.derived.is_empty() {
        said.push_str(match lang {
            Lang::Zh => "；台账数为计算：",
            Lang::En => "; derived: ",
        });
        said.push_str(&known.derived);
    }
    said
}

impl Row for Line {
    fn file_name() -> Text {
        Text::new("文稿核对", "check-of-a-text")
    }

    fn headings() -> Vec<Text> {
        [
            ("序号", "No."),
            ("结论", "Outcome"),
            ("程度", "Verdict"),
            ("文中指标", "In the text"),
            ("文中数字", "Figure"),
            ("文中截至", "As of"),
            ("台账指标", "In the ledger"),
            ("台账数字", "Ledger's figure"),
            ("台账截至", "Ledger's as of"),
            ("差额", "Difference"),
            ("名称相近程度（千分）", "Likeness (of 1000)"),
            ("说明", "Why"),
            ("出处", "Trail"),
        ]
        .map(|(zh, en)| Text::new(zh, en))
        .into()
    }

    fn cells(&self, lang: Lang) -> Vec<Cell> {
        let outcome = match self.outcome {
            "matches" => Outcome::Matches.name(),
            "differs" => Outcome::Differs.name(),
            "not_in_ledger" => Outcome::NotInLedger.name(),
            "relation" => Text::new("文内关系", "within the text"),
            _ => Text::new("文中未提", "not mentioned"),
        };
        let number = self.number.and_then(|number| i64::try_from(number).ok());
        vec![
            number.into(),
            outcome.get(lang).into(),
            verdict_name(self.verdict, lang).into(),
            self.indicator.clone().into(),
            self.printed.clone().into(),
            self.as_of.into(),
            self.ledger_indicator.clone().into(),
            self.ledger_printed.clone().into(),
            self.ledger_as_of.into(),
            self.difference.as_deref().and_then(|text| text.parse::<figures::Decimal>().ok()).into(),
            i64::from(self.likeness).into(),
            self.explanation.clone().into(),
            self.trail.clone().into(),
        ]
    }
}

fn verdict_name(code: &str, lang: Lang) -> &'static str {
    match code {
        "exact" => lang.t("一致", "exact"),
        "rounds" => lang.t("按位数一致", "rounds"),
        "holds" => lang.t("相容", "holds"),
        "fails" => lang.t("不符", "fails"),
        _ => lang.t("无法判断", "undecidable"),
    }
}
