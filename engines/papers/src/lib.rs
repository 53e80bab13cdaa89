//! Official papers (公文) in the layout of GB/T 9704-2012, as DOCX and PDF.
//!
//! A [`Paper`] says what a paper holds – title, addressee, headings, paragraphs, tables, charts, signature – and nothing
//! about how it looks; how it looks is the standard's business.
//!
//! ```
//! use papers::{Block, Fonts, Level, Paper, pdf};
//! # use minsheng_papers as papers;
//!
//! let mut paper = Paper::titled("2024年上半年民生实事项目进展情况");
//! paper.blocks = vec![
//!     Block::heading(Level::One, "总体情况"),
//!     Block::paragraph("截至6月底，37个项目中有31个达到序时进度。"),
//! ];
//! let bytes = pdf(&paper, Fonts::embedded())?;
//! assert!(bytes.starts_with(b"%PDF-"));
//!
//! // A character that no font has is an error, never an empty box.
//! assert_eq!(Fonts::embedded().missing("民生🀄"), ['🀄']);
//! # Ok::<(), papers::PaperError>(())
//! ```
//!
//! | module | what it is for |
//! |---|---|
//! | [`Paper`], [`Block`], [`RedHead`] | the document model |
//! | [`Chart`], [`Bullet`], [`Bar`], [`Line`] | figures drawn inside a paper |
//! | [`pdf`] | the paper as PDF, laid out here on the grid of the standard |
//! | [`docx`] | the paper as DOCX with real styles, to be edited on in Word or WPS |
//! | [`svg`] | a chart alone, for a page |
//! | [`placards`] | sheets of A4 with a code to scan, one for each place, as one PDF |
//! | [`Fonts`], [`Face`] | the open fonts that are carried along, and how to replace one |
//!
//! Everything here is a pure function: no clock, no randomness, no files; equal input gives equal bytes.

mod breaking;
mod chart;
mod columns;
mod compose;
mod docx;
mod error;
mod fonts;
mod grid;
mod letters;
mod lines;
mod numbering;
mod paper;
mod pdf;
mod picture;
mod placard;
mod raster;
mod sheet;
mod svg;

pub use chart::{Bar, Bullet, Chart, Drawing, Line, Series};
pub use docx::docx;
pub use error::{ChartFault, PaperError, Place};
pub use fonts::{Face, Fonts};
pub use paper::{
    Align, Attachment, Block, Column, Imprint, Level, Numbering, Paper, RedHead, Run, Signature, Style, Table,
    printed_day,
};
pub use pdf::pdf;
pub use placard::{Code, Placard, placards};
pub use svg::svg;
