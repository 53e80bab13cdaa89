//! Who answers for sites, and what their projects are called: for one site or for thousands in the same few statements.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use chrono::NaiveDate;
use kernel::RegionCode;
use ledger::programmes::{self, ResponsibilityRole};
use ledger::tables::projects;
use ledger::tables::responsibilities::Model as Responsibility;
use people::store::organisations;
use people::tables::organisations::Model as Organisation;
use sea_orm::ConnectionTrait;
use sea_orm::entity::prelude::*;
use store::Result;

use super::tables::sites::Model;

/// The projects of some sites and the bodies that lead them.
pub(crate) struct Answering {
    projects: HashMap<Uuid, projects::Model>,
    leading: HashMap<Uuid, Vec<Responsibility>>,
    bodies: HashMap<Uuid, Organisation>,
}

impl Answering {
    /// Reads what is needed for `sites`: a statement for each of their projects and two more.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) async fn load<C: ConnectionTrait>(on: &C, sites: &[Model]) -> Result<Self> {
        let mut keys: Vec<Uuid> = sites.iter().map(|site| site.project_id).collect();
        keys.sort_unstable();
        keys.dedup();
        let found = projects::Entity::find().filter(projects::Column::Id.is_in(keys.iter().copied())).all(on).await?;
        let mut leading = HashMap::new();
        for site in sites.iter().filter(|site| site.body.is_empty()) {
            if let Entry::Vacant(slot) = leading.entry(site.project_id) {
                let mut all = programmes::responsibilities_of(on, site.project_id).await?;
                all.retain(|one| ResponsibilityRole::parse(&one.role) == Some(ResponsibilityRole::Lead));
                slot.insert(all);
            }
        }
        let mut bodies: Vec<Uuid> = leading.values().flatten().filter_map(|one| one.organisation_id).collect();
        bodies.sort_unstable();
        bodies.dedup();
        let bodies = organisations::with_keys(on, &bodies).await?;
        Ok(Self {
            projects: found.into_iter().map(|project| (project.id, project)).collect(),
            leading,
            bodies: bodies.into_iter().map(|body| (body.id, body)).collect(),
        })
    }

    /// The project of a site.
    pub(crate) fn project(&self, site: &Model) -> Option<&projects::Model> {
        self.projects.get(&site.project_id)
    }

    /// Who answers for a site: the body that it names, else those that lead its project there.
    pub(crate) fn bodies(&self, site: &Model, today: NaiveDate) -> Vec<String> {
        if !site.body.is_empty() {
            return vec![site.body.clone()];
        }
        let here = |one: &&Responsibility| {
            RegionCode::from_stored(one.region).is_some_and(|region| region.contains(site.region()))
                && programmes::answers_on(one, today)
        };
        let leading = self.leading.get(&site.project_id).into_iter().flatten().filter(here);
        let mut names: Vec<String> = Vec::new();
        for body in leading.filter_map(|one| self.bodies.get(&one.organisation_id?)) {
            if !names.contains(&body.name) {
                names.push(body.name.clone());
            }
        }
        names
    }
}
