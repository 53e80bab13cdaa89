//! Placards: sheets of A4 that hang where people pass by, each with a code to scan.
//!
//! One sheet holds a line above, a large title, the code in the middle of the page, a call, the address in letters for
//! who cannot scan, and a list of facts. The code is drawn as rectangles, so that it stays sharp at any size.

use std::num::NonZeroU16;

use krilla::color::rgb;
use krilla::destination::XyzDestination;
use krilla::geom::{PathBuilder, Point, Rect};
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::paint::Fill;
use krilla::surface::Surface;
use krilla::tagging::{ContentTag, Node, SpanTag, Tag, TagGroup, TagTree};

use crate::grid::{BLACK, Colour, MM, PAGE_HEIGHT, PAGE_WIDTH};
use crate::letters::{Letter, letters};
use crate::lines::{Line, balanced, lines};
use crate::pdf::{LANGUAGE, draw_ink, new_document};
use crate::sheet::{Ink, Setting};
use crate::{Face, Fonts, PaperError};

/// From the edges of the paper to what is printed.
const MARGIN: f32 = 22.0 * MM;
/// What is left between the margins.
const MEASURE: f32 = PAGE_WIDTH - 2.0 * MARGIN;
/// The side of the code with the white around it.
const SIDE: f32 = 108.0 * MM;
/// White around the code, in modules (ISO/IEC 18004).
const QUIET: usize = 4;
/// Sizes of the title, the first with which it takes two lines at most.
const TITLES: [f32; 4] = [34.0, 30.0, 26.0, 22.0];
/// Sizes of the facts, the first with which they end above the lower margin.
const FACTS: [f32; 4] = [14.0, 12.0, 10.5, 9.0];
/// From one line of facts to the next, in sizes.
const LEADING: f32 = 1.55;
/// What the labels of facts take of the measure.
const LABELS: f32 = 0.22;
/// The grey of what is less important.
const GREY: Colour = Colour(0x55, 0x55, 0x55);

/// A code of dark and light modules, such as a QR code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Code {
    /// Modules of one side.
    pub side: usize,
    /// Whether each is dark, row by row.
    pub dark: Vec<bool>,
    /// What it says, for who cannot see it; never empty, or the PDF would not be accessible and is not written.
    pub says: String,
}

/// One sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placard {
    /// The line above.
    pub head: String,
    /// What stands here.
    pub title: String,
    /// What is scanned.
    pub code: Code,
    /// Why to scan it.
    pub call: String,
    /// The address behind the code, in letters.
    pub address: String,
    /// Label and text of each fact.
    pub facts: Vec<(String, String)>,
}

/// Sheets as one PDF (PDF/UA-1), a page for each, in their order; `title` is that of the document. Sheets are asked for one
/// after the other, so that no more of them than one must be held.
///
/// # Errors
/// [`PaperError::NoGlyph`] when a character is in none of the fonts, [`PaperError::TooLong`] when a sheet does not hold its
/// facts; the first sheet at fault ends it, as the number of the sheet from 0.
pub fn placards(
    title: &str,
    sheets: impl IntoIterator<Item = Placard>,
    fonts: &Fonts,
) -> Result<Vec<u8>, (usize, PaperError)> {
    let mut document = new_document(title).map_err(|fault| (0, fault))?;
    let mut tree = TagTree::new().with_lang(Some(LANGUAGE.to_owned()));
    let mut outline = Outline::new();
    let mut count = 0;
    for (at, placard) in sheets.into_iter().enumerate() {
        let set = set(&placard, fonts).map_err(|fault| (at, fault))?;
        let settings = PageSettings::from_wh(PAGE_WIDTH, PAGE_HEIGHT);
        let settings = settings.ok_or_else(|| (at, PaperError::Writing("A4 is no size".to_owned())))?;
        let mut page = document.start_page_with(settings);
        let mut surface = page.surface();
        for piece in &set {
            tree.push(draw(&mut surface, piece, fonts));
        }
        surface.finish();
        page.finish();
        outline.push_child(OutlineNode::new(placard.title.clone(), XyzDestination::new(at, Point::from_xy(0.0, 0.0))));
        count = at + 1;
    }
    if count == 0 {
        return Err((0, PaperError::Writing("there are no sheets".to_owned())));
    }
    document.set_outline(outline);
    document.set_tag_tree(tree);
    document.finish().map_err(|fault| (count - 1, PaperError::Writing(format!("{fault:?}"))))
}

