//! What every page and every API handler stands on: frame, languages, sessions, forms, errors, lists, downloads.
//!
//! Who acts: steps, which give a router and the list of their routes ([`Step`]); [`server::assemble`] puts them
//! together. What is guaranteed: a route that is not listed is refused, a listed one is open only to those whom it
//! names; every failure becomes a page or problem details in one place; every response carries the security headers.
//! What is deliberately absent: rules of business, and state that another copy of the server would miss.

pub mod accounts;
mod app;
mod assets;
pub mod audit;
pub mod components;
mod context;
pub mod download;
mod error;
mod etag;
pub mod evidence;
mod extract;
mod frame;
mod keepers;
mod kept;
pub mod listing;
pub mod live;
pub mod notices;
mod observe;
pub mod organisations;
mod outcome;
mod routes;
pub mod server;
mod session;
pub mod sign_in;
pub mod tianditu;
mod todos;
mod upload;
mod uses;

pub use app::{App, Settings};
pub use assets::Assets;
pub use error::{Error, ProblemDetails, Result};
pub use extract::{Checked, Form, Json, Path, Query};
pub use frame::{Frame, page, page_with};
pub use keepers::{Keeper, MayRead};
pub use outcome::{outcome, refusal};
pub use routes::{Access, Method, Route, Step, assert_every_route_listed};
pub use session::{Language, SignedIn};
pub use todos::{Todo, Todos};
pub use upload::{OpenUpload, Upload, UploadedFile};
pub use uses::{Use, Uses};

/// The steps' side of this crate: signing in, accounts, organisations, audit, evidence, notices.
pub fn steps() -> Vec<Step> {
    vec![sign_in::step(), accounts::step(), organisations::step(), audit::step(), evidence::step(), notices::step()]
}
