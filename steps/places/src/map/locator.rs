//! Where a site lies within its county, as a small drawing: it needs no script, and it prints.

use askama::Template;
use askama::filters::HtmlSafe;
use maps::{LngLat, Shape, simplify};
use web::Frame;

use super::boundaries::Boundary;

/// Units of the drawing along its longer side.
const SIDE: f64 = 100.0;

/// The outline of a place with a dot in it.
#[derive(Clone, Debug, Template)]
#[template(path = "map/locator.html")]
pub(crate) struct Locator {
    width: f64,
    height: f64,
    outline: String,
    dot: (f64, f64),
    label: String,
}

impl HtmlSafe for Locator {}

impl Locator {
    /// The drawing of `at` within `place`; none where it lies outside the box of the place.
    pub(crate) fn of(f: &Frame, place: &Boundary, at: LngLat) -> Option<Self> {
        let Shape::Area(parts) = &place.shape else { return None };
        let bounds = place.bounds;
        if !bounds.contains(at) {
            return None;
        }
        // A degree of longitude is shorter than one of latitude; within a county as much everywhere.
        let narrow = f64::midpoint(bounds.min.lat, bounds.max.lat).to_radians().cos();
        let (wide, high) = ((bounds.max.lng - bounds.min.lng) * narrow, bounds.max.lat - bounds.min.lat);
        let scale = SIDE / wide.max(high).max(f64::EPSILON);
        let flat =
            |point: LngLat| ((point.lng - bounds.min.lng) * narrow * scale, (bounds.max.lat - point.lat) * scale);
        let mut outline = String::new();
        for part in parts {
            let ring: Vec<_> = part.outer.iter().copied().map(flat).collect();
            let ring = simplify::ring(&ring, 0.4);
            let points: Vec<String> = ring.iter().map(|(x, y)| format!("{x:.1} {y:.1}")).collect();
            // An island too small to be seen is given up.
            if !points.is_empty() {
                outline.extend(["M", &points.join("L"), "Z"]);
            }
        }
        let label = match f.lang {
            kernel::Lang::Zh => format!("在{}的位置", place.name),
            kernel::Lang::En => format!("Where it lies in {}", place.name),
        };
        Some(Self { width: wide * scale, height: high * scale, outline, dot: flat(at), label })
    }
}
