//! Points, lines and areas in degrees.

use serde::{Deserialize, Serialize};

use crate::Crs;
use crate::polygon;

/// Mean radius of the earth in metres (IUGG).
pub(crate) const EARTH: f64 = 6_371_008.8;

/// A point in degrees.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LngLat {
    /// Degrees east.
    pub lng: f64,
    /// Degrees north.
    pub lat: f64,
}

impl LngLat {
    /// A point.
    pub const fn new(lng: f64, lat: f64) -> Self {
        Self { lng, lat }
    }

    /// Whether both are numbers on the globe.
    pub fn is_on_globe(self) -> bool {
        self.lng.is_finite() && self.lat.is_finite() && self.lng.abs() <= 180.0 && self.lat.abs() <= 90.0
    }

    /// Metres to `other` along a great circle (haversine).
    pub fn metres_to(self, other: Self) -> f64 {
        let (lat, other_lat) = (self.lat.to_radians(), other.lat.to_radians());
        let half_lat = ((other_lat - lat) / 2.0).sin();
        let half_lng = ((other.lng - self.lng).to_radians() / 2.0).sin();
        let chord = half_lat * half_lat + lat.cos() * other_lat.cos() * half_lng * half_lng;
        2.0 * EARTH * chord.clamp(0.0, 1.0).sqrt().asin()
    }

    /// Ten-millionths of a degree, about a centimetre, as tables keep them.
    pub fn to_e7(self) -> (i32, i32) {
        #[expect(clippy::cast_possible_truncation, reason = "180 degrees are 1.8e9, which fits; a cast saturates")]
        let stored = |degrees: f64| (degrees * 1e7).round() as i32;
        (stored(self.lng), stored(self.lat))
    }

    /// The point kept as ten-millionths of a degree.
    pub fn from_e7(lng: i32, lat: i32) -> Self {
        Self::new(f64::from(lng) / 1e7, f64::from(lat) / 1e7)
    }
}

/// The smallest upright box around something.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BoundingBox {
    /// The south-western corner.
    pub min: LngLat,
    /// The north-eastern corner.
    pub max: LngLat,
}

impl BoundingBox {
    /// The box around `points`; none around nothing.
    pub fn around(points: impl IntoIterator<Item = LngLat>) -> Option<Self> {
        points.into_iter().fold(None, |all: Option<Self>, point| {
            Some(match all {
                None => Self { min: point, max: point },
                Some(all) => Self {
                    min: LngLat::new(all.min.lng.min(point.lng), all.min.lat.min(point.lat)),
                    max: LngLat::new(all.max.lng.max(point.lng), all.max.lat.max(point.lat)),
                },
            })
        })
    }

    /// Whether the point lies in it or on its edge.
    pub fn contains(&self, point: LngLat) -> bool {
        (self.min.lng..=self.max.lng).contains(&point.lng) && (self.min.lat..=self.max.lat).contains(&point.lat)
    }

    /// Whether the two share a point.
    pub fn meets(&self, other: &Self) -> bool {
        self.min.lng <= other.max.lng
            && other.min.lng <= self.max.lng
            && self.min.lat <= other.max.lat
            && other.min.lat <= self.max.lat
    }

    /// The smallest box around both.
    #[must_use]
    pub fn with(&self, other: &Self) -> Self {
        Self {
            min: LngLat::new(self.min.lng.min(other.min.lng), self.min.lat.min(other.min.lat)),
            max: LngLat::new(self.max.lng.max(other.max.lng), self.max.lat.max(other.max.lat)),
        }
    }
}

/// A closed line: the first point is not repeated at the end.
pub type Ring = Vec<LngLat>;

/// An outer ring and the holes in it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Polygon {
    /// The ring around it.
    pub outer: Ring,
    /// What is cut out.
    pub holes: Vec<Ring>,
}

/// Where something is.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// At a point.
    Point(LngLat),
    /// Along lines.
    Lines(Vec<Vec<LngLat>>),
    /// Over areas.
    Area(Vec<Polygon>),
}

