//! Who may see or do what with which assessment.

use kernel::{Permission, Problem, RegionCode};
use ledger::programmes;
use ledger::tables::programmes::Model as Programme;
use uuid::Uuid;
use web::{App, Result, SignedIn};

use crate::assessments::{self, Assessment, State};

/// The assessment with this key and its programme, for somebody who holds `permission` there. A draft exists only for those who
/// score (404 for others).
pub(crate) async fn assessment(
    app: &App,
    me: &SignedIn,
    id: Uuid,
    permission: Permission,
) -> Result<(Assessment, Programme)> {
    let missing = || Problem::not_found("没有这份考核", "There is no such assessment");
    let on = app.store.reader();
    let assessment = assessments::find(on, id).await?.ok_or_else(missing)?;
    let programme = programmes::with_key(on, assessment.row.programme_id).await?.ok_or_else(missing)?;
    let region = plan::authority::region(&programme);
    let seen = me.allows(Permission::EnterOffice, Some(region));
    if !seen || (assessment.state() == State::Draft && !scores(me, region)) {
        return Err(missing().into());
    }
    me.require(permission, region)?;
    Ok((assessment, programme))
}

/// Whether somebody may run and keep assessments of a place.
pub(crate) fn scores(me: &SignedIn, region: RegionCode) -> bool {
    me.allows(Permission::ScoreYear, Some(region))
}

/// The programmes of which somebody may see assessments, newest year first.
pub(crate) async fn programmes_of(app: &App, me: &SignedIn, permission: Permission) -> Result<Vec<Programme>> {
    let mut mine = programmes::all(app.store.reader()).await?;
    mine.retain(|programme| me.allows(permission, Some(plan::authority::region(programme))));
    mine.sort_by_key(|programme| (-programme.year, programme.region));
    Ok(mine)
}
