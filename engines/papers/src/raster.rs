//! Pictures as PNG, for documents whose readers show no vectors alike.

use skrifa::instance::{LocationRef, Size};
use skrifa::outline::{DrawSettings, OutlinePen};
use skrifa::{FontRef, GlyphId, MetadataProvider};
use tiny_skia::{FillRule, Paint, PathBuilder, Pixmap, Stroke, StrokeDash, Transform};

use crate::grid::{Colour, WIDTH};
use crate::picture::Picture;
use crate::sheet::{Ink, Words};
use crate::{Fonts, PaperError};

/// Pixels to a point: 216 to the inch, sharp in print.
const SCALE: f32 = 3.0;

/// A picture, as wide as the text block, as PNG on white.
pub(crate) fn png(picture: &Picture, fonts: &Fonts) -> Result<Vec<u8>, PaperError> {
    let fault = |what: &str| PaperError::Writing(what.to_owned());
    let size = ((WIDTH * SCALE).ceil() as u32, (picture.height * SCALE).ceil() as u32);
    let mut pixels = Pixmap::new(size.0, size.1).ok_or_else(|| fault("a picture has no size"))?;
    pixels.fill(tiny_skia::Color::WHITE);
    for ink in &picture.ink {
        draw(&mut pixels, ink, fonts);
    }
    pixels.encode_png().map_err(|error| PaperError::Writing(error.to_string()))
}

fn draw(pixels: &mut Pixmap, ink: &Ink, fonts: &Fonts) {
    let scale = Transform::from_scale(SCALE, SCALE);
    match ink {
        Ink::Words(words) => draw_words(pixels, words, fonts),
        Ink::Stroke { points, width, colour, dashes } => {
            // Dashes come in pairs; one alone would be refused, and the line drawn whole.
            let dash = StrokeDash::new(dashes.clone(), 0.0);
            let stroke = Stroke { width: *width, dash, ..Stroke::default() };
            if let Some(path) = path(points, false) {
                pixels.stroke_path(&path, &paint(*colour), &stroke, scale, None);
            }
        }
        Ink::Area { points, colour } => {
            if let Some(path) = path(points, true) {
                pixels.fill_path(&path, &paint(*colour), FillRule::Winding, scale, None);
            }
        }
    }
}

fn draw_words(pixels: &mut Pixmap, words: &Words, fonts: &Fonts) {
    let paint = paint(words.colour);
    for (x, letter) in &words.letters {
        let Ok(font) = FontRef::new(&fonts.font(letter.glyph.face).data) else { continue };
        let mut pen = Pen { path: PathBuilder::new(), x: x * SCALE, y: words.y * SCALE };
        let settings = DrawSettings::unhinted(Size::new(words.size * SCALE), LocationRef::default());
        let outline = font.outline_glyphs().get(GlyphId::new(u32::from(letter.glyph.id)));
        if outline.is_some_and(|outline| outline.draw(settings, &mut pen).is_ok())
            && let Some(path) = pen.path.finish()
        {
            pixels.fill_path(&path, &paint, FillRule::Winding, Transform::identity(), None);
        }
    }
}

fn paint(Colour(red, green, blue): Colour) -> Paint<'static> {
    let mut paint = Paint { anti_alias: true, ..Paint::default() };
    paint.set_color_rgba8(red, green, blue, 0xFF);
    paint
}

fn path(points: &[(f32, f32)], closed: bool) -> Option<tiny_skia::Path> {
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

/// The outline of a glyph at its place; fonts count upwards, pictures downwards.
struct Pen {
    path: PathBuilder,
    x: f32,
    y: f32,
}

impl OutlinePen for Pen {
    fn move_to(&mut self, x: f32, y: f32) {
        self.path.move_to(self.x + x, self.y - y);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.path.line_to(self.x + x, self.y - y);
    }

    fn quad_to(&mut self, cx: f32, cy: f32, x: f32, y: f32) {
        self.path.quad_to(self.x + cx, self.y - cy, self.x + x, self.y - y);
    }

    fn curve_to(&mut self, cx: f32, cy: f32, dx: f32, dy: f32, x: f32, y: f32) {
        self.path.cubic_to(self.x + cx, self.y - cy, self.x + dx, self.y - dy, self.x + x, self.y - y);
    }

    fn close(&mut self) {
        self.path.close();
    }
}
