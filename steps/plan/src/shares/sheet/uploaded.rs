//! The rows of a small sheet, held in memory.

use crate::sheet::read::{Opening, Row, Take};

/// The most rows that a sheet of shares may have: more places than any division has.
const MOST: usize = 5_000;

/// What was read.
#[derive(Default)]
pub(super) struct Collected {
    /// The sheet's name.
    pub(super) sheet: String,
    /// Its rows; what lies behind the most that are taken is not read.
    pub(super) rows: Vec<Row>,
}

impl Take for Collected {
    fn open(&mut self, opening: Opening) {
        self.sheet = opening.sheet;
    }

    fn row(&mut self, row: Row, _: u64, _: u64) {
        if self.rows.len() < MOST {
            self.rows.push(row);
        }
    }
}
