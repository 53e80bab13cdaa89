//! The names that lists of returns show, read in three statements however many rows there are.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use kernel::{Lang, RegionCode, Text};
use ledger::tables::projects;
use people::store::organisations;
use sea_orm::ConnectionTrait;
use sea_orm::entity::prelude::*;
use store::Result;

use crate::returns::Return;
use crate::rules::window::Window;
use crate::words::State;

/// Names of places, bodies and projects.
#[derive(Default)]
pub(crate) struct Names {
    places: BTreeMap<RegionCode, String>,
    bodies: HashMap<Uuid, String>,
    projects: HashMap<Uuid, (Option<i32>, String)>,
}

impl Names {
    /// The names of everything in `rows`, places as they were called in `year`.
    pub(crate) async fn of<C: ConnectionTrait>(on: &C, rows: &[Return], year: i32) -> Result<Self> {
        let places: Vec<_> = rows.iter().filter_map(|row| RegionCode::from_stored(row.region)).collect();
        let places = ledger::regions::names(on, places, year).await?;
        let mut bodies: Vec<Uuid> = rows.iter().map(|row| row.organisation_id).collect();
        bodies.sort_unstable();
        bodies.dedup();
        let bodies = organisations::with_keys(on, &bodies).await?;
        let mut keys: Vec<Uuid> = rows.iter().map(|row| row.project_id).collect();
        keys.sort_unstable();
        keys.dedup();
        let mut known = HashMap::with_capacity(keys.len());
        for chunk in keys.chunks(1_000) {
            let chosen = projects::Column::Id.is_in(chunk.iter().copied());
            let found = projects::Entity::find().filter(chosen).all(on).await?;
            known.extend(found.into_iter().map(|project| (project.id, (project.number, project.name))));
        }
        Ok(Self {
            places,
            bodies: bodies.into_iter().map(|body| (body.id, body.short_name)).collect(),
            projects: known,
        })
    }

    /// Adds the names of further places.
    pub(crate) async fn add_places<C: ConnectionTrait>(
        &mut self,
        on: &C,
        more: &[RegionCode],
        year: i32,
    ) -> Result<()> {
        self.places.extend(ledger::regions::names(on, more.to_vec(), year).await?);
        Ok(())
    }

    /// The place of a return.
    pub(crate) fn place(&self, row: &Return) -> String {
        self.place_at(row.region)
    }

    /// The place with this stored code.
    pub(crate) fn place_at(&self, stored: i64) -> String {
        let code = RegionCode::from_stored(stored);
        code.map_or_else(String::new, |code| self.places.get(&code).cloned().unwrap_or_else(|| code.short()))
    }

    /// The body of a return.
    pub(crate) fn body(&self, row: &Return) -> String {
        self.bodies.get(&row.organisation_id).cloned().unwrap_or_default()
    }

    /// The project of a return, with its number.
    pub(crate) fn project(&self, row: &Return) -> String {
        match self.projects.get(&row.project_id) {
            Some((Some(number), name)) => format!("{number}. {name}"),
            Some((None, name)) => name.clone(),
            None => String::new(),
        }
    }
}

/// The class of a light and a word for how a return stands.
pub(crate) fn state_light(row: &Return, window: Window, lang: Lang) -> (&'static str, String) {
    let state = row.state();
    let word = state.name().get(lang).to_owned();
    match (state, window) {
        (State::Approved, _) => ("done", word),
        (State::Submitted, _) => ("steady", word),
        (State::Returned, _) => ("late", word),
        (_, Window::Shut { days_late }) => (
            "late",
            match lang {
                Lang::Zh => format!("逾期 {days_late} 天"),
                Lang::En => format!("{days_late} days late"),
            },
        ),
        (_, Window::Late { .. }) => ("behind", lang.t("准予补报", "late, allowed").to_owned()),
        (State::Draft | State::Owed, _) => ("", word),
    }
}

/// How much time is left, in words.
pub(crate) fn due(window: Window) -> Text {
    match window {
        Window::NotYet { opens_on } => Text::new(format!("{opens_on} 开始"), format!("opens on {opens_on}")),
        Window::Open { closes_on, days_left: 0 } => {
            Text::new(format!("今天截止（{closes_on}）"), format!("due today ({closes_on})"))
        }
        Window::Open { closes_on, days_left } => Text::new(
            format!("还有 {days_left} 天（{closes_on} 截止）"),
            format!("{days_left} days left, due {closes_on}"),
        ),
        Window::Late { until } => Text::new(format!("准予补报至 {until}"), format!("late, allowed until {until}")),
        Window::Shut { days_late } => {
            Text::new(format!("已截止 {days_late} 天"), format!("closed {days_late} days ago"))
        }
    }
}

/// A day, or nothing.
pub(crate) fn day(day: Option<NaiveDate>) -> String {
    day.map(|day| day.to_string()).unwrap_or_default()
}
