//! Acceptance of sites of the generated year: made up, 演示数据 like all of it.
//!
//! Some sites that are in use were looked at with the checklist of their service; a few failed, and most of these passed
//! when they were looked at again.

use anyhow::{Context, Result};
use chrono::{Days, NaiveDate};
use places::acceptance::rules::{self, Found, Outcome};
use places::acceptance::store::{self as checks, NewCheck};
use places::catalogue::Catalogue;
use places::sites::store::{self as rows, Asked};
use places::sites::tables::sites::Model as Site;
use places::sites::words::Stage;
use store::Store;
use uuid::Uuid;

use super::cast::Player;
use super::chance::Chance;
use super::clock::at;
use super::programme::Adopted;

/// Sites that were looked at.
const SITES: usize = 60;

const WANTING: [&str; 4] =
    ["现场还没有做到，限十日内补齐。", "做了一半，标识和收口还差。", "设备已到，没有接通。", "和图纸不一致，需要改。"];

/// Checks them, unless they were.
///
/// # Errors
/// When the database fails.
pub(super) async fn load(store: &Store, adopted: &Adopted, office: &Player, seed: u64) -> Result<()> {
    let asked = Asked { stage: Some(Stage::InUse), ..Asked::default() };
    let mut sites = rows::of_programme(store.reader(), adopted.outline.programme.id, &asked, None, None).await?;
    let mut chance = Chance::new(seed).fork("acceptance");
    chance.shuffle(&mut sites);
    let listed = sites.iter().filter_map(|site| {
        let indicator = adopted.outline.indicator_by_id(site.indicator_id?)?;
        let list = rules::checklist(Catalogue::shipped(), &indicator.services, &site.kind);
        (!list.is_empty()).then_some((site, list, site.finished_on?))
    });
    for (number, (site, list, finished)) in listed.take(SITES).enumerate() {
        if checks::latest(store.reader(), site.id).await?.is_some() {
            continue;
        }
        let day = finished.checked_add_days(Days::new(4)).context("a day of the year")?;
        let fails = number % 7 == 3;
        let found = |wanting: bool| {
            let line = |(at, line): (usize, &rules::Line)| {
                let unmet = wanting && at == number % list.len();
                Found {
                    service: line.service.clone(),
                    says: line.says.clone(),
                    outcome: if unmet { Outcome::Unmet } else { Outcome::Met },
                    words: if unmet { WANTING[number % WANTING.len()].to_owned() } else { String::new() },
                }
            };
            list.iter().enumerate().map(line).collect::<Vec<_>>()
        };
        check(store, (site, office), day, found(fails)).await?;
        if fails && number % 2 == 1 {
            let again = day.checked_add_days(Days::new(11)).context("a day of the year")?;
            check(store, (site, office), again, found(false)).await?;
        }
    }
    Ok(())
}

async fn check(store: &Store, (site, office): (&Site, &Player), day: NaiveDate, found: Vec<Found>) -> Result<()> {
    let store = store.with_clock(at(day, 15, 10)?);
    let new = NewCheck { id: Uuid::now_v7(), looked_on: day, found };
    checks::write(&store, &office.actor(), &office.name, site, &new).await?;
    Ok(())
}
