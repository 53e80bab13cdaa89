//! GeoJSON (RFC 7946), read feature by feature, so that memory is bounded by what is asked for and not by the file.

use std::cell::RefCell;
use std::fmt;
use std::io::Read;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value, json};

use crate::shape::{Polygon, Ring};
use crate::{LngLat, Shape};

/// How much of a file is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Features.
    pub features: usize,
    /// Points of all features together.
    pub vertices: usize,
}

impl Default for Limits {
    /// A million features, two million points: about 100 MB once read.
    fn default() -> Self {
        Self { features: 1_000_000, vertices: 2_000_000 }
    }
}

/// One feature.
#[derive(Clone, Debug, PartialEq)]
pub struct Feature {
    /// Where it stands in the file, from 1.
    pub number: usize,
    /// Where it is; none where the file says `null`.
    pub shape: Option<Shape>,
    /// What is said of it.
    pub properties: Map<String, Value>,
}

/// Why a file was not read to its end.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// No JSON, or cut off.
    #[error("line {line}, column {column}: {said}")]
    Json {
        /// The line, from 1.
        line: usize,
        /// The column.
        column: usize,
        /// What the reader said.
        said: String,
    },
    /// JSON, but no `FeatureCollection`.
    #[error("this is no GeoJSON FeatureCollection")]
    NoCollection,
    /// More points than the limit.
    #[error("more than {0} points")]
    TooManyVertices(usize),
    /// More features than the limit.
    #[error("more than {0} features")]
    TooManyFeatures(usize),
    /// A geometry that cannot be taken.
    #[error("feature {feature}: {why}")]
    Shape {
        /// The feature, from 1.
        feature: usize,
        /// What is wrong with it.
        why: ShapeFault,
    },
}

/// What is wrong with a geometry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ShapeFault {
    /// `MultiPoint`, `GeometryCollection`, or no known word.
    #[error("this type of geometry is not taken")]
    Type,
    /// Coordinates that do not fit the type.
    #[error("the coordinates do not fit the type")]
    Coordinates,
}

/// Reads a `FeatureCollection` and hands each feature to `take`.
///
/// # Errors
/// What is wrong with the file; features before that were handed on already, so take them in only at the end.
pub fn read(file: impl Read, limits: &Limits, take: &mut dyn FnMut(Feature)) -> Result<(), Fault> {
    let state = RefCell::new(State { limits: *limits, features: 0, vertices: 0, fault: None, seen: false });
    let mut reader = serde_json::Deserializer::from_reader(file);
    let outcome = Collection { state: &state, take }.deserialize(&mut reader).and_then(|()| reader.end());
    let mut state = state.into_inner();
    if let Some(fault) = state.fault.take() {
        return Err(fault);
    }
    outcome.map_err(|error| Fault::Json { line: error.line(), column: error.column(), said: error.to_string() })?;
    if state.seen { Ok(()) } else { Err(Fault::NoCollection) }
}

struct State {
    limits: Limits,
    features: usize,
    vertices: usize,
    fault: Option<Fault>,
    /// Whether there was a list of features.
    seen: bool,
}

/// Notes why reading ends, and ends it.
fn stop<E: serde::de::Error>(state: &RefCell<State>, fault: Fault) -> E {
    let said = E::custom(&fault);
    state.borrow_mut().fault.get_or_insert(fault);
    said
}

struct Collection<'a> {
    state: &'a RefCell<State>,
    take: &'a mut dyn FnMut(Feature),
}

impl<'de> DeserializeSeed<'de> for Collection<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<(), D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Collection<'_> {
    type Value = ();

    fn expecting(&self, told: &mut fmt::Formatter<'_>) -> fmt::Result {
        told.write_str("a FeatureCollection")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            if key == "features" {
                map.next_value_seed(Features { state: self.state, take: &mut *self.take })?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }
}

struct Features<'a> {
    state: &'a RefCell<State>,
    take: &'a mut dyn FnMut(Feature),
}

impl<'de> DeserializeSeed<'de> for Features<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<(), D::Error> {
        reader.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Features<'_> {
    type Value = ();

