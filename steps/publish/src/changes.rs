//! What was asked of the congress (人大) about adopted projects, and what it decided: `/programmes/{slug}/adjustments`.
//!
//! Until it is decided the original counts. Afterwards the original stays beside what was approved, wherever the project is
//! shown, with the day and the number of the resolution: nobody has to remember what was adopted.

use std::collections::HashMap;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use chrono::NaiveDate;
use kernel::Lang;
use kernel::clock::china_time;
use ledger::entries;
use ledger::programmes::Outline;
use ledger::search::{indicator_path, programme_path};
use plan::adjustments::{self, Adjustment, AdjustmentKind, Decision};
use sea_orm::ConnectionTrait;
use store::audit::{self, events};
use utoipa_axum::router::OpenApiRouter;
use uuid::Uuid;
use web::components::{self, FigureLink, Light};
use web::{Access, App, Frame, Path, Result, Route, Step, page};

use crate::scoreboard::published;
use crate::shown;

const ROUTES: &[Route] = &[Route::get("/programmes/{slug}/adjustments", Access::Public)];

/// Routes and their list.
pub(crate) fn step() -> Step {
    Step { router: OpenApiRouter::new().route("/programmes/{slug}/adjustments", get(show)), routes: ROUTES }
}

/// The address of all changes of a programme.
pub(crate) fn path(slug: &str) -> String {
    format!("{}/adjustments", programme_path(slug))
}

/// The changes of a programme as they were known at the end of a day, the newest first.
pub(crate) struct Changes(Vec<Known>);

/// A change as it was known then: without a decision that came later.
struct Known {
    change: Adjustment,
    decided_on: Option<NaiveDate>,
    /// The entry that took the place of the original target.
    approved_entry: Option<Uuid>,
}

impl Changes {
    /// Those of a programme: one statement, and one more where a target was changed with approval.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) async fn load<C: ConnectionTrait>(
        on: &C,
        outline: &Outline,
        known: Option<NaiveDate>,
    ) -> store::Result<Self> {
        let by_then = |day: NaiveDate| known.is_none_or(|known| day <= known);
        let mut all = Vec::new();
        for mut change in adjustments::of_programme(on, outline.programme.id).await? {
            if !day_of(Some(change.requested_ms)).is_some_and(by_then) {
                continue;
            }
            let decided_on = day_of(change.decided_ms).filter(|day| by_then(*day));
            change.decision = change.decision.filter(|_| decided_on.is_some());
            all.push(Known { change, decided_on, approved_entry: None });
        }
        let moved = |one: &Known| one.change.target_entry.filter(|_| one.change.decision == Some(Decision::Approved));
        let originals: Vec<Uuid> = all.iter().filter_map(moved).collect();
        let successors = entries::superseded_by(on, &originals).await?;
        for one in &mut all {
            one.approved_entry = moved(one).and_then(|entry| successors.get(&entry).copied());
        }
        Ok(Self(all))
    }

    /// All of them, as they are shown.
    pub(crate) fn shown(&self, f: &Frame, outline: &Outline) -> Vec<Change> {
        self.0.iter().filter_map(|one| Change::of(f, outline, one)).collect()
    }

    /// Those of an indicator, or of its project as a whole.
    pub(crate) fn of_indicator(&self, f: &Frame, outline: &Outline, project: Uuid, indicator: Uuid) -> Vec<Change> {
        let concerns = |one: &&Known| {
            one.change.project == project && one.change.indicator.is_none_or(|concerned| concerned == indicator)
        };
        self.0.iter().filter(concerns).filter_map(|one| Change::of(f, outline, one)).collect()
    }

    /// What a row of the scoreboard says of a changed target: the original beside what was approved, or what is asked for.
    pub(crate) fn remarks_of_target(&self, f: &Frame, outline: &Outline, indicator: Uuid) -> Vec<String> {
        let of = |one: &&Known| one.change.indicator == Some(indicator);
        self.0.iter().filter(of).filter_map(|one| Change::of(f, outline, one)?.remark(f)).collect()
    }

    /// The same of a project as a whole: postponed, given up, of another content.
    pub(crate) fn remarks_of_project(&self, f: &Frame, outline: &Outline, project: Uuid) -> Vec<String> {
        let of = |one: &&Known| one.change.project == project && one.change.indicator.is_none();
        self.0.iter().filter(of).filter_map(|one| Change::of(f, outline, one)?.remark(f)).collect()
    }
}

fn day_of(unix_ms: Option<i64>) -> Option<NaiveDate> {
    china_time(unix_ms?).map(|time| time.date_naive())
}

/// What stands, or what it is to become.
pub(crate) enum Side {
    /// A target.
    Figure(FigureLink),
    /// A day, a content.
    Words(String),
}

impl Side {
    fn words(&self, lang: Lang) -> String {
        match self {
            Self::Figure(figure) if lang == Lang::En => format!("{} {}", figure.text, figure.unit).trim().to_owned(),
            Self::Figure(figure) => format!("{}{}", figure.text, figure.unit),
            Self::Words(words) => words.clone(),
        }
    }
}

