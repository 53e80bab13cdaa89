//! A bulletin as an official paper (GB/T 9704-2012), for DOCX and PDF.

use chrono::NaiveDate;
use papers::{Align, Block as Set, Bullet, Chart, Column, Drawing, Level, Numbering, Paper, Run, Signature, Table};

use super::document::{Block, Document, Piece};

/// Who signed, and when; none for a draft.
#[derive(Clone, Debug)]
pub struct Signed {
    /// The name under the text.
    pub issuer: String,
    /// The day.
    pub date: NaiveDate,
}

/// The paper of a document. A draft has no signature; generated data says so under its title.
pub fn paper(document: &Document, signed: Option<&Signed>, demo: bool) -> Paper {
    let mut paper = Paper::titled(document.title.clone());
    paper.numbering = Numbering::Counted;
    let label = demo.then(|| Set::paragraph("（演示数据）"));
    let addressee = document.blocks.first().and_then(|block| addressee(document, block));
    let text = document.blocks.iter().skip(usize::from(addressee.is_some()));
    paper.addressee = addressee;
    paper.blocks = label.into_iter().chain(text.map(|block| set(document, block))).collect();
    paper.signature = signed.map(|signed| Signature { issuer: Some(signed.issuer.clone()), date: signed.date });
    paper
}

/// To whom a paper goes: its first line where that is short and ends with a colon, which the layout sets itself.
fn addressee(document: &Document, block: &Block) -> Option<String> {
    const LONGEST: usize = 60;
    let Block::Paragraph { pieces } = block else { return None };
    let line = words(document, pieces);
    let name = line.strip_suffix('：')?;
    (name.chars().count() <= LONGEST && !name.contains(['。', '，'])).then(|| name.to_owned())
}

/// A column of numbers stands to the right, one of short marks in the middle.
fn column(document: &Document, heading: &str, cells: &[&[Piece]]) -> Column {
    let texts: Vec<String> = cells.iter().map(|cell| words(document, cell)).collect();
    let figures = cells.iter().filter(|cell| matches!(cell, [Piece::Figure(_)])).count();
    let short = texts.iter().all(|text| text.chars().count() <= 4);
    let align = if figures * 2 > cells.len() {
        Align::Right
    } else if short {
        Align::Centre
    } else {
        Align::Left
    };
    Column { heading: heading.to_owned(), align }
}

fn set(document: &Document, block: &Block) -> Set {
    match block {
        Block::Heading { level, pieces } => {
            Set::heading(if *level == 1 { Level::One } else { Level::Two }, words(document, pieces))
        }
        Block::Paragraph { pieces } => Set::Paragraph(vec![Run::plain(words(document, pieces))]),
        Block::Table { columns, rows } => {
            let of = |at: usize| rows.iter().filter_map(|row| Some(row.get(at)?.as_slice())).collect::<Vec<_>>();
            let heads = columns.iter().enumerate().map(|(at, heading)| column(document, heading, &of(at)));
            let cells = |row: &Vec<Vec<Piece>>| row.iter().map(|cell| words(document, cell)).collect();
            Set::Table(Table { caption: None, columns: heads.collect(), rows: rows.iter().map(cells).collect() })
        }
        Block::Chart { title, schedule, bars } => {
            let bullets = bars.iter().map(|bar| Bullet {
                label: bar.label.clone(),
                done: bar.done,
                schedule: *schedule,
                printed: bar.printed.clone(),
            });
            let said: Vec<String> = bars.iter().map(|bar| format!("{}{}", bar.label, bar.printed)).collect();
            Set::Chart(Chart {
                title: title.clone(),
                alt: said.join("，"),
                drawing: Drawing::Bullets(bullets.collect()),
            })
        }
    }
}

fn words(document: &Document, pieces: &[Piece]) -> String {
    pieces
        .iter()
        .map(|piece| match piece {
            Piece::Words(words) | Piece::Gap(words) => words.as_str(),
            Piece::Figure(at) => document.figures.get(*at).map_or("", |bound| &bound.text),
        })
        .collect()
}