/// What a piece of a sheet is.
enum Piece<'a> {
    Title(&'a str, Vec<Ink>),
    Text(Vec<Ink>),
    Code(&'a Code, f32),
}

/// Lays one sheet out, from top to bottom.
fn set<'a>(placard: &'a Placard, fonts: &Fonts) -> Result<Vec<Piece<'a>>, PaperError> {
    let mut down = MARGIN;
    let mut pieces = vec![Piece::Text(centred(fonts, &placard.head, (Face::Kai, 15.0, GREY), &mut down)?)];
    down += 3.0 * MM;
    pieces.push(Piece::Title(&placard.title, title(fonts, &placard.title, &mut down)?));
    down += 4.0 * MM;
    pieces.push(Piece::Code(&placard.code, down));
    down += SIDE + 2.0 * MM;
    pieces.push(Piece::Text(centred(fonts, &placard.call, (Face::Hei, 20.0, BLACK), &mut down)?));
    down += 1.5 * MM;
    pieces.push(Piece::Text(centred(fonts, &placard.address, (Face::Song, 13.0, GREY), &mut down)?));
    down += 6.0 * MM;
    pieces.extend(facts(fonts, &placard.facts, down)?.into_iter().map(Piece::Text));
    Ok(pieces)
}

fn title(fonts: &Fonts, text: &str, down: &mut f32) -> Result<Vec<Ink>, PaperError> {
    let set = letters(fonts, text, Face::XiaoBiaoSong)?;
    let broken = TITLES.map(|size| (size, balanced(&set, MEASURE / size)));
    let fits = broken.iter().find(|(_, lines)| lines.len() <= 2);
    let Some((size, lines)) = fits.or(broken.last()) else { return Ok(Vec::new()) };
    Ok(stacked(&set, lines, (*size, BLACK), 1.3, down))
}

/// A text in the middle of the page, on as many lines as it needs.
fn centred(
    fonts: &Fonts,
    text: &str,
    (face, size, colour): (Face, f32, Colour),
    down: &mut f32,
) -> Result<Vec<Ink>, PaperError> {
    let set = letters(fonts, text, face)?;
    let lines = balanced(&set, MEASURE / size);
    Ok(stacked(&set, &lines, (size, colour), 1.4, down))
}

fn stacked(set: &[Letter], lines: &[Line], (size, colour): (f32, Colour), leading: f32, down: &mut f32) -> Vec<Ink> {
    let mut ink = Vec::with_capacity(lines.len());
    for line in lines {
        let left = (PAGE_WIDTH - line.width * size) / 2.0;
        ink.push(Ink::line(set, line, left, *down, Setting::solid(size, colour)));
        *down += size * leading;
    }
    ink
}

/// A label on the left and its text beside it, each fact a piece of its own.
fn facts(fonts: &Fonts, facts: &[(String, String)], top: f32) -> Result<Vec<Vec<Ink>>, PaperError> {
    let bottom = PAGE_HEIGHT - MARGIN / 2.0;
    for size in FACTS {
        let (mut down, mut pieces) = (top, Vec::with_capacity(facts.len()));
        let beside = MEASURE * LABELS;
        for (label, text) in facts {
            let (label, text) = (letters(fonts, label, Face::Hei)?, letters(fonts, text, Face::FangSong)?);
            let measure = (MEASURE - beside) / size;
            let mut ink = Vec::new();
            for line in lines(&label, beside / size, beside / size, false).iter().take(1) {
                ink.push(Ink::line(&label, line, MARGIN, down, Setting::solid(size, GREY)));
            }
            for line in lines(&text, measure, measure, false) {
                ink.push(Ink::line(&text, &line, MARGIN + beside, down, Setting::solid(size, BLACK)));
                down += size * LEADING;
            }
            pieces.push(ink);
        }
        if down <= bottom {
            return Ok(pieces);
        }
    }
    Err(PaperError::TooLong(crate::Place::Facts))
}

