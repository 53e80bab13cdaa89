//! Laid-out pages as PDF: fonts cut to what is used, text that can be searched, tagged for who cannot see it (PDF/UA-1).

mod ink;
mod tags;

use chrono::Datelike;
use krilla::configure::{Accessibility, ConfigurationBuilder};
use krilla::geom::Transform;
use krilla::metadata::{DateTime, Metadata};
use krilla::page::PageSettings;
use krilla::surface::Surface;
use krilla::tagging::{Artifact, ArtifactType, ContentTag, Identifier, SpanTag};
use krilla::{Document, SerializeSettings};

use crate::compose::layout;
use crate::grid::{BLACK, HEIGHT, LEFT, MM, PAGE_HEIGHT, PAGE_WIDTH, SIZE_4, TOP, WIDTH};
use crate::letters::{letters, width};
use crate::lines::lines;
use crate::sheet::{Ink, Layout, Mark, Part, Setting, Sheet};
use crate::{Face, Fonts, Paper, PaperError};

/// The language of the document.
pub(crate) const LANGUAGE: &str = "zh-CN";
/// From the text block to the dashes beside the page number.
const TO_NUMBER: f32 = 7.0 * MM;
/// How far a dash lies above its baseline, in squares.
const DASH: f32 = 0.37;

/// The paper as PDF: PDF/UA-1, in A4, with the same bytes for the same paper.
///
/// # Errors
/// [`PaperError::NoGlyph`] when a character is in none of the fonts, and whatever else is wrong with the paper.
pub fn pdf(paper: &Paper, fonts: &Fonts) -> Result<Vec<u8>, PaperError> {
    let layout = layout(paper, fonts)?;
    let mut document = accessible()?;
    document.set_metadata(metadata(paper));
    let mut identifiers = vec![Vec::new(); layout.parts.len()];
    for (at, sheet) in layout.sheets.iter().enumerate() {
        let settings = PageSettings::from_wh(PAGE_WIDTH, PAGE_HEIGHT);
        let settings = settings.ok_or_else(|| PaperError::Writing("A4 is no size".to_owned()))?;
        let mut page = document.start_page_with(settings);
        let mut surface = page.surface();
        surface.push_transform(&Transform::from_translate(LEFT, TOP));
        draw(&mut surface, sheet, &layout, fonts, &mut identifiers);
        if sheet.numbered {
            surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(ArtifactType::PageNumber)));
            for ink in number(at + 1, fonts)? {
                ink::draw(&mut surface, &ink, fonts);
            }
            surface.end_tagged();
        }
        surface.pop();
        surface.finish();
        page.finish();
    }
    document.set_outline(tags::outline(&layout));
    document.set_tag_tree(tags::tree(&layout, identifiers));
    document.finish().map_err(|error| PaperError::Writing(error.to_string()))
}

/// An empty document with this title, for what is no paper.
pub(crate) fn new_document(title: &str) -> Result<Document, PaperError> {
    let mut document = accessible()?;
    document.set_metadata(titled(title));
    Ok(document)
}

/// Draws one piece of ink at its place on the page.
pub(crate) fn draw_ink(surface: &mut Surface<'_>, ink: &Ink, fonts: &Fonts) {
    ink::draw(surface, ink, fonts);
}

/// An empty document that will be PDF/UA-1.
fn accessible() -> Result<Document, PaperError> {
    let configuration = ConfigurationBuilder::new().with_accessibility_validator(Accessibility::UA1).finish();
    let configuration = configuration.map_err(|error| PaperError::Writing(format!("{error:?}")))?;
    Ok(Document::new_with(SerializeSettings { configuration, ..SerializeSettings::default() }))
}

fn titled(title: &str) -> Metadata {
    Metadata::new().title(tags::title(title)).language(LANGUAGE.to_owned()).creator("Minsheng 民生实事".to_owned())
}

fn metadata(paper: &Paper) -> Metadata {
    let mut metadata = titled(&paper.title);
    if let Some(signature) = &paper.signature {
        let year = u16::try_from(signature.date.year()).unwrap_or_default();
        let (month, day) = (signature.date.month() as u8, signature.date.day() as u8);
        metadata = metadata.creation_date(DateTime::new(year).month(month).day(day));
        if let Some(issuer) = &signature.issuer {
            metadata = metadata.authors(vec![issuer.replace('\n', "")]);
        }
    }
    metadata
}

/// Draws the marks of a page; neighbours of one part share one tag.
fn draw(surface: &mut Surface<'_>, sheet: &Sheet, layout: &Layout, fonts: &Fonts, identifiers: &mut [Vec<Found>]) {
    let page = sheet.marks.chunk_by(|one, next| one.part == next.part);
    for marks in page {
        let Some(Mark { part, .. }) = marks.first() else { continue };
        match part {
            None => {
                surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(ArtifactType::Layout)));
            }
            Some(part) => {
                let figure = matches!(layout.parts[*part], Part::Figure(_));
                let tag = if figure { ContentTag::Other } else { ContentTag::Span(SpanTag::empty()) };
                identifiers[*part].push(surface.start_tagged(tag));
            }
        }
        for mark in marks {
            ink::draw(surface, &mark.ink, fonts);
        }
        surface.end_tagged();
    }
}

/// What the tag tree calls a piece of a page.
type Found = Identifier;

/// — 1 —: 7 mm below the text block; one character from the right edge on odd pages, from the left on even ones.
fn number(page: usize, fonts: &Fonts) -> Result<Vec<Ink>, PaperError> {
    let set = letters(fonts, &format!("— {page} —"), Face::Song)?;
    let reach = width(&set) * SIZE_4;
    let x = if page % 2 == 1 { WIDTH - SIZE_4 - reach } else { SIZE_4 };
    let baseline = HEIGHT + TO_NUMBER + DASH * SIZE_4;
    let top = baseline - crate::grid::RISE * SIZE_4;
    let measure = WIDTH / SIZE_4;
    let setting = Setting::solid(SIZE_4, BLACK);
    Ok(lines(&set, measure, measure, false).iter().map(|line| Ink::line(&set, line, x, top, setting)).collect())
}
