//! `minsheng demo --rich`: Ningbo 2024 as a whole year, generated and labelled 演示数据.
//!
//! Two halves. The generator is pure: from the shipped description, the published figures of June and a seed it makes
//! targets, shares of ten districts and twelve monthly rounds whose June totals are the published ones, exactly. The
//! loader then lives the year through the functions that the pages call, under a fixed clock, as the demo accounts.

mod accepting;
mod adjusting;
mod assessing;
mod bulletins;
mod cast;
mod chance;
mod chasing;
mod clock;
mod course;
mod evidence;
mod feedback;
mod inspecting;
mod money;
mod programme;
pub(crate) mod registers;
mod rounds;
mod shape;
mod share;
mod sites;
mod story;
mod targets;
mod towns;
mod year;

#[cfg(test)]
mod loaded_tests;
#[cfg(test)]
mod tests;

use std::path::PathBuf;

use anyhow::Result;
use files::Files;
use store::Store;

use adjusting::Adjusting;
use cast::Cast;
use chasing::Chasing;
use inspecting::Inspecting;
use programme::Plan;
use rounds::Rounds;
use year::MONTHS;

/// The seed of the year that ships; another one would make another year around the same June.
const SEED: u64 = 2024;

/// The month whose figures the half-year bulletin tells: June, counted from 0.
const HALF_YEAR: usize = 5;

/// What was loaded.
pub(crate) struct Loaded {
    /// Said to the operator.
    pub(crate) told: String,
    /// Who can sign in besides the usual ones: name to sign in with, name on screens.
    pub(crate) people: Vec<(String, String)>,
}

/// Where papers go.
pub(crate) struct Place {
    /// The store of files.
    pub(crate) files: Files,
    /// Where uploads wait.
    pub(crate) folder: PathBuf,
}

impl Place {
    /// That of an installation.
    pub(crate) fn of(store: &Store, site: &web::Settings) -> Self {
        Self { files: Files::new(store.clone(), site.files.clone()), folder: site.uploads.clone() }
    }
}

/// Loads the year; what is there already stays as it is, and a load that was broken off goes on.
///
/// # Errors
/// When the database fails.
pub(crate) async fn load(store: &Store, place: &Place, progress: &mut (dyn FnMut(u64, u64) + Send)) -> Result<Loaded> {
    let shape = shape::shape()?;
    let facts = shape::published(ledger::samples::FACTS)?;
    let year = year::generate(&shape, &facts, SEED)?;
    let cast = Cast::assemble(store, &shape).await?;
    let adopted = Plan::new((&shape, &year), &cast, SEED).adopt(store).await?;
    let rounds = Rounds::of(store, (&shape, &year), (&cast, &adopted), SEED).await?;
    let chasing = Chasing::of((&shape, &year), (&cast, &adopted), place);
    let inspecting = Inspecting::of((&shape, &year), (&cast, &adopted), place);
    let adjusting = Adjusting::of((&shape, &year), (&cast, &adopted));
    for month in 0..MONTHS {
        rounds.live(store, month).await?;
        let until = rounds::cut_off(shape.year, month)?;
        chasing.go_on(store, until).await?;
        inspecting.go_on(store, until).await?;
        adjusting.go_on(store, until).await?;
        if month == HALF_YEAR {
            bulletins::sign_half_year(store, &shape, &cast, until).await?;
        }
        progress(month as u64 + 1, MONTHS as u64);
    }
    sites::load(store, (&shape, &adopted), &cast, SEED).await?;
    feedback::load(store, &shape, (adopted.outline.programme.id, &cast), SEED).await?;
    accepting::load(store, &adopted, &cast.office, SEED).await?;
    assessing::keep(store, (&shape, SEED), (&cast, &adopted)).await?;
    Ok(Loaded {
        told: format!("演示年度已载入 (the generated year is loaded): /programmes/{}", shape.slug),
        people: cast.people(&shape),
    })
}