impl Shape {
    /// Every point of it.
    pub fn points(&self) -> Box<dyn Iterator<Item = LngLat> + '_> {
        match self {
            Self::Point(point) => Box::new(std::iter::once(*point)),
            Self::Lines(lines) => Box::new(lines.iter().flatten().copied()),
            Self::Area(polygons) => Box::new(
                polygons.iter().flat_map(|polygon| polygon.outer.iter().chain(polygon.holes.iter().flatten())).copied(),
            ),
        }
    }

    /// How many points it has.
    pub fn vertices(&self) -> usize {
        self.points().count()
    }

    /// The box around it.
    pub fn bounds(&self) -> Option<BoundingBox> {
        BoundingBox::around(self.points())
    }

    /// The same shape with every point changed.
    #[must_use]
    pub fn map(&self, change: impl Fn(LngLat) -> LngLat) -> Self {
        let line = |points: &Vec<LngLat>| points.iter().copied().map(&change).collect::<Vec<_>>();
        match self {
            Self::Point(point) => Self::Point(change(*point)),
            Self::Lines(lines) => Self::Lines(lines.iter().map(line).collect()),
            Self::Area(polygons) => Self::Area(
                polygons
                    .iter()
                    .map(|one| Polygon { outer: line(&one.outer), holes: one.holes.iter().map(line).collect() })
                    .collect(),
            ),
        }
    }

    /// The same shape, told in another system.
    #[must_use]
    pub fn between(&self, from: Crs, to: Crs) -> Self {
        if from == to { self.clone() } else { self.map(|point| to.of_wgs84(from.to_wgs84(point))) }
    }

    /// A point that stands for it: itself, the middle of the longest line, a point inside the largest area.
    pub fn anchor(&self) -> Option<LngLat> {
        match self {
            Self::Point(point) => Some(*point),
            Self::Lines(lines) => {
                let longest = lines.iter().max_by(|a, b| length(a).total_cmp(&length(b)))?;
                middle(longest)
            }
            Self::Area(polygons) => {
                let size = |polygon: &Polygon| polygon::area(polygon);
                let largest = polygons.iter().max_by(|a, b| size(a).total_cmp(&size(b)))?;
                polygon::inner_point(largest)
            }
        }
    }

    /// Whether the point lies in an area; a point or a line holds nothing.
    pub fn contains(&self, point: LngLat) -> bool {
        match self {
            Self::Area(polygons) => polygons.iter().any(|one| polygon::contains(one, point)),
            Self::Point(_) | Self::Lines(_) => false,
        }
    }
}

/// Metres along a line.
pub fn length(line: &[LngLat]) -> f64 {
    line.windows(2).map(|pair| pair[0].metres_to(pair[1])).sum()
}

/// The point half-way along a line.
fn middle(line: &[LngLat]) -> Option<LngLat> {
    let mut left = length(line) / 2.0;
    for pair in line.windows(2) {
        let step = pair[0].metres_to(pair[1]);
        if step >= left && step > 0.0 {
            let share = left / step;
            return Some(LngLat::new(
                pair[0].lng + (pair[1].lng - pair[0].lng) * share,
                pair[0].lat + (pair[1].lat - pair[0].lat) * share,
            ));
        }
        left -= step;
    }
    line.first().copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_anchored_half_way_and_an_area_inside() {
        let line = vec![LngLat::new(120.0, 30.0), LngLat::new(120.0, 30.1), LngLat::new(120.0, 30.3)];
        let anchor = Shape::Lines(vec![line]).anchor().expect("a line has a middle");
        assert!((anchor.lat - 30.15).abs() < 1e-6, "{anchor:?}");
        // A U: the mean of its corners lies in the notch.
        let ring = [(0., 0.), (3., 0.), (3., 3.), (2., 3.), (2., 0.2), (1., 0.2), (1., 3.), (0., 3.)];
        let outer = ring.map(|(x, y)| LngLat::new(x, y)).to_vec();
        let area = Shape::Area(vec![Polygon { outer, holes: vec![] }]);
        assert!(area.contains(area.anchor().expect("inside")));
        assert_eq!(Shape::Lines(vec![]).anchor(), None);
    }

    #[test]
    fn distances_agree_with_a_known_one() {
        // A degree along a meridian of this sphere.
        let degree = LngLat::new(121.0, 29.0).metres_to(LngLat::new(121.0, 30.0));
        assert!((degree - 111_195.08).abs() < 0.1, "{degree}");
    }
}
