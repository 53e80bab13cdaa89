//! An operator that exists nowhere: it serves the interface, its connectors follow a seeded course, and it can misbehave.
//!
//! For trials of a connection, for tests and for the demo; whatever it makes is labelled 演示数据.

pub mod fleet;
mod server;

pub use fleet::{Fleet, Town};
pub use server::{Misbehaviour, Simulator};

/// Lots that can be drawn again: SplitMix64 (Steele, Lea, Flood 2014), written out because a library may change its
/// streams between versions, and then every fleet would change with it.
#[derive(Clone, Debug)]
pub(crate) struct Lots(u64);

impl Lots {
    /// The lots of `seed` for the `index`th thing.
    pub(crate) fn of(seed: u64, index: u64) -> Self {
        let mut lots = Self(seed ^ index.wrapping_mul(0xd6e8_feb8_6659_fd93));
        lots.next();
        lots
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from `from` to `to`, both included.
    pub(crate) fn between(&mut self, from: i64, to: i64) -> i64 {
        from.saturating_add_unsigned(self.next() % (to.abs_diff(from) + 1))
    }

    /// One of `all`, which must not be empty.
    pub(crate) fn one_of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[usize::try_from(self.next() % all.len() as u64).unwrap_or_default()]
    }
}
