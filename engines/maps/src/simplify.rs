//! Fewer points for the same look (Douglas–Peucker).

/// A point of a plane, in whatever unit.
pub type Flat = (f64, f64);

/// The points of an open line that are needed so that none of those left out lies farther than `tolerance` from it. The
/// ends stay.
pub fn line(points: &[Flat], tolerance: f64) -> Vec<Flat> {
    if points.len() < 3 {
        return points.to_vec();
    }
    let mut keep = vec![false; points.len()];
    keep[0] = true;
    keep[points.len() - 1] = true;
    let mut open = vec![(0, points.len() - 1)];
    while let Some((from, to)) = open.pop() {
        let farthest = (from + 1..to)
            .map(|at| (at, distance(points[at], points[from], points[to])))
            .max_by(|a, b| a.1.total_cmp(&b.1));
        if let Some((at, _)) = farthest.filter(|(_, distance)| *distance > tolerance) {
            keep[at] = true;
            open.extend([(from, at), (at, to)]);
        }
    }
    points.iter().zip(keep).filter_map(|(point, keep)| keep.then_some(*point)).collect()
}

/// The same for a ring whose first point is not repeated; what shrinks to a line is given up.
pub fn ring(points: &[Flat], tolerance: f64) -> Vec<Flat> {
    if points.len() < 4 {
        return points.to_vec();
    }
    // The point farthest from the first one is on the outside, so both stay and the ring is two lines.
    let far = |point: &Flat| (point.0 - points[0].0).hypot(point.1 - points[0].1);
    let opposite = (1..points.len()).max_by(|a, b| far(&points[*a]).total_cmp(&far(&points[*b]))).unwrap_or(1);
    let mut there = line(&points[..=opposite], tolerance);
    let back: Vec<Flat> = points[opposite..].iter().chain(&points[..1]).copied().collect();
    let back = line(&back, tolerance);
    there.extend(&back[1..back.len() - 1]);
    if there.len() < 3 { Vec::new() } else { there }
}

/// From a point to a stretch of a line.
pub(crate) fn distance(point: Flat, from: Flat, to: Flat) -> f64 {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let length = dx * dx + dy * dy;
    let along = if length > 0.0 { ((point.0 - from.0) * dx + (point.1 - from.1) * dy) / length } else { 0.0 };
    let along = along.clamp(0.0, 1.0);
    (point.0 - from.0 - along * dx).hypot(point.1 - from.1 - along * dy)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn straight_parts_lose_their_points_and_corners_stay() {
        let square = [(0., 0.), (1., 0.), (2., 0.), (2., 2.), (1., 2.001), (0., 2.)];
        assert_eq!(ring(&square, 0.01), vec![(0., 0.), (2., 0.), (2., 2.), (0., 2.)]);
        assert!(ring(&[(0., 0.), (1., 0.), (2., 0.), (1., 0.001)], 0.01).is_empty());
    }

    proptest! {
        #[test]
        fn nothing_left_out_lies_far(points in proptest::collection::vec((-10.0_f64..10.0, -10.0_f64..10.0), 2..60), tolerance in 0.0_f64..3.0) {
            let kept = line(&points, tolerance);
            prop_assert_eq!(kept.first(), points.first());
            prop_assert_eq!(kept.last(), points.last());
            for point in &points {
                let nearest = kept.windows(2).map(|pair| distance(*point, pair[0], pair[1])).fold(f64::MAX, f64::min);
                prop_assert!(nearest <= tolerance + 1e-9 || kept.contains(point));
            }
        }
    }
}
