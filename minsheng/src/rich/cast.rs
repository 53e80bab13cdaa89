//! Who acts in the generated year: the bodies of city and counties, and the accounts that sign in for them.

use std::collections::HashMap;

use anyhow::{Context, Result};
use kernel::{Grant, RegionCode, Role};
use people::Passwords;
use people::store::{accounts, organisations};
use report::By;
use store::audit::Event;
use store::{Actor, Store};
use uuid::Uuid;

use super::shape::Shape;
use crate::demo;

/// An account in the year.
#[derive(Clone, Debug)]
pub(super) struct Player {
    /// The account.
    pub(super) account: Uuid,
    /// The name typed when signing in, which the audit chain shows.
    pub(super) sign_in_name: String,
    /// The name on screens.
    pub(super) name: String,
    grants: Vec<Grant>,
}

impl Player {
    /// The account that signs in as `name`.
    pub(super) async fn called(store: &Store, name: &str) -> Result<Self> {
        let account = accounts::find_by_name(store, name).await?.with_context(|| format!("no account {name}"))?;
        let found = accounts::find(store, account).await?.with_context(|| format!("no account {name}"))?;
        let grants = found.grants.into_iter().map(|standing| standing.grant).collect();
        Ok(Self { account, sign_in_name: name.to_owned(), name: found.row.display_name, grants })
    }

    /// The account as returns name it, acting for `organisation`.
    pub(super) fn by(&self, organisation: &str) -> By {
        By {
            account: self.account,
            sign_in_name: self.sign_in_name.clone(),
            name: self.name.clone(),
            organisation: organisation.to_owned(),
            grants: self.grants.clone(),
        }
    }

    /// The name under which the account's writes are audited.
    pub(super) fn actor(&self) -> Actor {
        Actor { account: Some(self.account), name: self.sign_in_name.clone() }
    }
}

/// Everybody.
pub(super) struct Cast {
    /// The programme office of the city.
    pub(super) office: Player,
    /// The supervision office of the city.
    pub(super) supervision: Player,
    /// The congress of the city.
    pub(super) congress: Player,
    bodies: HashMap<(String, RegionCode), Uuid>,
    players: HashMap<RegionCode, Player>,
    leads: HashMap<String, Player>,
}

impl Cast {
    /// Finds everybody, and makes who is missing.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) async fn assemble(store: &Store, shape: &Shape) -> Result<Self> {
        let bodies = bodies(store, shape).await?;
        let operator = Actor::operator("demo");
        let passwords = Passwords::new();
        let held = |key: &str, region| bodies.get(&(key.to_owned(), region)).copied();
        let mut leads = HashMap::new();
        for body in &shape.bodies {
            let grants = held(&body.key, shape.region).into_iter().map(|id| answers(shape.region, id));
            demo::account(store, &operator, &passwords, &body.account, &body.city, grants).await?;
            leads.insert(body.key.clone(), Player::called(store, &body.account).await?);
        }
        let mut players = HashMap::new();
        for district in &shape.districts {
            let grants = shape.bodies.iter().filter_map(|body| held(&body.key, district.region));
            let name = ledger::regions::name_in(store.reader(), district.region, shape.year).await?;
            let name = format!("{name}民生实事专班");
            let grants = grants.map(|id| answers(district.region, id));
            demo::account(store, &operator, &passwords, &district.account, &name, grants).await?;
            players.insert(district.region, Player::called(store, &district.account).await?);
        }
        Ok(Self {
            office: Player::called(store, "ningbo").await?,
            supervision: Player::called(store, "ducha").await?,
            congress: Player::called(store, "renda").await?,
            bodies,
            players,
            leads,
        })
    }

    /// Who can sign in for a body: sign-in name and name on screens, the city's bodies first.
    pub(super) fn people(&self, shape: &Shape) -> Vec<(String, String)> {
        let leads = shape.bodies.iter().filter_map(|body| self.leads.get(&body.key));
        let players = shape.districts.iter().filter_map(|district| self.players.get(&district.region));
        leads.chain(players).map(|player| (player.sign_in_name.clone(), player.name.clone())).collect()
    }

    /// The body of this key at a place.
    pub(super) fn body(&self, key: &str, region: RegionCode) -> Result<Uuid> {
        self.bodies.get(&(key.to_owned(), region)).copied().with_context(|| format!("no body {key} at {region}"))
    }

    /// Who signs in for the body of this key at a place: one for all bodies of a county, one for each of the city.
    pub(super) fn player(&self, key: &str, region: RegionCode) -> Result<&Player> {
        let lead = || self.leads.get(key);
        self.players.get(&region).or_else(lead).with_context(|| format!("nobody acts for {key} at {region}"))
    }
}

fn answers(region: RegionCode, body: Uuid) -> Grant {
    Grant { role: Role::ResponsibleBody, region: Some(region), organisation: Some(body) }
}

/// Every body of the city and of its counties, found or made in one write.
async fn bodies(store: &Store, shape: &Shape) -> Result<HashMap<(String, RegionCode), Uuid>> {
    let mut wanted = Vec::new();
    for body in &shape.bodies {
        wanted.push((body.key.clone(), shape.region, body.city.clone()));
        for district in &shape.districts {
            let county = ledger::regions::name_in(store.reader(), district.region, shape.year).await?;
            wanted.push((body.key.clone(), district.region, body.of_county(&county)));
        }
    }
    let mut tx = store.begin(&Actor::operator("demo")).await?;
    let (mut bodies, mut made) = (HashMap::new(), Vec::new());
    for (key, region, name) in wanted {
        let (row, new) = organisations::called(&tx, region, &name).await?;
        if new {
            made.push(serde_json::json!({ "id": row.id, "name": row.name, "region": region }));
        }
        bodies.insert((key, region), row.id);
    }
    if made.is_empty() {
        tx.abandon().await?;
    } else {
        let detail = serde_json::json!({ "organisations": made });
        tx.record(Event::new("organisation.created", "organisation", "demo", detail)).await?;
        tx.commit().await?;
    }
    Ok(bodies)
}
