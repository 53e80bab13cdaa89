//! What every test of a step starts from: a migrated store, accounts, and somebody in front of its pages.
//!
//! A test's *house* opens a [`store`] with the tables of its steps and fills it; where it has pages, it says so by
//! [`Served`], and a [`visitor::Visitor`] walks through them. `databases::on_both!` runs a test on both databases.
//!
//! Only for `[dev-dependencies]`: the product never depends on this crate. It stops at the first fault, as tests do.

#![expect(clippy::unwrap_used, reason = "a test stops at the first fault")]

pub mod visitor;

use std::path::Path;

use chrono::{DateTime, Utc};
use kernel::{Clock, Problem};
use people::AccountRules;
use people::Passwords;
use people::store::accounts::{self, NewAccount};
use sea_orm::{ConnectionTrait, Statement};
use store::{Actor, Backend, Migrations, Store};
use uuid::Uuid;
use web::{App, Settings, Step};

/// What everybody signs in with.
pub const PASSWORD: &str = "Harbour-7-bridge";

/// A picture of four pixels (PNG), to hand in as evidence.
pub const PICTURE: &[u8] = b"\x89\x50\x4e\x47\x0d\x0a\x1a\x0a\x00\x00\x00\x0d\x49\x48\x44\x52\x00\x00\x00\x02\x00\x00\x00\x02\x08\x02\x00\x00\x00\xfd\xd4\x9a\x73\x00\x00\x00\x11\x49\x44\x41\x54\x78\x9c\x63\x50\x48\x70\x30\x28\x08\x60\x80\x50\x00\x16\x9e\x03\x61\x51\x48\x0f\x83\x00\x00\x00\x00\x49\x45\x4e\x44\xae\x42\x60\x82";

/// A PNG whose header, with its checksum, promises 20,000 × 10,000 pixels; the rest holds next to nothing.
pub const VAST_PICTURE: &[u8] =
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x4e\x20\0\0\x27\x10\x08\x02\0\0\0\x76\x46\xdf\xf5\0\0\0\x02IDAT\x78\x9c";

/// The tables that every step stands on.
const GROUND: [Migrations; 4] =
    [store::migrations::list, people::migrations::list, files::migrations::list, notices::migrations::list];

/// The database at `url` with the tables of the ground and of these steps.
///
/// # Panics
/// When the database does not answer.
pub async fn store(url: &str, clock: Clock, steps: &[Migrations]) -> Store {
    let store = Store::open(url, clock).await.unwrap();
    store.migrate(&[GROUND.as_slice(), steps].concat()).await.unwrap();
    store
}

/// How the database would answer `statement`: its own words, a line for each step. An empty PostgreSQL, to which reading a
/// whole table is cheapest, is made to look for an index.
///
/// # Panics
/// When the database does not answer.
pub async fn plan(store: &Store, statement: Statement) -> String {
    let tx = store.begin_upkeep().await.unwrap();
    let (how, column) = match store.backend() {
        Backend::Postgres => {
            tx.execute_unprepared("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off").await.unwrap();
            ("EXPLAIN", "QUERY PLAN")
        }
        _ => ("EXPLAIN QUERY PLAN", "detail"),
    };
    let values = statement.values.map_or(Vec::new(), |values| values.0);
    let asked = Statement::from_sql_and_values(store.backend(), format!("{how} {}", statement.sql), values);
    let rows = tx.query_all_raw(asked).await.unwrap();
    rows.iter().map(|row| row.try_get::<String>("", column).unwrap()).collect::<Vec<_>>().join("\n")
}

/// Noon in China on `day`, such as `2024-07-08`.
///
/// # Panics
/// When there is no such day.
pub fn noon(day: &str) -> Clock {
    Clock::fixed(format!("{day}T04:00:00Z").parse::<DateTime<Utc>>().unwrap())
}

/// Whoever prepares what a test needs.
pub fn actor() -> Actor {
    Actor::operator("test")
}

/// The problem that `outcome` must be.
///
/// # Panics
/// When it is none.
#[track_caller]
pub fn problem<T: std::fmt::Debug>(outcome: store::Result<T>) -> Problem {
    outcome.unwrap_err().problem().unwrap().clone()
}

/// Makes an account without any role, which signs in with [`PASSWORD`].
///
/// # Panics
/// When the name is taken.
pub async fn account(store: &Store, name: &str, display_name: &str) -> Uuid {
    let new = NewAccount {
        sign_in_name: name.into(),
        display_name: display_name.into(),
        person: None,
        password: PASSWORD.into(),
        must_change: false,
    };
    accounts::create(store, &actor(), &AccountRules::default(), &Passwords::new(), new).await.unwrap()
}

/// What handlers are given over `store`; uploads and files lie in `folder`.
pub fn app(store: &Store, folder: &Path) -> App {
    App::new(store.clone(), Settings::local(folder.join("uploads")))
}

/// A house with pages.
pub trait Served {
    /// What the handlers are given.
    fn app(&self) -> App;

    /// The steps whose pages are looked at; those of `web` itself come with them.
    fn steps(&self) -> Vec<Step>;
}
