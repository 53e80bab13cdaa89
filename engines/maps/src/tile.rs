//! Mapbox Vector Tiles, version 2.1: layers of features in whole units of a tile, as protocol buffers.
//!
//! Source: the published specification 2.1 (`vector_tile.proto`); certainty V. Written by hand because all of it is
//! four messages; the test reads what is written with a reader of its own.

use std::collections::HashMap;

use crate::clip::Square;
use crate::simplify::{self, Flat};
use crate::{LngLat, Shape, TileId};

/// Units along the side of a tile.
pub const EXTENT: f64 = 4096.0;

/// Units around a tile that are carried along, so that outlines do not show its edge.
const MARGIN: f64 = 96.0;

/// Units by which a line may be off: a quarter of a pixel at the usual size.
const TOLERANCE: f64 = 2.0;

/// A value that a feature carries.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Value {
    /// Words.
    Text(String),
    /// A whole number.
    Number(i64),
    /// Yes or no.
    Flag(bool),
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

/// A layer under construction.
#[derive(Clone, Debug)]
pub struct Layer {
    tile: TileId,
    name: &'static str,
    features: Vec<u8>,
    keys: Vec<&'static str>,
    values: Vec<Value>,
    known: HashMap<Value, u32>,
}

const POINT: u64 = 1;
const LINE: u64 = 2;
const POLYGON: u64 = 3;

impl Layer {
    /// An empty layer of a tile.
    pub fn new(tile: TileId, name: &'static str) -> Self {
        Self { tile, name, features: Vec::new(), keys: Vec::new(), values: Vec::new(), known: HashMap::new() }
    }

    fn flat(&self, point: LngLat) -> Flat {
        let (x, y) = self.tile.place(point);
        (x * EXTENT, y * EXTENT)
    }

