//! What every page of the board has on top: which programme, place and day, and the way to the others.

use chrono::NaiveDate;
use kernel::{Lang, RegionCode};
use uuid::Uuid;
use web::Frame;

use crate::asked::Asked;
use crate::state::Gathered;

/// The head of a page of the board.
pub(crate) struct Heading {
    /// The name in addresses.
    pub(crate) slug: String,
    /// The programme's title.
    pub(crate) title: String,
    /// Generated data.
    pub(crate) demo: bool,
    /// Whether the public sees it.
    pub(crate) published: bool,
    /// The place that is shown, when it is not the programme's own.
    pub(crate) part: Option<String>,
    /// The cut-off.
    pub(crate) cut_off: NaiveDate,
    /// The day of knowledge, when it is not the present.
    pub(crate) known: Option<NaiveDate>,
    /// Whether the cut-off was asked for.
    pub(crate) asked_to: bool,
    /// 50.0%（6/12 月）.
    pub(crate) schedule: String,
    /// The cut-offs that can be chosen, newest first.
    pub(crate) cut_offs: Vec<NaiveDate>,
    /// Where changes are told, and the number of the last event before the page was read; none for a past day.
    pub(crate) live: Option<(String, i64)>,
    /// What was asked for, for forms and links.
    pub(crate) asked: Asked,
    query: String,
    page: String,
}

impl Heading {
    /// The head of a page of `gathered` at `place`. `page` is what its address ends with: empty, `/regions` …; `since` the
    /// number of the last event before anything was read.
    pub(crate) fn of(f: &Frame, asked: &Asked, gathered: &Gathered, place: RegionCode, page: &str, since: i64) -> Self {
        let programme = &gathered.outline.programme;
        let due = gathered.programme_due(gathered.cut_off);
        let percent = figures::print_percent(due.percent, 1);
        let basis = f.say(&due.basis);
        let mut cut_offs = gathered.all_cut_offs(place);
        cut_offs.reverse();
        Self {
            slug: programme.slug.clone(),
            title: programme.title_in(f.lang).to_owned(),
            demo: programme.demo,
            published: programme.published,
            part: (place != gathered.outline.region()).then(|| gathered.name(place)),
            cut_off: gathered.cut_off,
            known: gathered.known,
            asked_to: !asked.to.trim().is_empty(),
            schedule: match f.lang {
                Lang::Zh => format!("{percent}（{basis}）"),
                Lang::En => format!("{percent} ({basis})"),
            },
            cut_offs,
            live: gathered.known.is_none().then(|| (format!("/office/watch/{}/live", programme.slug), since)),
            query: asked.query(),
            asked: asked.clone(),
            page: page.to_owned(),
        }
    }

    fn base(&self) -> String {
        format!("/office/watch/{}", self.slug)
    }

    /// This page at the same place and time.
    pub(crate) fn here(&self) -> String {
        format!("{}{}{}", self.base(), self.page, self.query)
    }

    /// The same with one more value in the query, which must not need escaping.
    pub(crate) fn here_with(&self, name: &str, value: &str) -> String {
        let joint = if self.query.is_empty() { '?' } else { '&' };
        format!("{}{joint}{name}={value}", self.here())
    }

    /// The overview at the same place and time with one more value in the query, which must not need escaping.
    pub(crate) fn overview_with(&self, name: &str, value: &str) -> String {
        let joint = if self.query.is_empty() { '?' } else { '&' };
        format!("{}{}{joint}{name}={value}", self.base(), self.query)
    }

    /// This page at the same place at another cut-off.
    pub(crate) fn at(&self, cut_off: NaiveDate) -> String {
        let asked = Asked { to: cut_off.to_string(), ..self.asked.clone() };
        format!("{}{}{}", self.base(), self.page, asked.query())
    }

    /// This page at the same place, now.
    pub(crate) fn now(&self) -> String {
        let place = Asked { place: self.asked.place.clone(), ..Asked::default() };
        format!("{}{}{}", self.base(), self.page, place.query())
    }

    /// The pages of the board: address, name in both languages, whether it is this one.
    pub(crate) fn pages(&self) -> Vec<(String, &'static str, &'static str, bool)> {
        [("", "总览", "Overview"), ("/regions", "各地", "Regions"), ("/bodies", "单位与填报", "Bodies and reports")]
            .into_iter()
            .map(|(page, zh, en)| (format!("{}{page}{}", self.base(), self.query), zh, en, self.page == page))
            .collect()
    }

    /// The page of bodies and reports at the same place and time.
    pub(crate) fn bodies(&self) -> String {
        format!("{}/bodies{}", self.base(), self.query)
    }

    /// The page of a project at the same place and time.
    pub(crate) fn project(&self, id: Uuid) -> String {
        format!("{}/projects/{id}{}", self.base(), self.query)
    }

    /// The page of a project at another place at the same time.
    pub(crate) fn project_at(&self, id: Uuid, place: RegionCode) -> String {
        let asked = Asked { place: place.short(), ..self.asked.clone() };
        format!("{}/projects/{id}{}", self.base(), asked.query())
    }

    /// The board of another place at the same time.
    pub(crate) fn board_at(&self, place: RegionCode) -> String {
        let asked = Asked { place: place.short(), ..self.asked.clone() };
        format!("{}{}", self.base(), asked.query())
    }

    /// A list of the API in a form to keep; `what` is empty, `/regions` …
    pub(crate) fn download(&self, what: &str, format: &str) -> String {
        let joint = if self.query.is_empty() { '?' } else { '&' };
        format!("/api/v1/programmes/{}/watch{what}{}{joint}format={format}", self.slug, self.query)
    }
}
