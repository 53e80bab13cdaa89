//! Find the figures in Chinese public prose, and judge the relations between them.
//!
//! Offices tell the public what was done in prose: “截至11月底，新增老年助餐服务点235个，其中农村120个”. [`extract`]
//! finds every checkable figure of such a text with its unit, qualifier, kind, cut-off and place; [`check`] says
//! which figures agree with each other. Both are pure: the same text gives the same findings, on any machine, without
//! a model. What the reader knows of words is data, in `data/lexicon.toml`.
//!
//! ```
//! use bulletins::{Text, extract};
//! # use minsheng_bulletins as bulletins;
//!
//! let text = Text::new("2024.txt", "截至11月底，新建公园71个，其中新建48个、改建23个。");
//! let findings = extract(&text);
//! assert_eq!(findings.len(), 3);
//! assert_eq!(findings[0].value.to_string(), "71");
//! assert_eq!(text.slice(findings[0].span), "71");
//! assert_eq!(findings[1].parent, Some(0));
//! ```
//!
//! | module | what it is for |
//! |---|---|
//! | [`read`] | text out of txt, html, docx and pdf, bounded, never panicking |
//! | [`extract`], [`Finding`] | the figures of a text |
//! | [`check`], [`Relation`] | what the figures of a text say of each other |
//! | [`confidence`] | how sure a finding is, and how that was counted |

mod belonging;
mod candidates;
pub mod confidence;
mod cutoffs;
mod draft;
mod extract;
mod finding;
mod flows;
mod layout;
mod lexicon;
mod listed;
mod numerals;
mod phrases;
mod places;
mod plans;
pub mod read;
mod relations;
mod repair;
mod tables;
mod text;
mod words;

pub use extract::{Known, extract, extract_with};
pub use finding::{Basis, Belonging, Finding, Flow, Kind, Printed};
pub use relations::{Relation, RelationKind, check};
pub use text::{Span, Text};
