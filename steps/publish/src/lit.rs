//! A board whose projects are lit: the figures of the ledger with the lights of `watch`, so that the public sees what the
//! office sees.

use std::collections::HashMap;

use ledger::board::Board;
use ledger::entries::View;
use ledger::tables::programmes::Model as Programme;
use sea_orm::ConnectionTrait;
use store::Result;
use uuid::Uuid;
use watch::rules::lights::Verdict;
use watch::state::{Lamps, finished_cut_off};

/// Why each project shows its light.
pub(crate) type Reasons = HashMap<Uuid, Verdict>;

/// A board with what its projects are lit by.
pub(crate) struct Lit {
    /// The board; projects and rows carry their lights.
    pub(crate) board: Board,
    /// What was planned, for the places below.
    pub(crate) lamps: Lamps,
    /// Why.
    pub(crate) why: Reasons,
}

impl Lit {
    /// The board of `programme` in `view`. Without a cut-off it opens at the programme's usual one; where none is set, at
    /// that of the last round that is complete, so that half a month's returns do not turn a light.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) async fn load<C: ConnectionTrait>(on: &C, mut programme: Programme, view: View) -> Result<Self> {
        let lamps = Lamps::load(on, programme.id, view.known).await?;
        let mut board = match view.cut_off {
            Some(_) => Board::load(on, programme, view).await?,
            None => {
                if programme.default_cut_off.is_none() {
                    programme.default_cut_off = finished_cut_off(on, programme.id, view.known).await?;
                }
                Board::open(on, programme, view.known).await?
            }
        };
        let why = lamps.light(&mut board);
        Ok(Self { board, lamps, why })
    }
}