    /// Adds a point.
    pub fn point(&mut self, id: u64, point: LngLat, tags: impl IntoIterator<Item = (&'static str, Value)>) {
        let mut geometry = Geometry::default();
        geometry.move_to(&[whole(self.flat(point))]);
        self.feature(id, POINT, &geometry, tags);
    }

    /// Adds a shape, cut to the tile; says whether any of it lies there.
    pub fn shape(&mut self, id: u64, shape: &Shape, tags: impl IntoIterator<Item = (&'static str, Value)>) -> bool {
        let square = Square::new(EXTENT, MARGIN);
        let flat = |points: &[LngLat]| points.iter().map(|point| self.flat(*point)).collect::<Vec<_>>();
        let mut geometry = Geometry::default();
        let kind = match shape {
            Shape::Point(point) => {
                let there = self.flat(*point);
                if square.contains(there) {
                    geometry.move_to(&[whole(there)]);
                }
                POINT
            }
            Shape::Lines(lines) => {
                for line in lines {
                    for part in square.line(&simplify::line(&flat(line), TOLERANCE)) {
                        geometry.line(&part);
                    }
                }
                LINE
            }
            Shape::Area(polygons) => {
                for polygon in polygons {
                    let outer = square.ring(&simplify::ring(&flat(&polygon.outer), TOLERANCE));
                    if !geometry.ring(&outer, true) {
                        continue;
                    }
                    for hole in &polygon.holes {
                        geometry.ring(&square.ring(&simplify::ring(&flat(hole), TOLERANCE)), false);
                    }
                }
                POLYGON
            }
        };
        if geometry.commands.is_empty() {
            return false;
        }
        self.feature(id, kind, &geometry, tags);
        true
    }

    fn feature(
        &mut self,
        id: u64,
        kind: u64,
        geometry: &Geometry,
        tags: impl IntoIterator<Item = (&'static str, Value)>,
    ) {
        let mut numbers = Vec::new();
        for (key, value) in tags {
            numbers.extend([self.key(key), self.value(value)]);
        }
        let mut feature = Vec::new();
        put_number(&mut feature, 1, id);
        put_packed(&mut feature, 2, &numbers);
        put_number(&mut feature, 3, kind);
        put_packed(&mut feature, 4, &geometry.commands);
        put_bytes(&mut self.features, 2, &feature);
    }

    fn key(&mut self, key: &'static str) -> u32 {
        let at = self.keys.iter().position(|known| *known == key).unwrap_or_else(|| {
            self.keys.push(key);
            self.keys.len() - 1
        });
        u32::try_from(at).unwrap_or(u32::MAX)
    }

    fn value(&mut self, value: Value) -> u32 {
        let next = u32::try_from(self.values.len()).unwrap_or(u32::MAX);
        *self.known.entry(value).or_insert_with_key(|value| {
            self.values.push(value.clone());
            next
        })
    }

    fn encoded(&self) -> Vec<u8> {
        let mut layer = Vec::with_capacity(self.features.len() + 256);
        put_bytes(&mut layer, 1, self.name.as_bytes());
        layer.extend(&self.features);
        for key in &self.keys {
            put_bytes(&mut layer, 3, key.as_bytes());
        }
        for value in &self.values {
            let mut encoded = Vec::new();
            match value {
                Value::Text(text) => put_bytes(&mut encoded, 1, text.as_bytes()),
                Value::Number(number) => put_number(&mut encoded, 6, zigzag64(*number)),
                Value::Flag(flag) => put_number(&mut encoded, 7, u64::from(*flag)),
            }
            put_bytes(&mut layer, 4, &encoded);
        }
        put_number(&mut layer, 5, 4096);
        put_number(&mut layer, 15, 2);
        layer
    }
}

/// The bytes of a tile. Layers without features are left out, as the specification asks.
pub fn encode(layers: &[Layer]) -> Vec<u8> {
    let mut tile = Vec::new();
    for layer in layers.iter().filter(|layer| !layer.features.is_empty()) {
        put_bytes(&mut tile, 3, &layer.encoded());
    }
    tile
}

#[expect(clippy::cast_possible_truncation, reason = "casts from floats saturate, and what is shown is cut to the tile")]
fn whole((x, y): Flat) -> (i32, i32) {
    (x.round() as i32, y.round() as i32)
}

/// Commands of a feature, relative to the point before.
#[derive(Default)]
struct Geometry {
    commands: Vec<u32>,
    at: (i32, i32),
}

impl Geometry {
    fn command(&mut self, command: u32, count: usize) {
        self.commands.push(command | u32::try_from(count).unwrap_or(0) << 3);
    }

    fn go(&mut self, (x, y): (i32, i32)) {
        self.commands.extend([zigzag(x.wrapping_sub(self.at.0)), zigzag(y.wrapping_sub(self.at.1))]);
        self.at = (x, y);
    }

    fn move_to(&mut self, points: &[(i32, i32)]) {
        self.command(1, points.len());
        for point in points {
            self.go(*point);
        }
    }

    fn line_to(&mut self, points: &[(i32, i32)]) {
        self.command(2, points.len());
        for point in points {
            self.go(*point);
        }
    }

    fn line(&mut self, points: &[Flat]) {
        let mut points: Vec<_> = points.iter().copied().map(whole).collect();
        points.dedup();
        if points.len() > 1 {
            self.move_to(&points[..1]);
            self.line_to(&points[1..]);
        }
    }

    /// Adds a ring in the direction that its role asks for; one without area is left out.
    fn ring(&mut self, points: &[Flat], outer: bool) -> bool {
        let mut points: Vec<_> = points.iter().copied().map(whole).collect();
        points.dedup();
        if points.len() > 1 && points.first() == points.last() {
            points.pop();
        }
        let twice: i64 = (0..points.len())
            .map(|at| {
                let (a, b) = (points[at], points[(at + 1) % points.len()]);
                i64::from(a.0) * i64::from(b.1) - i64::from(b.0) * i64::from(a.1)
            })
            .sum();
        if points.len() < 3 || twice == 0 {
            return false;
        }
        if (twice > 0) != outer {
            points.reverse();
        }
        self.move_to(&points[..1]);
        self.line_to(&points[1..]);
        self.command(7, 1);
        true
    }
}

#[expect(clippy::cast_sign_loss, reason = "that is what this encoding does")]
fn zigzag(number: i32) -> u32 {
    ((number << 1) ^ (number >> 31)) as u32
}

#[expect(clippy::cast_sign_loss, reason = "that is what this encoding does")]
fn zigzag64(number: i64) -> u64 {
    ((number << 1) ^ (number >> 63)) as u64
}

fn put_varint(into: &mut Vec<u8>, mut number: u64) {
    loop {
        let low = (number & 0x7f).to_le_bytes()[0];
        number >>= 7;
        if number == 0 {
            into.push(low);
            return;
        }
        into.push(low | 0x80);
    }
}

fn put_number(into: &mut Vec<u8>, field: u64, number: u64) {
    put_varint(into, field << 3);
    put_varint(into, number);
}

fn put_bytes(into: &mut Vec<u8>, field: u64, bytes: &[u8]) {
    put_varint(into, field << 3 | 2);
    put_varint(into, bytes.len() as u64);
    into.extend(bytes);
}

fn put_packed(into: &mut Vec<u8>, field: u64, numbers: &[u32]) {
    let mut packed = Vec::with_capacity(numbers.len() * 2);
    for number in numbers {
        put_varint(&mut packed, u64::from(*number));
    }
    put_bytes(into, field, &packed);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shape::Polygon;

    /// A message as numbered fields: numbers and bytes.
    fn fields(mut bytes: &[u8]) -> Vec<(u64, u64, &[u8])> {
        fn varint(bytes: &mut &[u8]) -> u64 {
            let (mut number, mut shift) = (0, 0);
            loop {
                let byte = bytes[0];
                *bytes = &bytes[1..];
                number |= u64::from(byte & 0x7f) << shift;
                shift += 7;
                if byte & 0x80 == 0 {
                    return number;
                }
            }
        }
        let mut fields = Vec::new();
        while !bytes.is_empty() {
            let tag = varint(&mut bytes);
            let number = varint(&mut bytes);
            if tag & 7 == 2 {
                let (inner, rest) = bytes.split_at(usize::try_from(number).expect("short"));
                fields.push((tag >> 3, number, inner));
                bytes = rest;
            } else {
                assert_eq!(tag & 7, 0);
                fields.push((tag >> 3, number, &[]));
            }
        }
        fields
    }

    fn packed(bytes: &[u8]) -> Vec<u64> {
        let mut numbers = Vec::new();
        let (mut number, mut shift) = (0_u64, 0);
        for byte in bytes {
            number |= u64::from(byte & 0x7f) << shift;
            shift += 7;
            if byte & 0x80 == 0 {
                numbers.push(number);
                (number, shift) = (0, 0);
            }
        }
        numbers
    }

    #[test]
    fn a_point_is_written_as_the_specification_says() {
        let tile = TileId::new(0, 0, 0).expect("the world");
        let mut layer = Layer::new(tile, "sites");
        layer.point(
            7,
            LngLat::new(0.0, 0.0),
            [("name", Value::from("桩")), ("count", Value::from(3)), ("own", Value::Flag(true))],
        );
        layer.point(8, LngLat::new(0.0, 0.0), [("name", Value::from("桩"))]);
        let bytes = encode(&[layer, Layer::new(tile, "empty")]);
        let layers = fields(&bytes);
        assert_eq!(layers.len(), 1, "a layer without features is left out");
        let layer = fields(layers[0].2);
        let texts = |field| layer.iter().filter(|one| one.0 == field).map(|one| one.2).collect::<Vec<_>>();
        assert_eq!(texts(1), ["sites".as_bytes()]);
        assert_eq!(texts(3), [b"name".as_slice(), b"count", b"own"]);
        assert_eq!(texts(4).len(), 3, "the same value is written once");
        assert!(layer.contains(&(5, 4096, &[])) && layer.contains(&(15, 2, &[])));
        let feature = fields(texts(2)[0]);
        assert_eq!(feature[0], (1, 7, [].as_slice()));
        assert_eq!(packed(feature[1].2), [0, 0, 1, 1, 2, 2]);
        // MoveTo once, to 2048, 2048.
        assert_eq!(packed(feature[3].2), [9, 4096, 4096]);
    }

    #[test]
    fn areas_are_cut_to_the_tile_and_run_clockwise_on_the_screen() {
        let tile = TileId::new(1, 1, 0).expect("the north-east");
        let world = [(-170., -80.), (170., -80.), (170., 80.), (-170., 80.)].map(|(lng, lat)| LngLat::new(lng, lat));
        let mut layer = Layer::new(tile, "regions");
        let shape = Shape::Area(vec![Polygon { outer: world.to_vec(), holes: vec![] }]);
        assert!(layer.shape(1, &shape, []));
        let elsewhere = world.map(|point| LngLat::new(-100.0 + point.lng / 100.0, -40.0 + point.lat / 100.0));
        assert!(!layer.shape(2, &Shape::Area(vec![Polygon { outer: elsewhere.to_vec(), holes: vec![] }]), []));
        let bytes = encode(&[layer]);
        let layer = fields(fields(&bytes)[0].2);
        let feature = fields(layer.iter().find(|one| one.0 == 2).expect("a feature").2);
        let commands = packed(feature[3].2);
        assert_eq!(commands.last(), Some(&15), "closed");
        let unzig = |number: u64| (number >> 1).cast_signed() ^ -(number & 1).cast_signed();
        let mut at = (0_i64, 0_i64);
        let steps: Vec<u64> = commands.iter().copied().filter(|command| ![9, 15, 26].contains(command)).collect();
        let corners: Vec<(i64, i64)> = steps
            .chunks_exact(2)
            .map(|step| {
                at = (at.0 + unzig(step[0]), at.1 + unzig(step[1]));
                at
            })
            .collect();
        assert_eq!(corners.len(), 4);
        let margin = 96;
        assert!(
            corners.iter().all(|(x, y)| (-margin..=4096 + margin).contains(x) && (-margin..=4096 + margin).contains(y))
        );
        let twice: i64 =
            (0..4).map(|at| corners[at].0 * corners[(at + 1) % 4].1 - corners[(at + 1) % 4].0 * corners[at].1).sum();
        assert!(twice > 0);
    }
}
