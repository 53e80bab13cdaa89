//! The names that stand beside keys in lists.

use std::collections::{BTreeMap, HashMap, HashSet};

use kernel::RegionCode;
use ledger::tables::{programmes, projects};
use people::store::organisations;
use sea_orm::ConnectionTrait;
use sea_orm::entity::prelude::*;
use store::Result;

/// Programmes, projects, bodies and places by key.
#[derive(Clone, Debug, Default)]
pub(crate) struct Names {
    pub(crate) programmes: HashMap<Uuid, programmes::Model>,
    projects: HashMap<Uuid, String>,
    bodies: HashMap<Uuid, String>,
    places: BTreeMap<RegionCode, String>,
}

/// What names are needed of.
#[derive(Clone, Debug, Default)]
pub(crate) struct Keys {
    pub(crate) programmes: HashSet<Uuid>,
    pub(crate) projects: HashSet<Uuid>,
    pub(crate) bodies: HashSet<Uuid>,
    pub(crate) places: HashSet<RegionCode>,
}

impl Names {
    /// Reads them: four queries.
    pub(crate) async fn load<C: ConnectionTrait>(on: &C, keys: Keys) -> Result<Self> {
        let among = programmes::Column::Id.is_in(keys.programmes);
        let programmes = programmes::Entity::find().filter(among).all(on).await?;
        let year = programmes.iter().map(|row| row.year).max().unwrap_or_default();
        let mut names = Vec::with_capacity(keys.projects.len());
        let projects: Vec<Uuid> = keys.projects.into_iter().collect();
        for chunk in projects.chunks(1_000) {
            let among = projects::Column::Id.is_in(chunk.iter().copied());
            names.extend(projects::Entity::find().filter(among).all(on).await?);
        }
        let bodies: Vec<Uuid> = keys.bodies.into_iter().collect();
        let bodies = organisations::with_keys(on, &bodies).await?;
        Ok(Self {
            programmes: programmes.into_iter().map(|row| (row.id, row)).collect(),
            projects: names.into_iter().map(|row| (row.id, row.name)).collect(),
            bodies: bodies.into_iter().map(|row| (row.id, row.name)).collect(),
            places: ledger::regions::names(on, keys.places, year).await?,
        })
    }

    /// The project's short name.
    pub(crate) fn project(&self, id: Uuid) -> String {
        self.projects.get(&id).cloned().unwrap_or_default()
    }

    /// The body's name.
    pub(crate) fn body(&self, id: Uuid) -> String {
        self.bodies.get(&id).cloned().unwrap_or_default()
    }

    /// The place's name; its code where none is known.
    pub(crate) fn place(&self, region: RegionCode) -> String {
        self.places.get(&region).cloned().unwrap_or_else(|| region.short())
    }
}
