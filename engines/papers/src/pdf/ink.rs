//! Ink onto a PDF page.

use krilla::color::rgb;
use krilla::geom::{Path, PathBuilder, Point};
use krilla::paint::{Fill, Stroke, StrokeDash};
use krilla::surface::Surface;
use krilla::text::{GlyphId, KrillaGlyph};

use crate::Fonts;
use crate::grid::Colour;
use crate::letters::Letter;
use crate::sheet::{Ink, Words};

/// How thick the outline is that makes letters bold, in squares.
const BOLD: f32 = 0.03;

/// Draws one piece of ink.
pub(super) fn draw(surface: &mut Surface<'_>, ink: &Ink, fonts: &Fonts) {
    match ink {
        Ink::Words(words) => draw_words(surface, words, fonts),
        Ink::Stroke { points, width, colour, dashes } => {
            let dash = (!dashes.is_empty()).then(|| StrokeDash { array: dashes.clone(), offset: 0.0 });
            surface.set_fill(None);
            surface.set_stroke(Some(Stroke { paint: rgb(*colour).into(), width: *width, dash, ..Stroke::default() }));
            if let Some(path) = path(points, false) {
                surface.draw_path(&path);
            }
        }
        Ink::Area { points, colour } => {
            surface.set_stroke(None);
            surface.set_fill(Some(fill(*colour)));
            if let Some(path) = path(points, true) {
                surface.draw_path(&path);
            }
        }
    }
}

/// Letters of one font and weight are drawn together, each where it was placed.
fn draw_words(surface: &mut Surface<'_>, words: &Words, fonts: &Fonts) {
    let alike =
        |one: &(f32, Letter), next: &(f32, Letter)| one.1.glyph.face == next.1.glyph.face && one.1.bold == next.1.bold;
    for run in words.letters.chunk_by(alike) {
        let Some((start, first)) = run.first() else { continue };
        let mut text = String::new();
        let mut glyphs = Vec::with_capacity(run.len());
        for (at, (x, letter)) in run.iter().enumerate() {
            let advance = run.get(at + 1).map_or(letter.glyph.advance, |(next, _)| (next - x) / words.size);
            let from = text.len();
            text.push(letter.char);
            let id = GlyphId::new(u32::from(letter.glyph.id));
            glyphs.push(KrillaGlyph::new(id, advance, 0.0, 0.0, 0.0, from..text.len(), None));
        }
        surface.set_fill(Some(fill(words.colour)));
        let outline = Stroke { paint: rgb(words.colour).into(), width: BOLD * words.size, ..Stroke::default() };
        surface.set_stroke(first.bold.then_some(outline));
        let font = fonts.font(first.glyph.face).pdf.clone();
        surface.draw_glyphs(Point::from_xy(*start, words.y), &glyphs, font, &text, words.size, false);
    }
}

fn fill(colour: Colour) -> Fill {
    Fill { paint: rgb(colour).into(), ..Fill::default() }
}

fn rgb(Colour(red, green, blue): Colour) -> rgb::Color {
    rgb::Color::new(red, green, blue)
}

fn path(points: &[(f32, f32)], closed: bool) -> Option<Path> {
    let mut builder = PathBuilder::new();
    for (at, (x, y)) in points.iter().enumerate() {
        if at == 0 {
            builder.move_to(*x, *y);
        } else {
            builder.line_to(*x, *y);
        }
    }
    if closed {
        builder.close();
    }
    builder.finish()
}
