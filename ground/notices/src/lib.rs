//! Notices: what people and other programs are told, kept in an outbox in the database.
//!
//! Who acts: steps, which [`send`] within their own write – a notice exists exactly when what it tells of does –, the
//! worker that [`deliver`]s by mail and webhook, and everybody who is signed in, who reads the own inbox and chooses
//! what else to be told. What is guaranteed: the same event is announced once however often it is announced
//! (`dedup`); of two copies of the server only one sends a notice; what cannot be sent is tried again at growing
//! intervals and in the end kept with the reason; no webhook reaches an address inside the own network unless the
//! operator allows it. After a crash in the moment of sending a notice may go out twice: mails carry the same
//! Message-ID and webhooks the same number then. What is deliberately absent: text messages and other companies'
//! messengers, which are webhooks to whoever bridges them.

mod mail;
pub mod migrations;
pub mod rules;
pub mod store;
pub mod tables;
mod webhooks;
mod worker;

pub use mail::Mail;
pub use rules::{Channel, Kind, Timing};
pub use store::outbox::{NewNotice, send};
pub use webhooks::Webhooks;
pub use worker::{Delivered, Transports, deliver};
