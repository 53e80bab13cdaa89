//! A chart as SVG, for pages that show the paper.

use std::fmt::Write as _;

use quick_xml::escape::escape;

use crate::compose::words_for;
use crate::grid::{BLACK, Colour, WIDTH};
use crate::picture::pictures;
use crate::sheet::{Ink, Words};
use crate::{Chart, Fonts, PaperError};

/// A chart as one `<svg>` element with its words as text, drawn as in the PDF. It has no style attributes, so that it
/// may stand in a page with a strict content security policy; black is the colour of the text around it.
///
/// # Errors
/// [`PaperError::Chart`] when the chart cannot be drawn, [`PaperError::NoGlyph`] when a font lacks a character.
pub fn svg(chart: &Chart, fonts: &Fonts) -> Result<String, PaperError> {
    let pictures = pictures(chart, fonts)?;
    let height: f32 = pictures.iter().map(|picture| picture.height).sum();
    let mut svg = format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:.1} {height:.1}" role="img"><title>{}</title>"#,
        escape(words_for(chart)),
    );
    let mut down = 0.0;
    for picture in pictures {
        for ink in picture.ink {
            draw(&mut svg, &ink.moved(0.0, down));
        }
        down += picture.height;
    }
    svg.push_str("</svg>");
    Ok(svg)
}

fn draw(svg: &mut String, ink: &Ink) {
    // Writing into a string cannot fail.
    let _ = match ink {
        Ink::Words(words) => draw_words(svg, words),
        Ink::Stroke { points, width, colour, dashes } => {
            let dashes: Vec<String> = dashes.iter().map(f32::to_string).collect();
            let dashed =
                if dashes.is_empty() { String::new() } else { format!(r#" stroke-dasharray="{}""#, dashes.join(" ")) };
            let (points, colour) = (listed(points), name(*colour));
            write!(svg, r#"<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="{width}"{dashed}/>"#)
        }
        Ink::Area { points, colour } => {
            write!(svg, r#"<polygon points="{}" fill="{}"/>"#, listed(points), name(*colour))
        }
    };
}

fn draw_words(svg: &mut String, words: &Words) -> std::fmt::Result {
    let Some((x, _)) = words.letters.first() else { return Ok(()) };
    let text: String = words.letters.iter().map(|(_, letter)| letter.char).collect();
    let (y, size, colour) = (words.y, words.size, name(words.colour));
    write!(svg, r#"<text x="{x:.1}" y="{y:.1}" font-size="{size}" fill="{colour}">{}</text>"#, escape(text.as_str()))
}

fn listed(points: &[(f32, f32)]) -> String {
    let points: Vec<String> = points.iter().map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
    points.join(" ")
}

fn name(colour: Colour) -> String {
    let Colour(red, green, blue) = colour;
    if colour == BLACK { "currentColor".to_owned() } else { format!("#{red:02x}{green:02x}{blue:02x}") }
}
