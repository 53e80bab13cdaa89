//! Official papers (公文) in the layout of GB/T 9704-2012, as DOCX and PDF.
//!
//! A [`Paper`] says what a paper holds – title, addressee, headings, paragraphs, tables, charts, signature – and nothing
//! about how it looks; how it looks is the standard's business.
//!
//! | module | what it is for |
//! |---|---|
//! | [`Paper`], [`Block`], [`RedHead`] | the document model |
//! | [`Chart`], [`Bullet`], [`Bar`], [`Line`] | figures drawn inside a paper |
//!
//! Everything here is a pure function: no clock, no randomness, no files; equal input gives equal bytes.

mod chart;
mod paper;

pub use chart::{Bar, Bullet, Chart, Drawing, Line, Series};
pub use paper::{
    Align, Attachment, Block, Column, Imprint, Level, Numbering, Paper, RedHead, Run, Signature, Style, Table,
    printed_day,
};
