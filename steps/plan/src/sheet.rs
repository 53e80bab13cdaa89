//! The programme sheet: one sheet 「民生实事项目」, one row a figure, in and out.
//!
//! [`import()`] takes an XLSX or CSV file whole or not at all and says where every fault stands; [`export()`] gives back
//! what [`import()`] reads. The same file twice changes nothing. What is deliberately absent: removing anything – a row
//! that is missing from a later sheet stays in the ledger.

mod adopted;
pub mod archive;
mod breakdowns;
pub mod check;
pub mod columns;
pub mod draft;
mod encoding;
pub mod export;
pub mod faults;
pub mod figure;
pub mod import;
pub mod read;
mod report;
mod settle;
pub mod writer;

pub(crate) use breakdowns::parts_exceed;
pub use export::export;
pub use import::{Options, Progress, Report, Stage, import};
pub use writer::{Format, template};
