//! T/CEC 102-2016: the envelope and messages that charging operators and platforms exchange.
//!
//! Who acts: whoever receives or polls charging operators. What is guaranteed: a signature is verified in constant time
//! before anything is decrypted; what passes [`envelope`] and [`window`] was made by who holds the keys, lately; no text,
//! however broken, makes a reader panic. Reading is lenient where real operators are ([`lenient`]) and strict where
//! trust depends on it. What is deliberately absent: HTTP, a clock, a store of what was seen – they are handed in.
//!
//! Source: T/CEC 102.1–102.4-2016 as far as published; field names and code lists are marked in `docs/charging.md`.

pub mod codes;
pub mod envelope;
pub mod lenient;
pub mod messages;
pub mod ocpi;
pub mod opening;
pub mod price;
pub mod stations;
pub mod stats;
pub mod window;

pub use codes::{ConnectorKind, ConnectorStatus, EquipmentKind, Ret, StationState};
pub use envelope::{Keys, Request, Response};
pub use messages::ConnectorReport;
pub use stations::{Connector, Equipment, Station};
