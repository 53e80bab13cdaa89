//! Chance that can be had again: the same seed draws the same lots on every machine and in every version.

/// SplitMix64 (Steele, Lea, Flood 2014), written out because a library may change its streams between versions, and then
/// the generated year would change with it.
#[derive(Clone, Debug)]
pub(super) struct Chance(u64);

impl Chance {
    /// The stream of `seed`.
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A stream of its own for `what`, so that one part drawing more lots does not move those of another.
    pub(super) fn fork(&self, what: &str) -> Self {
        // FNV-1a, mixed with the seed.
        let name = what
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
        let mut fork = Self(self.0 ^ name);
        fork.next();
        fork
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from `from` to `to`, both included.
    pub(super) fn between(&mut self, from: i64, to: i64) -> i64 {
        let span = to.abs_diff(from).saturating_add(1);
        from.saturating_add_unsigned(self.next() % span)
    }

    /// Whether something with this chance in a thousand happens.
    pub(super) fn happens(&mut self, per_mille: i64) -> bool {
        self.between(1, 1_000) <= per_mille
    }

    /// An index below `length`, which must not be zero.
    pub(super) fn index(&mut self, length: usize) -> usize {
        usize::try_from(self.next() % (length as u64)).unwrap_or_default()
    }

    /// One of `all`; none of nothing.
    pub(super) fn one_of<'a, T>(&mut self, all: &'a [T]) -> Option<&'a T> {
        if all.is_empty() { None } else { all.get(self.index(all.len())) }
    }

    /// Puts `all` into any order.
    pub(super) fn shuffle<T>(&mut self, all: &mut [T]) {
        for last in (1..all.len()).rev() {
            all.swap(last, self.index(last + 1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The reference stream of seed 0, as published with the algorithm.
    #[test]
    fn the_stream_is_the_published_one() {
        let mut chance = Chance::new(0);
        assert_eq!([chance.next(), chance.next()], [0xe220_a839_7b1d_cdaf, 0x6e78_9e6a_a1b9_65f4]);
    }

    #[test]
    fn lots_stay_in_their_range() {
        let mut chance = Chance::new(7);
        assert!((0..1_000).all(|_| (3..=5).contains(&chance.between(3, 5))));
        let mut order = [0, 1, 2, 3, 4, 5];
        chance.shuffle(&mut order);
        order.sort_unstable();
        assert_eq!(order, [0, 1, 2, 3, 4, 5]);
    }
}
