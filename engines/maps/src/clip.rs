//! Cutting lines and rings to a square, so that a tile carries what it shows and no more.

use crate::simplify::Flat;

/// The square from `-margin` to `side + margin` on both axes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Square {
    low: f64,
    high: f64,
}

impl Square {
    /// A square of `side` with a margin around it.
    pub fn new(side: f64, margin: f64) -> Self {
        Self { low: -margin, high: side + margin }
    }

    /// Whether the point lies in it.
    pub fn contains(&self, (x, y): Flat) -> bool {
        (self.low..=self.high).contains(&x) && (self.low..=self.high).contains(&y)
    }

    /// The parts of a line within it.
    pub fn line(&self, points: &[Flat]) -> Vec<Vec<Flat>> {
        let mut parts: Vec<Vec<Flat>> = Vec::new();
        let mut open = false;
        for pair in points.windows(2) {
            let Some((from, to)) = self.stretch(pair[0], pair[1]) else {
                open = false;
                continue;
            };
            let goes_on = open && parts.last().and_then(|part| part.last()) == Some(&from);
            match parts.last_mut().filter(|_| goes_on) {
                Some(part) => part.push(to),
                None => parts.push(vec![from, to]),
            }
            open = to == pair[1];
        }
        parts
    }

    /// The part of a straight stretch within it (Liang–Barsky).
    fn stretch(&self, from: Flat, to: Flat) -> Option<(Flat, Flat)> {
        let (dx, dy) = (to.0 - from.0, to.1 - from.1);
        let (mut enters, mut leaves) = (0.0_f64, 1.0_f64);
        let sides =
            [(-dx, from.0 - self.low), (dx, self.high - from.0), (-dy, from.1 - self.low), (dy, self.high - from.1)];
        for (step, room) in sides {
            if step == 0.0 {
                if room < 0.0 {
                    return None;
                }
            } else if step < 0.0 {
                enters = enters.max(room / step);
            } else {
                leaves = leaves.min(room / step);
            }
        }
        if enters > leaves {
            return None;
        }
        let at = |share: f64| (from.0 + dx * share, from.1 + dy * share);
        let from = if enters > 0.0 { at(enters) } else { from };
        Some((from, if leaves < 1.0 { at(leaves) } else { to }))
    }

    /// The part of a ring within it (Sutherland–Hodgman); parts that fall apart stay joined along the square's sides.
    pub fn ring(&self, points: &[Flat]) -> Vec<Flat> {
        let low = |value: f64| value - self.low;
        let high = |value: f64| self.high - value;
        let west = half(points, |point| low(point.0));
        let east = half(&west, |point| high(point.0));
        let north = half(&east, |point| low(point.1));
        half(&north, |point| high(point.1))
    }
}

/// The part of a ring where `depth` is not negative.
fn half(points: &[Flat], depth: impl Fn(Flat) -> f64) -> Vec<Flat> {
    let mut kept = Vec::with_capacity(points.len());
    for (at, point) in points.iter().enumerate() {
        let before = points[(at + points.len() - 1) % points.len()];
        let (was, is) = (depth(before), depth(*point));
        if (was < 0.0) != (is < 0.0) {
            let share = was / (was - is);
            kept.push((before.0 + (point.0 - before.0) * share, before.1 + (point.1 - before.1) * share));
        }
        if is >= 0.0 {
            kept.push(*point);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_line_that_leaves_and_comes_back_is_two() {
        let square = Square::new(10.0, 0.0);
        let parts = square.line(&[(2., 2.), (12., 2.), (12., 4.), (2., 4.)]);
        assert_eq!(parts, vec![vec![(2., 2.), (10., 2.)], vec![(10., 4.), (2., 4.)]]);
        assert_eq!(square.line(&[(-5., -1.), (20., -1.)]), Vec::<Vec<Flat>>::new());
    }

    #[test]
    fn a_ring_around_the_square_becomes_the_square() {
        let ring = Square::new(10.0, 1.0).ring(&[(-50., -50.), (50., -50.), (50., 50.), (-50., 50.)]);
        let mut corners = ring;
        corners.sort_by(|a, b| a.partial_cmp(b).expect("numbers"));
        assert_eq!(corners, vec![(-1., -1.), (-1., 11.), (11., -1.), (11., 11.)]);
    }

    proptest! {
        #[test]
        fn nothing_sticks_out(points in proptest::collection::vec((-30.0_f64..30.0, -30.0_f64..30.0), 0..40)) {
            let square = Square::new(10.0, 1.0);
            let wide = Square::new(10.0, 1.000_001);
            prop_assert!(square.ring(&points).into_iter().all(|point| wide.contains(point)));
            prop_assert!(square.line(&points).into_iter().flatten().all(|point| wide.contains(point)));
        }
    }
}