/// Draws a piece and gives its tag.
fn draw(surface: &mut Surface<'_>, piece: &Piece<'_>, fonts: &Fonts) -> TagGroup {
    let tag = match piece {
        Piece::Code(..) => ContentTag::Other,
        _ => ContentTag::Span(SpanTag::empty()),
    };
    let found = vec![Node::from(surface.start_tagged(tag))];
    match piece {
        Piece::Title(_, ink) | Piece::Text(ink) => ink.iter().for_each(|ink| draw_ink(surface, ink, fonts)),
        Piece::Code(code, top) => draw_code(surface, code, *top),
    }
    surface.end_tagged();
    match piece {
        Piece::Title(text, _) => TagGroup::with_children(Tag::Hn(NonZeroU16::MIN, Some((*text).to_owned())), found),
        Piece::Text(_) => TagGroup::with_children(Tag::P, found),
        Piece::Code(code, _) => TagGroup::with_children(Tag::Figure(Some(code.says.clone())), found),
    }
}

/// Dark modules that stand side by side become one rectangle; all of them are one path.
fn draw_code(surface: &mut Surface<'_>, code: &Code, top: f32) {
    let module = SIDE / (code.side + 2 * QUIET).max(1) as f32;
    let left = (PAGE_WIDTH - SIDE) / 2.0;
    let place = |at: usize| (at + QUIET) as f32 * module;
    let mut path = PathBuilder::new();
    for (row, modules) in code.dark.chunks(code.side.max(1)).enumerate() {
        let mut column = 0;
        for run in modules.chunk_by(|one, next| one == next) {
            let (x, y) = (left + place(column), top + place(row));
            if run[0]
                && let Some(rectangle) = Rect::from_xywh(x, y, run.len() as f32 * module, module)
            {
                path.push_rect(rectangle);
            }
            column += run.len();
        }
    }
    surface.set_stroke(None);
    surface.set_fill(Some(Fill { paint: rgb::Color::new(0, 0, 0).into(), ..Fill::default() }));
    if let Some(path) = path.finish() {
        surface.draw_path(&path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn placard(title: &str, facts: Vec<(String, String)>) -> Placard {
        let code = Code { side: 3, dark: vec![true; 9], says: "二维码".to_owned() };
        let [head, call, address] = ["方案", "扫一扫", "http://m.example/s/ABC2345"].map(str::to_owned);
        Placard { head, title: title.to_owned(), code, call, address, facts }
    }

    fn fact(length: usize) -> (String, String) {
        ("地址".to_owned(), "路".repeat(length))
    }

    #[test]
    fn a_long_title_becomes_smaller_and_long_facts_too() {
        let fonts = Fonts::embedded();
        let (mut short, mut long) = (0.0, 0.0);
        title(fonts, "口袋公园", &mut short).unwrap();
        let lines = title(fonts, &"口袋公园".repeat(10), &mut long).unwrap();
        assert!(lines.len() >= 2 && long > short);
        let sizes = |ink: &[Vec<Ink>]| match &ink[0][0] {
            Ink::Words(words) => words.size,
            _ => 0.0,
        };
        let few = facts(fonts, &[fact(10)], 500.0).unwrap();
        let many = facts(fonts, &vec![fact(60); 8], 560.0).unwrap();
        assert!((sizes(&few) - 14.0).abs() < 0.01 && sizes(&many) < 14.0);
        assert_eq!(facts(fonts, &vec![fact(300); 20], 500.0), Err(PaperError::TooLong(crate::Place::Facts)));
    }

    #[test]
    fn the_sheet_at_fault_is_named() {
        let sheets = ["甲", "乙", "🀄"].map(|title| placard(title, vec![]));
        let fault = placards("民生码", sheets, Fonts::embedded()).unwrap_err();
        assert_eq!(fault, (2, PaperError::NoGlyph { character: '🀄' }));
    }

    #[test]
    fn without_a_sheet_there_is_no_pdf() {
        assert!(placards("民生码", [], Fonts::embedded()).is_err(), "a PDF has a page");
    }
}
