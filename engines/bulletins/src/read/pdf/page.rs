//! The pieces of text that a page shows, with where they stand.

use std::collections::BTreeMap;

use lopdf::{Dictionary, Document, Object, ObjectId};

use super::content::Operations;
use super::fonts::Letters;
use super::{MOST_OF_A_STREAM, MOST_UNPACKED};
use crate::repair::is_han;

/// Forms inside forms deeper than this are not followed.
const DEEPEST: usize = 6;

/// Bytes of a form that take as long to unpack as an operation takes to read.
const BYTES_AN_OPERATION: usize = 64;

/// What a form costs in operations beside its bytes: its fonts are looked up anew.
const FORM: usize = 500;

/// What drawing may still cost in a whole file: forms may draw forms, again and again.
pub(super) struct Budget {
    operations: usize,
    /// Bytes of text.
    text: usize,
}

impl Budget {
    pub(super) const WHOLE: Self = Self { operations: 20_000_000, text: MOST_UNPACKED };

    /// Takes what something costs; once too little is left, nothing is.
    fn spend(&mut self, operations: usize, text: usize) {
        match (self.operations.checked_sub(operations), self.text.checked_sub(text)) {
            (Some(operations), Some(text)) => *self = Self { operations, text },
            _ => *self = Self { operations: 0, text: 0 },
        }
    }

    pub(super) fn is_spent(&self) -> bool {
        self.operations == 0
    }
}

/// A piece of text: start, end and base line in points, and how high its letters are.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Piece {
    pub(super) x: f32,
    pub(super) end: f32,
    pub(super) y: f32,
    pub(super) height: f32,
    pub(super) words: String,
}

/// Every piece of a page, in the order in which it is drawn. What cannot be read adds nothing.
pub(super) fn pieces(document: &Document, page: ObjectId, budget: &mut Budget) -> Vec<Piece> {
    let mut resources = Vec::new();
    if let Ok((own, inherited)) = document.get_page_resources(page) {
        resources.extend(own);
        resources.extend(inherited.into_iter().filter_map(|id| document.get_dictionary(id).ok()));
    }
    let mut walk = Walk { document, pieces: Vec::new(), budget };
    if let Ok(stream) = document.get_page_content_with_limit(page, MOST_OF_A_STREAM) {
        walk.draw(&stream, &resources, Matrix::IDENTITY, 0);
    }
    walk.pieces
}

struct Walk<'a, 'b> {
    document: &'a Document,
    pieces: Vec<Piece>,
    budget: &'b mut Budget,
}

