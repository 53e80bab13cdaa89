//! Small pieces of markup that pages share: figures, bars, lights, tags, fields, pagers, breadcrumbs.
//!
//! Each is a value that a template prints as it is: `{{ row.figure }}`, `{{ web::components::tag_published(f) }}`.
//! Their markup is in `parts.html`.

use askama::Template;
use askama::filters::HtmlSafe;
use kernel::{Problem, Text};

use crate::Frame;

/// A figure with all that stands beside it; opens its trail.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "parts.html", block = "figure")]
pub struct FigureLink {
    /// The number as printed, without its 万 or 亿; or the words where there is no number.
    pub text: String,
    /// 万 or 亿, printed small.
    pub scale: String,
    /// The plain number for machines; empty where there is none.
    pub value: String,
    /// The unit, empty if none.
    pub unit: String,
    /// What stands in front: ≥, 近, 超.
    pub before: String,
    /// What stands behind: 以上, 余.
    pub after: String,
    /// The page that tells where the figure comes from; none for a figure that is only printed. The trail of an
    /// entry opens beside the page where there is room.
    pub trail: Option<String>,
    /// Whether this is a phrase that may wrap.
    pub words: bool,
}

impl HtmlSafe for FigureLink {}

/// The bullet bar: what is done, with a tick where the schedule stands.
#[derive(Clone, Debug, Template)]
#[template(path = "parts.html", block = "bullet")]
pub struct Bullet {
    /// `done`, `steady`, `behind`, `late`, or empty without a light.
    pub light: &'static str,
    /// Said to those who do not see the bar; empty where the number stands beside it.
    pub label: String,
    bar: f64,
    over: Option<(f64, f64)>,
    tick: Option<f64>,
}

impl HtmlSafe for Bullet {}

impl Bullet {
    /// A bar of `percent` with a tick at `schedule` percent. Beyond 100 % the track stands for the larger number.
    pub fn new(percent: f64, schedule: Option<f64>, light: &'static str) -> Self {
        let percent = percent.max(0.0);
        let share = 100.0 / percent.max(100.0);
        // A gap of 0.8 keeps the part beyond the target apart from the rest.
        let over = (percent > 100.0).then(|| (100.0 * share + 0.8, ((percent - 100.0) * share - 0.8).max(0.0)));
        let bar = percent.min(100.0) * share;
        Self { light, label: String::new(), bar, over, tick: schedule.map(|at| at.clamp(0.0, 100.0) * share) }
    }

    /// The same bar with words for those who do not see it.
    #[must_use]
    pub fn labelled(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }
}

/// A light: colour, shape and word together.
#[derive(Clone, Debug, Template)]
#[template(path = "parts.html", block = "light")]
pub struct Light {
    /// `done`, `steady`, `behind`, `late`, or empty for unknown.
    pub class: &'static str,
    /// The word.
    pub word: String,
}

impl HtmlSafe for Light {}

/// A small word beside a figure.
#[derive(Clone, Debug, Template)]
#[template(path = "parts.html", block = "tag")]
pub struct Tag {
    /// Empty, `derived`, `undated` or `demo`.
    pub class: &'static str,
    /// The word.
    pub word: &'static str,
}

impl HtmlSafe for Tag {}

/// 公布值: published, not derivable from the ledger.
pub fn tag_published(f: &Frame) -> Tag {
    Tag { class: "", word: f.lang.t("公布值", "published") }
}

/// 计算值: derived from the ledger.
pub fn tag_derived(f: &Frame) -> Tag {
    Tag { class: "derived", word: f.lang.t("计算值", "derived") }
}

/// 未注截止日: no cut-off printed.
pub fn tag_undated(f: &Frame) -> Tag {
    Tag { class: "undated", word: f.lang.t("未注截止日", "no cut-off given") }
}

/// 演示数据: made up for demonstration.
pub fn tag_demo(f: &Frame) -> Tag {
    Tag { class: "demo", word: f.lang.t("演示数据", "demo data") }
}

/// A form field with label, hint and trouble. Built in the template.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "parts.html", block = "field")]
pub struct Field {
    name: String,
    label: String,
    kind: &'static str,
    value: String,
    hint: String,
    trouble: String,
    options: Vec<(String, String)>,
    required: bool,
    autocomplete: &'static str,
}

impl HtmlSafe for Field {}

/// A line of text named `name`.
pub fn field(name: &str, label: &str) -> Field {
    Field { name: name.to_owned(), label: label.to_owned(), kind: "text", ..Field::default() }
}

