//! A text as a template prints it: headings with their numbers, figures with the page that they open, charts as bars.

use askama::Template;
use askama::filters::HtmlSafe;
use figures::Decimal;
use kernel::Lang;
use rust_decimal::prelude::ToPrimitive;
use web::components::Bullet;

use crate::writing::bindings::{Bound, How};
use crate::writing::document::{Block, Document, Piece};

/// A text on a page, printed by templates as it is.
#[derive(Template)]
#[template(path = "document.html")]
pub(crate) struct Article {
    lang: Lang,
    blocks: Vec<ShownBlock>,
}

impl HtmlSafe for Article {}

impl Article {
    /// The text of a document about the programme `slug`.
    pub(crate) fn of(lang: Lang, document: &Document, slug: &str) -> Self {
        Self { lang, blocks: blocks(document, slug) }
    }
}

/// A piece of the page.
enum ShownBlock {
    /// A heading of level 1 or 2.
    Heading(u8, Vec<ShownPiece>),
    /// A paragraph.
    Paragraph(Vec<ShownPiece>),
    /// A table: headings, and the cells of each row, numbers marked.
    Table(Vec<String>, Vec<Vec<(bool, Vec<ShownPiece>)>>),
    /// A chart: title, and label, bar and printed figure of each row.
    Chart(String, Vec<(String, Option<Bullet>, String)>),
}

/// Words or a figure.
enum ShownPiece {
    /// Words.
    Words(String),
    /// A figure.
    Figure(ShownFigure),
    /// What is still open.
    Gap(String),
}

/// A figure in a sentence.
struct ShownFigure {
    /// As it prints.
    text: String,
    /// The page that tells where it comes from.
    href: Option<String>,
    /// Whether that page opens beside the text.
    beside: bool,
    /// What it is, for those who point at it.
    title: String,
    /// Whether it comes from outside the ledger.
    outside: bool,
}

/// The blocks of a document about the programme `slug`.
fn blocks(document: &Document, slug: &str) -> Vec<ShownBlock> {
    let pieces = |number: String, pieces: &[Piece]| {
        let first = (!number.is_empty()).then_some(ShownPiece::Words(number));
        first.into_iter().chain(pieces.iter().map(|one| piece(document, one, slug))).collect::<Vec<_>>()
    };
    document
        .counted()
        .into_iter()
        .map(|(number, block)| match block {
            Block::Heading { level, pieces: own } => ShownBlock::Heading(*level, pieces(number, own)),
            Block::Paragraph { pieces: own } => ShownBlock::Paragraph(pieces(number, own)),
            Block::Table { columns, rows } => {
                let number = |cell: &[Piece]| matches!(cell, [Piece::Figure(_)]);
                let cell = |cell: &Vec<Piece>| (number(cell), pieces(String::new(), cell));
                ShownBlock::Table(columns.clone(), rows.iter().map(|row| row.iter().map(cell).collect()).collect())
            }
            Block::Chart { title, schedule, bars } => {
                let float = |percent: Decimal| percent.to_f64().unwrap_or_default();
                let row = |bar: &crate::writing::document::Bar| {
                    let light = LIGHTS.into_iter().find(|light| **light == bar.light).unwrap_or_default();
                    let bullet = bar.done.map(|done| Bullet::new(float(done), schedule.map(float), light));
                    (bar.label.clone(), bullet, bar.printed.clone())
                };
                ShownBlock::Chart(title.clone(), bars.iter().map(row).collect())
            }
        })
        .collect()
}

const LIGHTS: [&str; 4] = ["done", "steady", "behind", "late"];

fn piece(document: &Document, piece: &Piece, slug: &str) -> ShownPiece {
    match piece {
        Piece::Words(words) => ShownPiece::Words(words.clone()),
        Piece::Gap(gap) => ShownPiece::Gap(gap.clone()),
        Piece::Figure(at) => match document.figures.get(*at) {
            Some(bound) => ShownPiece::Figure(figure(bound, slug)),
            None => ShownPiece::Gap(String::new()),
        },
    }
}

fn figure(bound: &Bound, slug: &str) -> ShownFigure {
    let title = match (bound.says.as_str(), bound.as_of) {
        ("", None) => bound.name.clone(),
        ("", Some(day)) => format!("{} · 截至 {day}", bound.name),
        (says, _) => format!("{} · {says}", bound.name),
    };
    ShownFigure {
        text: bound.text.clone(),
        href: bound.trail(slug),
        beside: bound.entry.is_some(),
        title,
        outside: bound.how == How::Outside,
    }
}
