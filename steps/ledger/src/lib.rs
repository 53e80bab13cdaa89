//! Programme, indicator, allocation, entry and roll-up: the lowest step, on which every other step stands.
//!
//! Who acts: importers, the programme office and, through later steps, everybody whose figure is verified. What is
//! guaranteed:
//!
//! - an entry is never changed or removed; a correction is a new entry that supersedes the old one ([`entries`]);
//! - a target is a ledger entry like any outcome, with its own source, versions and trail; an *allocation* is a target
//!   entry below the programme's own region;
//! - every figure is an exact decimal with the precision it was printed with;
//! - sums over places are current in the same transaction as the entry, at any cut-off and as known on any day
//!   ([`rollup`]), and entries above the level at which an indicator is collected are never added to them.
//!
//! What is deliberately absent: HTTP, screens, and any rule about who may act; the later steps bring them.

pub mod allocations;
pub mod board;
pub mod current;
pub mod entries;
pub mod facts;
pub mod matters;
pub mod migrations;
pub mod programmes;
pub mod regions;
pub mod rollup;
pub mod rules;
pub mod samples;
pub mod search;
pub mod series;
pub mod tables;
pub mod trail;
pub mod verify;
pub mod words;
