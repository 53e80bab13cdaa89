//! The trail of a figure: `/entries/{id}`, a page of its own and a panel beside other pages.

use std::ops::Deref;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use kernel::{Lang, Problem};
use ledger::entries::Hand;
use ledger::search::{indicator_path, programme_path};
use ledger::tables::entry_sources;
use ledger::trail::{Neighbour, Trail, Version};
use ledger::words::{Accumulation, Act, DateBasis, Measure, Reason, Relation};
use utoipa_axum::router::OpenApiRouter;
use uuid::Uuid;
use web::components::{self, FigureLink};
use web::{Access, App, Frame, Path, Result, Route, Step, Use, page};

use crate::shown;

const ROUTES: &[Route] = &[Route::get("/entries/{id}", Access::Public)];

/// Routes and their list.
pub(crate) fn step() -> Step {
    Step { router: OpenApiRouter::new().route("/entries/{id}", get(show)), routes: ROUTES }
}

#[derive(Template)]
#[template(path = "entries.html")]
struct TrailPage {
    f: Frame,
    trail: Trail,
    figure: FigureLink,
    /// What cites it.
    uses: Vec<Use>,
}

/// The same beside another page.
#[derive(Template)]
#[template(path = "entries_panel.html")]
struct TrailPanel(TrailPage);

impl Deref for TrailPanel {
    type Target = TrailPage;

    fn deref(&self) -> &TrailPage {
        &self.0
    }
}

async fn show(State(app): State<App>, f: Frame, Path(id): Path<Uuid>) -> Result<Response> {
    let on = app.store.reader();
    let trail = Trail::load(on, id).await?.filter(|trail| trail.programme.published);
    let trail = trail.ok_or_else(|| {
        Problem::not_found(
            "台账里没有这条记录，或尚未公布。请从页面上的数字重新点开",
            "The ledger has no such entry, or it is not public: open it again from a figure on a page",
        )
    })?;
    let figure = shown::figure(f.lang, trail.indicator.kind(), &trail.version().shown);
    let fragment = f.fragment();
    let uses = app.uses_of(id, f.lang).await?;
    let shown = TrailPage { f, trail, figure, uses };
    if fragment { page(&TrailPanel(shown)) } else { page(&shown) }
}

impl TrailPage {
    fn heading(&self) -> &str {
        self.trail.programme.title_in(self.f.lang)
    }

    fn programme_path(&self) -> String {
        programme_path(&self.trail.programme.slug)
    }

    fn indicator_path(&self) -> String {
        indicator_path(&self.trail.programme.slug, self.trail.indicator.number)
    }

    fn entry_path(&self, version: &Version) -> String {
        shown::entry_path(version.entry.id)
    }

    fn place_path(&self) -> String {
        format!(
            "/regions/{}",
            kernel::RegionCode::from_stored(self.trail.version().entry.region)
                .map(|code| code.short())
                .unwrap_or_default()
        )
    }

    /// The figure of another version or neighbour.
    fn of(&self, version: &Version) -> FigureLink {
        shown::figure(self.f.lang, self.trail.indicator.kind(), &version.shown)
    }

    fn near(&self, near: &Neighbour) -> FigureLink {
        shown::figure(self.f.lang, near.indicator.kind(), &near.shown)
    }

    fn near_path(&self, near: &Neighbour) -> String {
        indicator_path(&self.trail.programme.slug, near.indicator.number)
    }

    /// What it is to the figure above it, or what a part is to it.
    fn relation(&self, relation: Option<Relation>) -> String {
        relation.map(|relation| relation.name().get(self.f.lang).to_owned()).unwrap_or_default()
    }

    fn source(&self) -> Option<&entry_sources::Model> {
        self.trail.version().source.as_ref()
    }

    /// The figure as the source prints it, with its unit.
    fn phrase(&self) -> String {
        let version = self.trail.version();
        match &version.source {
            Some(source) => format!("{}{}", source.raw, source.unit),
            None => version.shown.number.map(|number| number.grouped()).unwrap_or_default(),
        }
    }

    fn day(&self) -> Option<String> {
        shown::day(self.f.lang, &self.trail.version().shown)
    }

    fn bare_day(&self) -> Option<String> {
        shown::bare_day(self.f.lang, &self.trail.version().shown)
    }