impl<'a> Walk<'a, '_> {
    fn draw(&mut self, stream: &[u8], resources: &[&'a Dictionary], matrix: Matrix, depth: usize) {
        let fonts = self.fonts(resources);
        let mut font: Option<&Letters<'_>> = None;
        let mut matrix = matrix;
        let mut saved: Vec<Matrix> = Vec::new();
        let mut pen = Pen::default();
        for operation in Operations::of(stream) {
            self.budget.spend(1, 0);
            if self.budget.is_spent() {
                return;
            }
            let number = |index: usize| operation.number(index);
            match operation.operator {
                b"q" if saved.len() < 64 => saved.push(matrix),
                b"Q" => matrix = saved.pop().unwrap_or(matrix),
                b"cm" => matrix = Matrix(std::array::from_fn(number)).then(matrix),
                b"BT" => pen = Pen { font: pen.font, ..Pen::default() },
                b"Tf" => {
                    font = operation.name().and_then(|name| fonts.get(name));
                    pen.font = number(1);
                }
                b"TL" => pen.leading = number(0),
                b"Td" => pen.move_by(number(0), number(1)),
                b"TD" => {
                    pen.leading = -number(1);
                    pen.move_by(number(0), number(1));
                }
                b"Tm" => {
                    pen.line = Matrix(std::array::from_fn(number));
                    pen.end = None;
                }
                b"T*" => pen.move_by(0.0, -pen.leading),
                b"Tj" | b"TJ" | b"'" | b"\"" => {
                    if matches!(operation.operator, b"'" | b"\"") {
                        pen.move_by(0.0, -pen.leading);
                    }
                    if let Some(font) = font {
                        let words: String = operation.strings().iter().map(|string| font.read(string)).collect();
                        self.budget.spend(0, words.len());
                        self.pieces.extend(pen.write(words, matrix));
                    }
                }
                b"Do" if depth < DEEPEST => {
                    if let Some(name) = operation.name() {
                        self.form(name, resources, matrix, depth);
                    }
                }
                _ => {}
            }
        }
    }

    /// The fonts of the resources, the nearest first.
    fn fonts(&self, resources: &[&'a Dictionary]) -> BTreeMap<&'a [u8], Letters<'a>> {
        let mut fonts = BTreeMap::new();
        for resources in resources {
            let Ok(named) = resources.get_deref(b"Font", self.document).and_then(Object::as_dict) else { continue };
            for (name, font) in named.iter() {
                let font = self.document.dereference(font).and_then(|(_, font)| font.as_dict());
                if let Some(letters) = font.ok().and_then(|font| Letters::of(font, self.document)) {
                    fonts.entry(name.as_slice()).or_insert(letters);
                }
            }
        }
        fonts
    }

    /// Draws a form: its own content in its own place, with its own fonts.
    fn form(&mut self, name: &[u8], resources: &[&'a Dictionary], matrix: Matrix, depth: usize) {
        let document = self.document;
        let found = resources.iter().find_map(|resources| {
            let named = resources.get_deref(b"XObject", document).and_then(Object::as_dict).ok()?;
            named.get_deref(name, document).and_then(Object::as_stream).ok()
        });
        let Some(form) = found else { return };
        if !form.dict.get(b"Subtype").and_then(Object::as_name).is_ok_and(|kind| kind == b"Form") {
            return;
        }
        let Ok(content) = form.get_plain_content_with_limit(MOST_OF_A_STREAM) else { return };
        self.budget.spend(FORM + content.len() / BYTES_AN_OPERATION, 0);
        let placed = form.dict.get_deref(b"Matrix", document).and_then(Object::as_array).ok();
        let at = |index: usize| placed.and_then(|array| array.get(index)).and_then(|number| number.as_float().ok());
        let placed = Matrix(std::array::from_fn(|index| at(index).unwrap_or(Matrix::IDENTITY.0[index])));
        let own = form.dict.get_deref(b"Resources", document).and_then(Object::as_dict).ok();
        let nearest: Vec<&Dictionary> = own.into_iter().chain(resources.iter().copied()).take(16).collect();
        self.draw(&content, &nearest, placed.then(matrix), depth + 1);
    }
}

/// A change of coordinates, as pdf writes it: a b c d e f.
#[derive(Clone, Copy)]
struct Matrix([f32; 6]);

impl Matrix {
    const IDENTITY: Self = Self([1.0, 0.0, 0.0, 1.0, 0.0, 0.0]);

    /// This change and then another.
    fn then(self, next: Self) -> Self {
        let [a, b, c, d, e, f] = self.0;
        let [p, q, r, s, t, u] = next.0;
        Self([a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u])
    }

    /// How much longer a height becomes.
    fn height(self) -> f32 {
        self.0[3].abs().max(self.0[2].abs())
    }

    fn width(self) -> f32 {
        self.0[0].abs().max(self.0[1].abs())
    }
}

/// Where text is being set.
struct Pen {
    line: Matrix,
    font: f32,
    leading: f32,
    /// How far text has been set from the line's start, in the pen's own units.
    end: Option<f32>,
}

impl Default for Pen {
    fn default() -> Self {
        Self { line: Matrix::IDENTITY, font: 1.0, leading: 0.0, end: None }
    }
}

impl Pen {
    fn move_by(&mut self, x: f32, y: f32) {
        self.line = Matrix([1.0, 0.0, 0.0, 1.0, x, y]).then(self.line);
        self.end = None;
    }

    /// Widths are estimated – a Chinese character is as wide as its font is high, others half of that – because only
    /// gaps of several characters matter.
    fn write(&mut self, words: String, matrix: Matrix) -> Option<Piece> {
        if words.is_empty() {
            return None;
        }
        let font = self.font.abs();
        let letters = |letter: char| if is_han(letter) || !letter.is_ascii() { font } else { font / 2.0 };
        let width: f32 = words.chars().map(letters).sum();
        let from = self.end.unwrap_or(0.0);
        self.end = Some(from + width);
        let place = self.line.then(matrix);
        let scale = place.width();
        let start = place.0[4] + from * scale;
        let height = (font * place.height()).max(1.0);
        let piece = Piece { x: start, end: start + width * scale, y: place.0[5], height, words };
        [piece.x, piece.end, piece.y, piece.height].iter().all(|number| number.is_finite()).then_some(piece)
    }
}
