//! For whom a programme's bulletins are whose to write.

use kernel::{Permission, Problem, RegionCode};
use ledger::programmes::{self, Outline};
use ledger::tables::programmes::Model as Programme;
use uuid::Uuid;
use web::{App, Result, SignedIn};

use crate::drafts::{self, By};
use crate::tables::bulletins::Model as Bulletin;

/// The programme's own place.
pub(crate) fn region(programme: &Programme) -> Option<RegionCode> {
    RegionCode::from_stored(programme.region)
}

/// The programmes whose bulletins the viewer may write.
///
/// # Errors
/// When the database fails.
pub(crate) async fn programmes(app: &App, me: &SignedIn) -> Result<Vec<Programme>> {
    let mut all = programmes::all(app.store.reader()).await?;
    all.retain(|row| me.allows(Permission::WriteBulletins, region(row)));
    Ok(all)
}

/// The programme `slug`, whose bulletins the viewer may write.
///
/// # Errors
/// Not found, also where it is not theirs to see.
pub(crate) async fn programme(app: &App, me: &SignedIn, slug: &str) -> Result<Outline> {
    let found = programmes::find(app.store.reader(), slug).await?;
    let found = found.filter(|row| me.allows(Permission::WriteBulletins, region(row)));
    let found = found.ok_or_else(|| Problem::field("programme", "请选择一个方案", "Choose a programme"))?;
    Ok(Outline::load(app.store.reader(), found).await?)
}

/// A bulletin that the viewer may write, with its programme.
///
/// # Errors
/// Not found, also where it is not theirs to see.
pub(crate) async fn bulletin(app: &App, me: &SignedIn, id: Uuid) -> Result<(Bulletin, Outline)> {
    let missing = || Problem::not_found("没有这份公报", "There is no such bulletin");
    let on = app.store.reader();
    let row = drafts::find(on, id).await?.ok_or_else(missing)?;
    let programme = programmes::with_key(on, row.programme_id).await?.ok_or_else(missing)?;
    if !me.allows(Permission::WriteBulletins, region(&programme)) {
        return Err(missing().into());
    }
    Ok((row, Outline::load(on, programme).await?))
}

/// The viewer as rows name them.
pub(crate) fn by(me: &SignedIn) -> By {
    By { account: Some(me.account), name: me.display_name.clone() }
}