impl Field {
    /// `text`, `password`, `date`, `number`, `textarea`, `select`.
    #[must_use]
    pub fn kind(mut self, kind: &'static str) -> Self {
        self.kind = kind;
        self
    }

    /// What stands in it.
    #[must_use]
    pub fn value(mut self, value: &str) -> Self {
        value.clone_into(&mut self.value);
        self
    }

    /// A line below.
    #[must_use]
    pub fn hint(mut self, hint: &str) -> Self {
        hint.clone_into(&mut self.hint);
        self
    }

    /// Must be filled in.
    #[must_use]
    pub fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// What browsers may fill in: `username`, `current-password`, `new-password`.
    #[must_use]
    pub fn autocomplete(mut self, what: &'static str) -> Self {
        self.autocomplete = what;
        self
    }

    fn described_by(&self) -> Option<String> {
        let notes = [("hint", &self.hint), ("trouble", &self.trouble)];
        let ids: Vec<String> = notes
            .iter()
            .filter(|(_, text)| !text.is_empty())
            .map(|(note, _)| format!("{}-{note}", self.name))
            .collect();
        (!ids.is_empty()).then(|| ids.join(" "))
    }

    /// Makes it a choice of value and label.
    #[must_use]
    pub fn options(mut self, options: Vec<(String, String)>) -> Self {
        self.kind = "select";
        self.options = options;
        self
    }

    /// Shows what `problem` says about this field.
    #[must_use]
    pub fn problem(mut self, f: &Frame, problem: &Option<Problem>) -> Self {
        if let Some(message) = problem.as_ref().and_then(|problem| problem.for_field(&self.name)) {
            message.get(f.lang).clone_into(&mut self.trouble);
        }
        self
    }
}

/// What a form was refused for, above it.
#[derive(Clone, Debug, Template)]
#[template(path = "parts.html", block = "trouble")]
pub struct Trouble {
    word: &'static str,
    message: String,
    fields: Vec<(String, &'static str)>,
}

impl HtmlSafe for Trouble {}

/// The notice for `problem`; nothing where there is none.
pub fn trouble(f: &Frame, problem: &Option<Problem>) -> Trouble {
    let message = problem.as_ref().map(|problem| problem.message.get(f.lang).to_owned()).unwrap_or_default();
    let places = problem.iter().flat_map(|problem| &problem.places);
    let to_it = f.lang.t("去修改", "Mend it");
    Trouble {
        word: f.lang.t("没有保存。", "Not saved. "),
        message,
        fields: places.map(|place| (place.at.en.clone(), to_it)).collect(),
    }
}

/// The way to the next slice of a list.
#[derive(Clone, Debug, Template)]
#[template(path = "parts.html", block = "pager")]
pub struct Pager {
    label: &'static str,
    first: Option<(String, &'static str)>,
    next: Option<(String, &'static str)>,
}

impl HtmlSafe for Pager {}

/// Links to the start and to the slice behind `next`.
pub fn pager(f: &Frame, next: &Option<String>) -> Pager {
    let moved = f.path_and_query().contains("after=");
    let next = next.as_ref().map(|next| f.with_query("after", &crate::listing::escape(next)));
    Pager {
        label: f.lang.t("翻页", "Pages"),
        first: moved.then(|| (f.without_query("after"), f.lang.t("回到开头", "Back to the start"))),
        next: next.map(|address| (address, f.lang.t("下一页", "Next"))),
    }
}

/// Where the page lies: the way down from the start page.
#[derive(Clone, Debug, Template)]
#[template(path = "parts.html", block = "crumbs")]
pub struct Crumbs {
    label: &'static str,
    above: Vec<(String, String)>,
    here: String,
}

impl HtmlSafe for Crumbs {}

/// Breadcrumbs: address and name of each page above, then the page itself.
pub fn crumbs(f: &Frame, above: &[(&str, &str)], here: &str) -> Crumbs {
    let above = above.iter().map(|(address, name)| ((*address).to_owned(), (*name).to_owned())).collect();
    Crumbs { label: f.lang.t("位置", "Where you are"), above, here: here.to_owned() }
}

/// Value and label of every choice, for [`Field::options`].
pub fn choices<T: Copy>(
    f: &Frame,
    all: &[T],
    code: impl Fn(T) -> &'static str,
    name: impl Fn(T) -> Text,
) -> Vec<(String, String)> {
    all.iter().map(|one| (code(*one).to_owned(), name(*one).get(f.lang).to_owned())).collect()
}
