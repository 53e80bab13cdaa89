//! Every query of this step.

mod acts;
mod counts;
mod latest;
mod lines;
mod lists;
#[cfg(test)]
mod plans;
mod returns;
mod rounds;
mod settings;

pub(crate) use acts::{acts_of, add_acts};
pub use counts::{Late, Standing, approved_of, late_counts, standing_of};
pub use latest::{Latest, latest_approved};
pub(crate) use lines::{add_lines, lines_of, peers_of, previous_lines, write_lines};
pub use lists::{Listed, Wish};
pub(crate) use lists::{list, of_bodies, waiting};
pub(crate) use returns::{Change, add_returns, allow_late, change, lock, owed_at, previous_of, still_owed};
pub use returns::{find, of_round, with_keys};
pub(crate) use rounds::{add_round, close_round, lock_round};
pub use rounds::{find as find_round, of_programme as rounds_of, rounds_with_keys};
pub(crate) use settings::{settings_of, write_settings};
