//! A project as chasing looks at it: found by its key, for somebody who may enter the office there.

use kernel::{Permission, Problem, RegionCode};
use ledger::programmes::{self, Outline};
use ledger::tables::projects::Model as Project;
use uuid::Uuid;
use web::{App, Result, SignedIn};

use crate::orders::{By, person};
use crate::store::projects;
use crate::words::Party;

/// A project with its programme.
pub(crate) struct Found {
    pub(crate) outline: Outline,
    pub(crate) project: Project,
}

impl Found {
    /// The project with this key, for those who work in its programme's place, above it or in a place within it.
    ///
    /// # Errors
    /// Not found, also where it is not the viewer's to see.
    pub(crate) async fn load(app: &App, me: &SignedIn, id: Uuid) -> Result<Self> {
        let missing = || Problem::not_found("没有这个项目", "There is no such project");
        let on = app.store.reader();
        let project = projects::find(on, id).await?.ok_or_else(missing)?;
        let programme = programmes::with_key(on, project.programme_id).await?.ok_or_else(missing)?;
        let top = plan::authority::region(&programme);
        let scopes = me.scopes(Permission::EnterOffice);
        if !scopes.iter().any(|scope| scope.contains(&top) || top.contains(*scope.start())) {
            return Err(missing().into());
        }
        Ok(Self { outline: Outline::load(on, programme).await?, project })
    }

    /// In what capacity the viewer writes about the project at `region`: an office that chases, or a body there.
    pub(crate) fn party(&self, me: &SignedIn, region: RegionCode) -> Option<Party> {
        if me.allows(Permission::RaiseOrders, Some(self.outline.region())) {
            return Some(Party::Office);
        }
        (!me.organisations(Permission::AnswerOrders, region).is_empty()).then_some(Party::Body)
    }

    /// The viewer as the rows will name them.
    ///
    /// # Errors
    /// Forbidden.
    pub(crate) async fn by(&self, app: &App, me: &SignedIn, region: RegionCode) -> Result<By> {
        let Some(party) = self.party(me, region) else {
            me.require(Permission::RaiseOrders, self.outline.region())?;
            return Err(Problem::not_found("没有这个项目", "There is no such project").into());
        };
        let place = if party == Party::Office { self.outline.region() } else { region };
        Ok(person::by(app, me, party, place).await?)
    }

    /// The programme's place, and those directly below it, with their names: where somebody may write, if `me` is given.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) async fn places(&self, app: &App, me: &SignedIn) -> Result<Vec<(RegionCode, String)>> {
        let (top, year) = (self.outline.region(), self.outline.programme.year);
        let on = app.store.reader();
        let below = ledger::regions::children(on, top, year).await?;
        let mut places = vec![(top, ledger::regions::name_in(on, top, year).await?)];
        places.extend(below.into_iter().filter_map(|row| Some((RegionCode::from_stored(row.code)?, row.name))));
        places.retain(|(region, _)| self.party(me, *region).is_some());
        Ok(places)
    }
}
