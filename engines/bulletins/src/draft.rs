//! A figure on its way from numeral to finding.

use crate::candidates::Candidate;
use crate::cutoffs::CutOff;
use crate::finding::{Basis, Belonging};
use crate::flows::Nature;

/// A figure with what has been read around it so far.
pub(crate) struct Draft {
    pub(crate) candidate: Candidate,
    /// The index of its line.
    pub(crate) line: usize,
    pub(crate) nature: Nature,
    /// The words in front of it, back to the clause's start or the figure before.
    pub(crate) before: String,
    pub(crate) indicator: String,
    /// The other indicators that its numeral stands for: “A、B均居首位”.
    pub(crate) twins: Vec<String>,
    /// It stands in quotation marks that name a target.
    pub(crate) quoted: bool,
    /// It stands in a cell of a table.
    pub(crate) in_table: bool,
    pub(crate) cut_off: Option<CutOff>,
    pub(crate) basis: Basis,
    pub(crate) place: Option<String>,
    pub(crate) parent: Option<usize>,
    pub(crate) relation: Option<Belonging>,
}
