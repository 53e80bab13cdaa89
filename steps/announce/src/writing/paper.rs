//! A bulletin as an official paper (GB/T 9704-2012), for DOCX and PDF.

use chrono::NaiveDate;
use papers::{Block as Set, Bullet, Chart, Drawing, Level, Numbering, Paper, Run, Signature};

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
    paper.blocks = label.into_iter().chain(document.blocks.iter().map(|block| set(document, block))).collect();
    paper.signature = signed.map(|signed| Signature { issuer: Some(signed.issuer.clone()), date: signed.date });
    paper
}

fn set(document: &Document, block: &Block) -> Set {
    match block {
        Block::Heading { level, pieces } => {
            Set::heading(if *level == 1 { Level::One } else { Level::Two }, words(document, pieces))
        }
        Block::Paragraph { pieces } => Set::Paragraph(vec![Run::plain(words(document, pieces))]),
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
