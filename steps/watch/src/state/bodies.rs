//! The bodies that answer, by what they answer for.

use std::collections::BTreeMap;

use ledger::rules::Light;
use rust_decimal::Decimal;
use uuid::Uuid;

use super::{Matrix, Watched};
use crate::rules::peers::{StandsOut, standing_out};
use crate::rules::ranks::{Rank, rank};

/// A body with what it leads.
#[derive(Clone, Debug)]
pub struct BodyState {
    /// The body.
    pub body: Uuid,
    /// Its name.
    pub name: String,
    /// How many projects it leads, here or at places below.
    pub projects: usize,
    /// How many show each light, best first.
    pub lights: Vec<(Light, usize)>,
    /// How many have no figure of the cut-off.
    pub silent: usize,
    /// The mean quantity % over them, each capped at 100.
    pub mean: Option<Decimal>,
    /// Its place among the others by that mean.
    pub rank: Option<Rank>,
    /// Whether it stands far apart from the others.
    pub stands_out: Option<StandsOut>,
}

/// One project that a body answers for.
struct Led {
    quantity: Option<Decimal>,
    light: Option<Light>,
    silent: bool,
}

/// The bodies of a programme, best first: each by the projects that it leads as a whole, and by those that it leads at a
/// place below in the name of that place alone.
pub fn by_body(watched: &Watched, below: &Matrix) -> Vec<BodyState> {
    let mut led = BTreeMap::<Uuid, Vec<Led>>::new();
    for one in &watched.projects {
        if let Some(body) = one.lead {
            led.entry(body).or_default().push(Led { quantity: one.quantity, light: one.light, silent: one.silent });
        }
    }
    for place in &below.places {
        for ((_, project), cell) in below.projects.iter().zip(&place.cells) {
            let Some(cell) = cell else { continue };
            // Whoever leads the whole is not counted again for each of its places.
            let whole = watched.gathered.lead(project.id, watched.place);
            if let Some(body) = cell.lead.filter(|body| Some(*body) != whole) {
                led.entry(body).or_default().push(Led {
                    quantity: cell.quantity,
                    light: cell.light,
                    silent: cell.silent,
                });
            }
        }
    }
    let means: Vec<_> = led.values().map(|all| mean(all)).collect();
    let ranks = rank(&means, &watched.gathered.rules.ranking.says);
    let apart = standing_out(&means, &watched.gathered.rules.peers.says);
    let mut bodies: Vec<_> = led
        .into_iter()
        .enumerate()
        .map(|(at, (body, all))| BodyState {
            name: watched.gathered.body(body),
            projects: all.len(),
            lights: Light::ALL
                .into_iter()
                .map(|light| (light, all.iter().filter(|one| one.light == Some(light)).count()))
                .collect(),
            silent: all.iter().filter(|one| one.silent).count(),
            mean: means[at],
            rank: ranks[at],
            stands_out: apart[at],
            body,
        })
        .collect();
    bodies.sort_by(|a, b| {
        let place = |one: &BodyState| one.rank.map_or(usize::MAX, |rank| rank.place);
        place(a).cmp(&place(b)).then_with(|| a.name.cmp(&b.name))
    });
    bodies
}

fn mean(all: &[Led]) -> Option<Decimal> {
    let each: Vec<_> = all.iter().filter_map(|one| one.quantity).collect();
    ledger::rules::mean_progress(&each)
}
