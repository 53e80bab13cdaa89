//! Areas: whether a point lies in one, how large it is, whether its line crosses itself.

use crate::shape::{EARTH, Polygon};
use crate::{BoundingBox, LngLat};

/// Whether the point lies in the polygon and in none of its holes; on the line itself either answer may come.
pub fn contains(polygon: &Polygon, point: LngLat) -> bool {
    ring_contains(&polygon.outer, point) && !polygon.holes.iter().any(|hole| ring_contains(hole, point))
}

/// Whether a ray from the point crosses the ring an odd number of times.
pub fn ring_contains(ring: &[LngLat], point: LngLat) -> bool {
    edges(ring).fold(false, |inside, (a, b)| {
        let spans = (a.lat > point.lat) != (b.lat > point.lat);
        let crosses = spans && point.lng < (b.lng - a.lng) * (point.lat - a.lat) / (b.lat - a.lat) + a.lng;
        inside != crosses
    })
}

/// Each side of a ring, the closing one too.
pub fn edges(ring: &[LngLat]) -> impl Iterator<Item = (LngLat, LngLat)> + '_ {
    let next = ring.iter().cycle().skip(1);
    ring.iter().copied().zip(next.copied())
}

/// Metres from a point to the line around a polygon; holes are not looked at. Meant for ways of up to some hundred
/// kilometres, over which the plane that touches the globe at the point will do.
pub fn metres_to(polygon: &Polygon, point: LngLat) -> f64 {
    let degree = EARTH.to_radians();
    let squeeze = point.lat.to_radians().cos();
    let flat = |at: LngLat| ((at.lng - point.lng) * squeeze * degree, (at.lat - point.lat) * degree);
    let near = |(a, b): (LngLat, LngLat)| crate::simplify::distance((0.0, 0.0), flat(a), flat(b));
    edges(&polygon.outer).map(near).fold(f64::INFINITY, f64::min)
}

/// Square metres of a polygon without its holes, on a sphere.
pub fn area(polygon: &Polygon) -> f64 {
    let holes: f64 = polygon.holes.iter().map(|hole| ring_area(hole).abs()).sum();
    (ring_area(&polygon.outer).abs() - holes).max(0.0)
}

/// Square metres within a ring: positive when it runs against the clock.
fn ring_area(ring: &[LngLat]) -> f64 {
    let sum: f64 = edges(ring)
        .map(|(a, b)| (b.lng - a.lng).to_radians() * (2.0 + a.lat.to_radians().sin() + b.lat.to_radians().sin()))
        .sum();
    -sum * EARTH * EARTH / 2.0
}

/// A point inside: the middle of the widest stretch that a line through the polygon's mean latitude has in it.
pub fn inner_point(polygon: &Polygon) -> Option<LngLat> {
    let bounds = BoundingBox::around(polygon.outer.iter().copied())?;
    let height = bounds.max.lat - bounds.min.lat;
    // A line through a corner counts it twice or not at all, so others are tried beside it.
    let widest = [0.5, 0.47, 0.53, 0.31, 0.71].into_iter().filter_map(|share| {
        let lat = bounds.min.lat + height * share;
        let rings = std::iter::once(&polygon.outer).chain(&polygon.holes);
        let mut crossings: Vec<f64> = rings
            .flat_map(|ring| edges(ring))
            .filter(|(a, b)| (a.lat > lat) != (b.lat > lat))
            .map(|(a, b)| (b.lng - a.lng) * (lat - a.lat) / (b.lat - a.lat) + a.lng)
            .collect();
        crossings.sort_by(f64::total_cmp);
        let stretches =
            crossings.chunks_exact(2).map(|pair| (pair[1] - pair[0], LngLat::new((pair[0] + pair[1]) / 2.0, lat)));
        stretches.max_by(|a, b| a.0.total_cmp(&b.0))
    });
    widest.max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, point)| point).or_else(|| polygon.outer.first().copied())
}

/// What is wrong with a ring.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum RingFault {
    /// Fewer than three different points.
    TooFew,
    /// Two of its sides cross near this point.
    Crosses(LngLat),
    /// So tangled that looking for crossings was given up.
    TooTangled,
}

/// Comparisons of two sides before a ring is called too tangled: a second or two.
const MOST_COMPARISONS: usize = 50_000_000;

/// Looks whether a ring bounds an area: at least three points and no two sides that cross.
///
/// Sides are swept from west to east, and only those whose longitudes overlap are compared, which for real boundaries is
/// a handful each.
///
/// # Errors
/// What is wrong with it.
pub fn check_ring(ring: &[LngLat]) -> Result<(), RingFault> {
    let mut different = ring.to_vec();
    different.dedup();
    if different.len() > 1 && different.first() == different.last() {
        different.pop();
    }
    if different.len() < 3 {
        return Err(RingFault::TooFew);
    }
    let sides: Vec<_> = edges(&different).collect();
    let count = sides.len();
    let west = |side: &(LngLat, LngLat)| side.0.lng.min(side.1.lng);
    let east = |side: &(LngLat, LngLat)| side.0.lng.max(side.1.lng);
    let mut order: Vec<usize> = (0..count).collect();
    order.sort_by(|a, b| west(&sides[*a]).total_cmp(&west(&sides[*b])));
    let mut comparisons = 0;
    let mut open: Vec<usize> = Vec::new();
    for at in order {
        let from = west(&sides[at]);
        open.retain(|other| east(&sides[*other]) >= from);
        comparisons += open.len();
        if comparisons > MOST_COMPARISONS {
            return Err(RingFault::TooTangled);
        }
        for other in &open {
            let neighbours = at.abs_diff(*other) == 1 || at.abs_diff(*other) == count - 1;
            if let Some(there) = cross(sides[at], sides[*other]).filter(|_| !neighbours) {
                return Err(RingFault::Crosses(there));
            }
        }
        open.push(at);
    }
    Ok(())
}