    fn expecting(&self, told: &mut fmt::Formatter<'_>) -> fmt::Result {
        told.write_str("a list of features")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        self.state.borrow_mut().seen = true;
        while let Some(feature) = list.next_element_seed(One { state: self.state })? {
            (self.take)(feature);
        }
        Ok(())
    }
}

struct One<'a> {
    state: &'a RefCell<State>,
}

impl<'de> DeserializeSeed<'de> for One<'_> {
    type Value = Feature;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Feature, D::Error> {
        let mut state = self.state.borrow_mut();
        state.features += 1;
        let limit = state.limits.features;
        let many = state.features > limit;
        drop(state);
        if many {
            return Err(stop(self.state, Fault::TooManyFeatures(limit)));
        }
        reader.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for One<'_> {
    type Value = Feature;

    fn expecting(&self, told: &mut fmt::Formatter<'_>) -> fmt::Result {
        told.write_str("a feature")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Feature, A::Error> {
        let number = self.state.borrow().features;
        let mut feature = Feature { number, shape: None, properties: Map::new() };
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "geometry" => feature.shape = map.next_value_seed(Geometry { state: self.state })?,
                "properties" => feature.properties = map.next_value::<Option<_>>()?.unwrap_or_default(),
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(feature)
    }
}

struct Geometry<'a> {
    state: &'a RefCell<State>,
}

impl<'de> DeserializeSeed<'de> for Geometry<'_> {
    type Value = Option<Shape>;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Option<Shape>, D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Geometry<'_> {
    type Value = Option<Shape>;

    fn expecting(&self, told: &mut fmt::Formatter<'_>) -> fmt::Result {
        told.write_str("a geometry or null")
    }

    fn visit_unit<E>(self) -> Result<Option<Shape>, E> {
        Ok(None)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Option<Shape>, A::Error> {
        let (mut kind, mut coordinates) = (None, None);
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "type" => kind = Some(map.next_value::<String>()?),
                "coordinates" => coordinates = Some(map.next_value_seed(Nested { state: self.state, depth: 0 })?),
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        let feature = self.state.borrow().features;
        let shape = shape(kind.as_deref().unwrap_or_default(), coordinates);
        shape.map(Some).map_err(|why| stop(self.state, Fault::Shape { feature, why }))
    }
}

/// Coordinates as they nest.
enum Coordinates {
    Number(f64),
    Point(LngLat),
    List(Vec<Self>),
}

struct Nested<'a> {
    state: &'a RefCell<State>,
    depth: u8,
}

