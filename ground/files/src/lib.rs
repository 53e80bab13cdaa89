//! Files as evidence: what they are, where their bytes lie, and what the public sees of them.
//!
//! Who acts: steps, which [`Files::keep`] what a form brought, [`attach`](store::attach) it to a return, a reply or a
//! finding within their own transaction, and list it with [`store::of_subjects`]; `web::evidence` serves the bytes.
//! What is guaranteed: a file is what its content says and not what its name says; it is bounded in bytes and pixels
//! before it is decoded; its SM3 hash is stored and audited; the same bytes are stored once; the public copy of a picture
//! is made of its pixels alone, so that no place, time or device goes out with it. What is deliberately absent: files
//! of other kinds, and deleting what was handed in – removing marks, the bytes stay for the trail.

mod bytes;
pub mod formats;
pub mod migrations;
mod origin;
mod pictures;
pub mod rules;
pub mod store;
pub mod tables;

pub use bytes::{Address, Files, Kept};
pub use formats::MediaType;
pub use origin::Origin;
pub use rules::Limits;