/// Where two sides cross, if it is at a point inside both.
fn cross((a, b): (LngLat, LngLat), (c, d): (LngLat, LngLat)) -> Option<LngLat> {
    if a.lat.max(b.lat) < c.lat.min(d.lat) || c.lat.max(d.lat) < a.lat.min(b.lat) {
        return None;
    }
    let turn = |p: LngLat, q: LngLat, r: LngLat| (q.lng - p.lng) * (r.lat - p.lat) - (q.lat - p.lat) * (r.lng - p.lng);
    let apart = |first: f64, second: f64| (first > 0.0 && second < 0.0) || (first < 0.0 && second > 0.0);
    let (from, to) = (turn(c, d, a), turn(c, d, b));
    if !apart(turn(a, b, c), turn(a, b, d)) || !apart(from, to) {
        return None;
    }
    let share = from / (from - to);
    Some(LngLat::new(a.lng + (b.lng - a.lng) * share, a.lat + (b.lat - a.lat) * share))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn ring(points: &[(f64, f64)]) -> Vec<LngLat> {
        points.iter().map(|(lng, lat)| LngLat::new(*lng, *lat)).collect()
    }

    #[test]
    fn holes_are_outside() {
        let outer = ring(&[(0., 0.), (4., 0.), (4., 4.), (0., 4.)]);
        let polygon = Polygon { outer, holes: vec![ring(&[(1., 1.), (2., 1.), (2., 2.), (1., 2.)])] };
        assert!(contains(&polygon, LngLat::new(3., 3.)));
        assert!(!contains(&polygon, LngLat::new(1.5, 1.5)));
        assert!(!contains(&polygon, LngLat::new(5., 1.)));
        let inside = inner_point(&polygon).expect("a point");
        assert!(contains(&polygon, inside), "{inside:?}");
    }

    #[test]
    fn a_square_degree_at_the_equator_has_its_known_size() {
        let polygon = Polygon { outer: ring(&[(0., -0.5), (1., -0.5), (1., 0.5), (0., 0.5)]), holes: vec![] };
        let square_kilometres = area(&polygon) / 1e6;
        assert!((square_kilometres - 12_363.7).abs() < 2.0, "{square_kilometres}");
    }

    #[test]
    fn the_way_to_the_line_is_measured_across_it() {
        let polygon = Polygon { outer: ring(&[(121., 29.), (122., 29.), (122., 30.), (121., 30.)]), holes: vec![] };
        let metres = metres_to(&polygon, LngLat::new(121.5, 30.1));
        assert!((metres - 11_119.5).abs() < 1.0, "{metres}");
        let inside = metres_to(&polygon, LngLat::new(121.1, 29.5));
        assert!((inside - 9_677.6).abs() < 5.0, "{inside}");
    }

    #[test]
    fn a_bow_tie_crosses_itself_and_a_square_does_not() {
        assert_eq!(check_ring(&ring(&[(0., 0.), (1., 0.), (1., 1.), (0., 1.), (0., 0.)])), Ok(()));
        let bow_tie = check_ring(&ring(&[(0., 0.), (1., 1.), (1., 0.), (0., 1.)]));
        assert_eq!(bow_tie, Err(RingFault::Crosses(LngLat::new(0.5, 0.5))), "told where the lines meet");
        assert_eq!(check_ring(&ring(&[(0., 0.), (1., 1.), (0., 0.)])), Err(RingFault::TooFew));
    }

    #[test]
    fn a_ring_with_all_sides_over_each_other_is_given_up() {
        // A comb of 12,000 teeth as wide as the whole: no two cross, and each overlaps every other.
        let teeth: Vec<LngLat> = (0_u32..12_000)
            .map(|at| LngLat::new(f64::from(at % 2), f64::from(at) / 1e6))
            // Back above and beside all teeth.
            .chain([LngLat::new(-1.0, 0.02), LngLat::new(-1.0, -0.01)])
            .collect();
        assert_eq!(check_ring(&teeth), Err(RingFault::TooTangled));
    }

    proptest! {
        #[test]
        fn stars_do_not_cross_themselves_and_hold_their_middle(spikes in proptest::collection::vec(0.1_f64..1.0, 3..60)) {
            let turn = std::f64::consts::TAU / spikes.len() as f64;
            let star: Vec<LngLat> = spikes.iter().enumerate()
                .map(|(at, far)| LngLat::new(120.0 + far * (turn * at as f64).cos(), 30.0 + far * (turn * at as f64).sin()))
                .collect();
            prop_assert_eq!(check_ring(&star), Ok(()));
            if star.len() > 3 {
                prop_assert!(ring_contains(&star, LngLat::new(120.0, 30.0)));
            }
            let polygon = Polygon { outer: star, holes: vec![] };
            prop_assert!(area(&polygon) > 0.0);
            let inside = inner_point(&polygon).expect("a point");
            prop_assert!(contains(&polygon, inside));
        }
    }
}