    fn basis(&self) -> String {
        let basis = self.source().and_then(|source| DateBasis::parse(&source.date_basis));
        basis.map(|basis| basis.name().get(self.f.lang).to_owned()).unwrap_or_default()
    }

    fn period(&self) -> String {
        let Some(source) = self.source() else { return String::new() };
        let day = |day: chrono::NaiveDate| self.f.lang.day(day);
        match (self.f.lang, source.period_start, source.period_end) {
            (_, Some(first), Some(last)) => format!("{} – {}", day(first), day(last)),
            (Lang::Zh, Some(first), None) => format!("{}起", day(first)),
            (Lang::En, Some(first), None) => format!("from {}", day(first)),
            (Lang::Zh, None, Some(last)) => format!("至{}", day(last)),
            (Lang::En, None, Some(last)) => format!("until {}", day(last)),
            (_, None, None) => String::new(),
        }
    }

    fn measure(&self) -> String {
        Measure::from_number(self.trail.version().entry.measure).name().get(self.f.lang).to_owned()
    }

    fn counting(&self) -> String {
        let indicator = &self.trail.indicator;
        let lang = self.f.lang;
        let kind = indicator.kind().name().get(lang).to_owned();
        let accumulation = Accumulation::parse(&indicator.accumulation).map(|word| word.name().get(lang).to_owned());
        [Some(kind), accumulation].into_iter().flatten().collect::<Vec<_>>().join(" · ")
    }

    fn precision(&self) -> String {
        let Some(number) = self.trail.version().shown.number else { return String::new() };
        let quantum = number.precision.quantum();
        let unit = shown::unit(self.f.lang, &self.trail.version().shown.unit);
        format!("{} {unit}", figures::print_compact(quantum)).trim().to_owned()
    }

    fn qualifier(&self) -> &str {
        let qualifier = self.trail.version().shown.qualifier;
        self.f.lang.t(qualifier.name_zh(), qualifier.name_en())
    }

    /// Who recorded a version: the kind of actor, never the name of somebody who signs in.
    fn recorder(&self, version: &Version) -> &str {
        let lang = self.f.lang;
        match &version.event {
            None => lang.t("来源不明：审计链中没有对应的记录", "unknown: the audit chain holds no such event"),
            Some(event) if event.account_id.is_some() => lang.t("民生实事办公室", "programme office"),
            Some(event) if event.action.contains("import") => lang.t("由运行单位导入", "imported by the operator"),
            Some(_) => lang.t("由运行单位录入", "entered by the operator"),
        }
    }

    /// What somebody did with the figure before it came into the ledger.
    fn act(&self, hand: &Hand) -> String {
        hand.act.name().get(self.f.lang).to_owned()
    }

    /// Who that was, for colleagues; the public sees the body only.
    fn person<'a>(&self, hand: &'a Hand) -> Option<&'a str> {
        self.f.viewer().map(|_| hand.person.as_str()).filter(|person| !person.is_empty())
    }

    fn is_verified(&self) -> bool {
        self.trail.version().hands.iter().any(|hand| matches!(hand.act, Act::Approved | Act::Verified))
    }

    fn reason(&self, version: &Version) -> String {
        let Some(source) = &version.source else { return String::new() };
        let reason = source.reason.as_deref().and_then(Reason::parse);
        let name = reason.map(|reason| reason.name().get(self.f.lang).to_owned());
        // An import writes the name of the reason again as its text.
        let text = source.reason_text.clone().filter(|text| reason.is_none_or(|reason| reason.name().zh != *text));
        [name, text].into_iter().flatten().collect::<Vec<_>>().join(self.f.lang.t("：", ": "))
    }

    fn time(&self, version: &Version) -> String {
        self.f.time(&version.entry.recorded_ms)
    }

    fn measure_name(&self, near: &Neighbour) -> String {
        near.measure.name().get(self.f.lang).to_owned()
    }

    /// The ends of a long hash.
    fn short(&self, hash: &str) -> String {
        match (hash.get(..8), hash.get(hash.len().saturating_sub(8)..)) {
            (Some(first), Some(last)) => format!("{first}…{last}"),
            _ => hash.to_owned(),
        }
    }
}