/// A change as it is shown.
pub(crate) struct Change {
    pub(crate) id: Uuid,
    kind: AdjustmentKind,
    decision: Option<Decision>,
    /// The indicator, or the project.
    pub(crate) name: String,
    /// The page of the indicator, or the project on the scoreboard.
    pub(crate) about: String,
    /// Its place among all changes of the programme.
    pub(crate) href: String,
    pub(crate) what: String,
    pub(crate) original: Side,
    pub(crate) changed: Side,
    reason: String,
    asked: String,
    /// The day of the decision.
    pub(crate) decided: Option<String>,
    /// 决议文号.
    pub(crate) document: String,
    pub(crate) light: Light,
}

impl Change {
    fn of(f: &Frame, outline: &Outline, known: &Known) -> Option<Self> {
        let Known { change, decided_on, approved_entry } = known;
        let project = outline.projects.iter().find(|row| row.id == change.project)?;
        let indicator = change.indicator.and_then(|id| outline.indicator_by_id(id));
        let slug = &outline.programme.slug;
        let unit = indicator.map(|row| shown::unit(f.lang, &row.unit)).unwrap_or_default();
        let figure = |text: &str, entry: Option<Uuid>| {
            Side::Figure(FigureLink {
                value: figures::parse_number(text).map(|number| number.value.to_string()).unwrap_or_default(),
                text: text.to_owned(),
                unit: unit.clone(),
                trail: entry.map(shown::entry_path),
                ..FigureLink::default()
            })
        };
        let day = |text: &str| text.parse().map_or_else(|_| text.to_owned(), |day| f.day(&day));
        let (original, changed) = match change.kind {
            AdjustmentKind::Target => {
                (figure(&change.original, change.target_entry), figure(&change.proposed, *approved_entry))
            }
            AdjustmentKind::Content => (Side::Words(change.original.clone()), Side::Words(change.proposed.clone())),
            AdjustmentKind::Postpone => {
                let to = change.proposed_on.map(|day| f.day(&day)).unwrap_or_default();
                (Side::Words(day(&change.original)), Side::Words(to))
            }
            AdjustmentKind::Cancel => {
                let words = |zh, en| Side::Words(f.lang.t(zh, en).to_owned());
                (words("按原方案实施", "carried out as adopted"), words("取消", "given up"))
            }
        };
        let (class, word) = match change.decision {
            None => ("behind", f.lang.t("待审议", "waits for the congress").to_owned()),
            Some(Decision::Approved) => ("done", f.lang.t("已批准", "approved").to_owned()),
            Some(Decision::Rejected) => ("", f.lang.t("未批准", "not approved").to_owned()),
        };
        Some(Self {
            id: change.id,
            kind: change.kind,
            decision: change.decision,
            name: indicator.map_or_else(|| project.name.clone(), |row| row.name.clone()),
            about: indicator.map_or_else(
                || format!("{}#project-{}", programme_path(slug), project.id),
                |row| indicator_path(slug, row.number),
            ),
            href: format!("{}#{}", path(slug), change.id),
            what: change.kind.name().get(f.lang).to_owned(),
            original,
            changed,
            reason: change.reason.clone(),
            asked: day_of(Some(change.requested_ms)).map(|day| f.day(&day)).unwrap_or_default(),
            decided: decided_on.map(|day| f.day(&day)),
            document: change.document.clone().filter(|_| change.decision.is_some()).unwrap_or_default(),
            light: Light { class, word },
        })
    }

    /// Whether it waits for the congress.
    pub(crate) fn is_open(&self) -> bool {
        self.decision.is_none()
    }

    /// The original target, where another one was approved.
    pub(crate) fn replaced_target(&self) -> Option<&FigureLink> {
        match &self.original {
            Side::Figure(figure) if self.decision == Some(Decision::Approved) => Some(figure),
            _ => None,
        }
    }

    /// 2025年9月25日（甬人大常〔2025〕9号）.
    fn resolution(&self, f: &Frame) -> String {
        let day = self.decided.as_deref().unwrap_or_default();
        match f.lang {
            Lang::Zh => format!("{day}（{}）", self.document),
            Lang::En => format!("{day} ({})", self.document),
        }
    }

