//! How wide the columns of a table are.

use crate::{Align, Column};

/// The narrowest column, in characters.
const NARROWEST: f32 = 2.0;

/// Parts of a whole for each column, from the widths that its heading and its widest cell ask for, all in the same unit
/// (the width of a character). `whole` is what there is, `beside` what each cell leaves blank.
///
/// A column gets what its longest line asks for. Where that is too much, columns of numbers keep it and columns of words
/// share what is left; where it is less, what is left over is shared by what each has.
pub(crate) fn widths(columns: &[Column], asked: &[(f32, f32)], whole: f32, beside: f32) -> Vec<f32> {
    let asks = columns.iter().zip(asked).map(|(column, (heading, cells))| {
        // A heading may take two lines before it widens a column of short numbers.
        let heading = if column.align == Align::Right { heading / 2.0 + 0.5 } else { *heading };
        cells.max(heading).max(NARROWEST) + beside
    });
    let asks: Vec<f32> = asks.collect();
    let sum: f32 = asks.iter().sum();
    if sum <= whole {
        return asks.iter().map(|ask| ask * whole / sum).collect();
    }
    let words: Vec<bool> = columns.iter().map(|column| column.align == Align::Left).collect();
    let kept: f32 = asks.iter().zip(&words).filter(|(_, words)| !**words).map(|(ask, _)| ask).sum();
    // The root lets a column of long sentences have more, but not everything.
    let shared: f32 = asks.iter().zip(&words).filter(|(_, words)| **words).map(|(ask, _)| ask.sqrt()).sum();
    if shared > 0.0 && kept < whole / 2.0 {
        let left = whole - kept;
        let share = |(ask, words): (&f32, &bool)| if *words { left * ask.sqrt() / shared } else { *ask };
        return asks.iter().zip(&words).map(share).collect();
    }
    let shared: f32 = asks.iter().map(|ask| ask.sqrt()).sum();
    asks.iter().map(|ask| whole * ask.sqrt() / shared).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_fill_the_whole_and_numbers_keep_what_they_need() {
        let columns = [Column::words("项目"), Column::words("说明"), Column::numbers("完成数")];
        let set = widths(&columns, &[(2.0, 6.0), (2.0, 60.0), (3.0, 4.0)], 28.0, 1.0);
        assert!((set.iter().sum::<f32>() - 28.0).abs() < 0.01, "{set:?}");
        assert!((set[2] - 5.0).abs() < 0.01, "{set:?}");
        assert!(set[1] > 2.0 * set[0] && set[0] > 5.0, "{set:?}");
    }

    #[test]
    fn what_is_left_over_is_shared() {
        let set = widths(&[Column::words("甲"), Column::numbers("乙")], &[(1.0, 4.0), (1.0, 4.0)], 28.0, 0.0);
        assert_eq!(set, [14.0, 14.0]);
    }
}
