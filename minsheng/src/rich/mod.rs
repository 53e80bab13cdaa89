//! `minsheng demo --rich`: Ningbo 2024 as a whole year, generated and labelled 演示数据.
//!
//! Two halves. The generator is pure: from the shipped description, the published figures of June and a seed it makes
//! targets, shares of ten districts and twelve monthly rounds whose June totals are the published ones, exactly. The
//! loader then lives the year through the functions that the pages call, under a fixed clock, as the demo accounts.

mod cast;
mod chance;
mod clock;
mod course;
mod money;
mod programme;
mod rounds;
mod shape;
mod share;
mod targets;
mod year;

#[cfg(test)]
mod loaded_tests;
#[cfg(test)]
mod tests;

use anyhow::Result;
use store::Store;

use cast::Cast;
use programme::Plan;

/// The seed of the year that ships; another one would make another year around the same June.
const SEED: u64 = 2024;

/// What was loaded.
pub(crate) struct Loaded {
    /// Said to the operator.
    pub(crate) told: String,
    /// Who can sign in besides the usual ones: name to sign in with, name on screens.
    pub(crate) people: Vec<(String, String)>,
}

/// Loads the year; what is there already stays as it is, and a load that was broken off goes on.
///
/// # Errors
/// When the database fails.
pub(crate) async fn load(store: &Store, progress: &mut (dyn FnMut(u64, u64) + Send)) -> Result<Loaded> {
    let shape = shape::shape()?;
    let facts = shape::published(ledger::samples::FACTS)?;
    let year = year::generate(&shape, &facts, SEED)?;
    let cast = Cast::assemble(store, &shape).await?;
    let adopted = Plan::new(&shape, &year, &cast).adopt(store).await?;
    rounds::live(store, &shape, &cast, &adopted, progress).await?;
    Ok(Loaded {
        told: format!("演示年度已载入 (the generated year is loaded): /programmes/{}", shape.slug),
        people: cast.people(&shape),
    })
}