impl<'de> DeserializeSeed<'de> for Nested<'_> {
    type Value = Coordinates;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Coordinates, D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Nested<'_> {
    type Value = Coordinates;

    fn expecting(&self, told: &mut fmt::Formatter<'_>) -> fmt::Result {
        told.write_str("coordinates")
    }

    fn visit_f64<E>(self, number: f64) -> Result<Coordinates, E> {
        Ok(Coordinates::Number(number))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Coordinates, E> {
        Ok(Coordinates::Number(number as f64))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Coordinates, E> {
        Ok(Coordinates::Number(number as f64))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Coordinates, A::Error> {
        let feature = self.state.borrow().features;
        let misfit = || Fault::Shape { feature, why: ShapeFault::Coordinates };
        if self.depth > 4 {
            return Err(stop(self.state, misfit()));
        }
        let seed = || Nested { state: self.state, depth: self.depth + 1 };
        let mut members = Vec::new();
        while let Some(next) = list.next_element_seed(seed())? {
            match (next, members.first()) {
                (Coordinates::Number(lng), None) => {
                    let Some(Coordinates::Number(lat)) = list.next_element_seed(seed())? else {
                        return Err(stop(self.state, misfit()));
                    };
                    // Height and what else may follow.
                    while list.next_element::<IgnoredAny>()?.is_some() {}
                    let mut state = self.state.borrow_mut();
                    state.vertices += 1;
                    let limit = state.limits.vertices;
                    let many = state.vertices > limit;
                    drop(state);
                    if many {
                        return Err(stop(self.state, Fault::TooManyVertices(limit)));
                    }
                    return Ok(Coordinates::Point(LngLat::new(lng, lat)));
                }
                (Coordinates::Number(_), Some(_)) => return Err(stop(self.state, misfit())),
                (nested, _) => members.push(nested),
            }
        }
        Ok(Coordinates::List(members))
    }
}

fn shape(kind: &str, coordinates: Option<Coordinates>) -> Result<Shape, ShapeFault> {
    let coordinates =
        coordinates.ok_or(if kind == "GeometryCollection" { ShapeFault::Type } else { ShapeFault::Coordinates })?;
    match kind {
        "Point" => Ok(Shape::Point(point(coordinates)?)),
        "LineString" => Ok(Shape::Lines(vec![line(coordinates)?])),
        "MultiLineString" => Ok(Shape::Lines(list(coordinates, line)?)),
        "Polygon" => Ok(Shape::Area(vec![polygon(coordinates)?])),
        "MultiPolygon" => Ok(Shape::Area(list(coordinates, polygon)?)),
        _ => Err(ShapeFault::Type),
    }
}

fn list<T>(
    coordinates: Coordinates,
    each: impl FnMut(Coordinates) -> Result<T, ShapeFault>,
) -> Result<Vec<T>, ShapeFault> {
    match coordinates {
        Coordinates::List(members) if !members.is_empty() => members.into_iter().map(each).collect(),
        _ => Err(ShapeFault::Coordinates),
    }
}

fn point(coordinates: Coordinates) -> Result<LngLat, ShapeFault> {
    match coordinates {
        Coordinates::Point(point) => Ok(point),
        _ => Err(ShapeFault::Coordinates),
    }
}

fn line(coordinates: Coordinates) -> Result<Vec<LngLat>, ShapeFault> {
    let points = list(coordinates, point)?;
    if points.len() < 2 { Err(ShapeFault::Coordinates) } else { Ok(points) }
}

fn ring(coordinates: Coordinates) -> Result<Ring, ShapeFault> {
    let mut points = list(coordinates, point)?;
    if points.len() > 1 && points.first() == points.last() {
        points.pop();
    }
    if points.len() < 3 { Err(ShapeFault::Coordinates) } else { Ok(points) }
}

fn polygon(coordinates: Coordinates) -> Result<Polygon, ShapeFault> {
    let mut rings = list(coordinates, ring)?;
    let outer = rings.remove(0);
    Ok(Polygon { outer, holes: rings })
}

/// Seven decimal places, a centimetre: more is noise.
fn rounded(degrees: f64) -> f64 {
    (degrees * 1e7).round() / 1e7
}

/// A shape as the `geometry` of a feature.
pub fn geometry(shape: &Shape) -> Value {
    let point = |point: &LngLat| json!([rounded(point.lng), rounded(point.lat)]);
    let line = |points: &Vec<LngLat>| points.iter().map(point).collect::<Vec<_>>();
    let ring = |points: &Vec<LngLat>| points.iter().chain(points.first()).map(point).collect::<Vec<_>>();
    let polygon =
        |polygon: &Polygon| std::iter::once(&polygon.outer).chain(&polygon.holes).map(ring).collect::<Vec<_>>();
    match shape {
        Shape::Point(at) => json!({ "type": "Point", "coordinates": point(at) }),
        Shape::Lines(lines) => match lines.as_slice() {
            [one] => json!({ "type": "LineString", "coordinates": line(one) }),
            lines => json!({ "type": "MultiLineString", "coordinates": lines.iter().map(line).collect::<Vec<_>>() }),
        },
        Shape::Area(polygons) => match polygons.as_slice() {
            [one] => json!({ "type": "Polygon", "coordinates": polygon(one) }),
            many => json!({ "type": "MultiPolygon", "coordinates": many.iter().map(polygon).collect::<Vec<_>>() }),
        },
    }
}

/// Reads the text of one geometry, such as [`geometry`] wrote; none when it is no such text.
pub fn parse_geometry(text: &str) -> Option<Shape> {
    let state = RefCell::new(State { limits: Limits::default(), features: 1, vertices: 0, fault: None, seen: true });
    let mut reader = serde_json::Deserializer::from_str(text);
    Geometry { state: &state }.deserialize(&mut reader).ok().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str, limits: Limits) -> Result<Vec<Feature>, Fault> {
        let mut features = Vec::new();
        read(text.as_bytes(), &limits, &mut |feature| features.push(feature))?;
        Ok(features)
    }

    fn collection(geometry: &str) -> String {
        format!(
            r#"{{"type":"FeatureCollection","features":[{{"type":"Feature","properties":{{"编号":"1"}},"geometry":{geometry}}}]}}"#
        )
    }

    #[test]
    fn every_kind_of_geometry_comes_back_as_it_was() {
        for text in [
            r#"{"type":"Point","coordinates":[121.5,29.8]}"#,
            r#"{"type":"LineString","coordinates":[[121.5,29.8],[121.6,29.9]]}"#,
            r#"{"type":"MultiLineString","coordinates":[[[121.5,29.8],[121.6,29.9]],[[120.0,30.0],[120.1,30.0]]]}"#,
            r#"{"type":"Polygon","coordinates":[[[0.0,0.0],[4.0,0.0],[4.0,4.0],[0.0,0.0]],[[1.0,0.5],[2.0,0.5],[2.0,1.0],[1.0,0.5]]]}"#,
        ] {
            let features = all(&collection(text), Limits::default()).expect("good GeoJSON");
            let shape = features[0].shape.as_ref().expect("a shape");
            assert_eq!(geometry(shape).to_string(), text);
            assert_eq!(parse_geometry(text).as_ref(), Some(shape));
            assert_eq!(features[0].properties["编号"], "1");
        }
        assert_eq!(all(&collection("null"), Limits::default()).expect("null is allowed")[0].shape, None);
    }

    #[test]
    fn coordinates_may_stand_before_their_type_and_carry_heights() {
        let text = r#"{"coordinates":[121.5,29.8,12.5],"type":"Point"}"#;
        let features = all(&collection(text), Limits::default()).expect("good GeoJSON");
        assert_eq!(features[0].shape, Some(Shape::Point(LngLat::new(121.5, 29.8))));
    }

    #[test]
    fn bad_files_are_told_apart() {
        let shape = |why| Err(Fault::Shape { feature: 1, why });
        let limits = Limits::default();
        assert_eq!(all(&collection(r#"{"type":"MultiPoint","coordinates":[[1,2]]}"#), limits), shape(ShapeFault::Type));
        assert_eq!(
            all(&collection(r#"{"type":"GeometryCollection","geometries":[]}"#), limits),
            shape(ShapeFault::Type)
        );
        assert_eq!(all(&collection(r#"{"type":"Point","coordinates":[121]}"#), limits), shape(ShapeFault::Coordinates));
        assert_eq!(
            all(&collection(r#"{"type":"Polygon","coordinates":[[[0,0],[1,1]]]}"#), limits),
            shape(ShapeFault::Coordinates)
        );
        assert_eq!(
            all(&collection(r#"{"type":"Point","coordinates":[[[[[[[1,2]]]]]]]}"#), limits),
            shape(ShapeFault::Coordinates)
        );
        assert_eq!(all(r#"{"type":"Topology"}"#, limits), Err(Fault::NoCollection));
        assert!(matches!(all("{\"features\":[", limits), Err(Fault::Json { line: 1, .. })));
        assert!(matches!(all("", limits), Err(Fault::Json { .. })));
    }

    #[test]
    fn ten_million_points_are_refused_before_they_fill_the_memory() {
        /// A feature whose line never ends.
        struct Endless(Vec<u8>);
        impl Read for Endless {
            fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
                if self.0.is_empty() {
                    self.0 = b"[121.5,29.8],".to_vec();
                }
                let count = self.0.len().min(into.len());
                into[..count].copy_from_slice(&self.0[..count]);
                self.0.drain(..count);
                Ok(count)
            }
        }
        let start = br#"{"type":"FeatureCollection","features":[{"geometry":{"type":"LineString","coordinates":["#;
        let limits = Limits { features: 10, vertices: 50_000 };
        let outcome = read(std::io::BufReader::new(Endless(start.to_vec())), &limits, &mut |_| {});
        assert_eq!(outcome, Err(Fault::TooManyVertices(50_000)));
        let many = format!(r#"{{"features":[{}]}}"#, ["{}"; 11].join(","));
        assert_eq!(all(&many, limits), Err(Fault::TooManyFeatures(10)));
    }
}