    /// In a sentence: what stands, what was asked for, what was decided.
    pub(crate) fn sentence(&self, f: &Frame) -> String {
        let (original, changed) = (self.original.words(f.lang), self.changed.words(f.lang));
        let resolution = self.resolution(f);
        let zh = f.lang == Lang::Zh;
        match (self.decision, self.kind) {
            (None, AdjustmentKind::Target) if zh => {
                format!("申请调整中：原目标 {original}，拟调整为 {changed}；批准前以原目标为准")
            }
            (None, AdjustmentKind::Target) => format!(
                "A change is asked for: {changed} instead of {original}; the original counts until it is approved"
            ),
            (None, AdjustmentKind::Content) if zh => {
                format!("申请调整中：内容拟调整为“{changed}”；批准前以原内容为准")
            }
            (None, AdjustmentKind::Content) => {
                "A change of the content is asked for; the original holds until it is approved".to_owned()
            }
            (None, AdjustmentKind::Postpone) if zh => {
                format!("申请调整中：原时限 {original}，拟延期至 {changed}；批准前以原时限为准")
            }
            (None, AdjustmentKind::Postpone) => format!(
                "Postponing from {original} to {changed} is asked for; the original day holds until it is approved"
            ),
            (None, AdjustmentKind::Cancel) if zh => "申请调整中：拟取消；批准前仍按原目标推进".to_owned(),
            (None, AdjustmentKind::Cancel) => {
                "Giving it up is asked for; the original target counts until it is approved".to_owned()
            }
            (Some(Decision::Approved), AdjustmentKind::Target) if zh => {
                format!("原目标 {original}；{resolution}经批准调整为 {changed}")
            }
            (Some(Decision::Approved), AdjustmentKind::Target) => {
                format!("Adopted as {original}; changed to {changed} with approval on {resolution}")
            }
            (Some(Decision::Approved), AdjustmentKind::Content) if zh => {
                format!("原内容“{original}”；{resolution}经批准调整为“{changed}”")
            }
            (Some(Decision::Approved), AdjustmentKind::Content) => {
                format!("Adopted as “{original}”; changed to “{changed}” with approval on {resolution}")
            }
            (Some(Decision::Approved), AdjustmentKind::Postpone) if zh => {
                format!("原时限 {original}；{resolution}经批准延期至 {changed}，目标不变")
            }
            (Some(Decision::Approved), AdjustmentKind::Postpone) => format!(
                "Due by {original} as adopted; postponed to {changed} with approval on {resolution}, the target stands"
            ),
            (Some(Decision::Approved), AdjustmentKind::Cancel) if zh => {
                format!("{resolution}经批准取消；原目标保留在案")
            }
            (Some(Decision::Approved), AdjustmentKind::Cancel) => {
                format!("Given up with approval on {resolution}; the original target stays on record")
            }
            (Some(Decision::Rejected), _) if zh => {
                format!("曾申请{}（{original} → {changed}）；{resolution}未获批准，仍按原方案", self.what)
            }
            (Some(Decision::Rejected), _) => format!(
                "It was asked to {} ({original} → {changed}); not approved on {resolution}, the original holds",
                self.what
            ),
        }
    }

    /// The same beside a row of figures, shorter; nothing of what was refused.
    fn remark(&self, f: &Frame) -> Option<String> {
        let (original, changed) = (self.original.words(f.lang), self.changed.words(f.lang));
        match (self.decision, self.kind) {
            (Some(Decision::Rejected), _) => None,
            (None, AdjustmentKind::Target) => Some(match f.lang {
                Lang::Zh => format!("申请调整为 {changed}，批准前以原目标为准"),
                Lang::En => format!("{changed} is asked for; the original counts until approved"),
            }),
            (Some(Decision::Approved), AdjustmentKind::Target) => {
                let resolution = self.resolution(f);
                Some(match f.lang {
                    Lang::Zh => format!("原目标 {original}，{resolution}批准调整"),
                    Lang::En => format!("adopted as {original}, changed with approval on {resolution}"),
                })
            }
            _ => Some(self.sentence(f)),
        }
    }
}

#[derive(Template)]
#[template(path = "changes.html")]
struct ChangesPage {
    f: Frame,
    home: String,
    heading: String,
    changes: Vec<Dated>,
    demo: bool,
}

/// A change with the events of the audit chain that carry it.
struct Dated {
    change: Change,
    events: Vec<events::Model>,
}

async fn show(State(app): State<App>, f: Frame, Path(slug): Path<String>) -> Result<Response> {
    let on = app.store.reader();
    let outline = Outline::load(on, published(on, &slug).await?).await?;
    let changes = Changes::load(on, &outline, None).await?;
    let mut events = HashMap::<Uuid, Vec<events::Model>>::new();
    let acts = [adjustments::REQUESTED, adjustments::DECIDED];
    for event in audit::acts_on(on, ("programme", &slug), &acts).await? {
        if let Some(id) = adjustments::named_in(&event.detail) {
            events.entry(id).or_default().push(event);
        }
    }
    let changes = changes.shown(&f, &outline);
    let dated =
        changes.into_iter().map(|change| Dated { events: events.remove(&change.id).unwrap_or_default(), change });
    page(&ChangesPage {
        home: programme_path(&slug),
        heading: outline.programme.title_in(f.lang).to_owned(),
        demo: outline.programme.demo,
        changes: dated.collect(),
        f,
    })
}

impl ChangesPage {
    /// What an event of the chain did.
    fn act(&self, event: &events::Model) -> &str {
        match event.action == adjustments::DECIDED {
            true => self.f.lang.t("审议登记", "decision written down"),
            false => self.f.lang.t("提出申请", "asked for"),
        }
    }

    fn on_the_day(&self, event: &events::Model) -> String {
        day_of(Some(event.at_ms)).map(|day| self.f.day(&day)).unwrap_or_default()
    }
}
