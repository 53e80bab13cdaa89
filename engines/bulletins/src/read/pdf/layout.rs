//! Pieces of text to lines, cells and columns.

use super::page::Piece;

/// A line of a page, its pieces from left to right as they were drawn.
struct Row<'a> {
    pieces: Vec<&'a Piece>,
}

/// The text of a page.
pub(super) fn text(pieces: &[Piece]) -> String {
    let rows = rows(pieces);
    let mut text = String::new();
    match gutter(&rows) {
        Some(gutter) => {
            for left in [true, false] {
                for row in &rows {
                    let side: Vec<&Piece> =
                        row.pieces.iter().copied().filter(|piece| (piece.x < gutter) == left).collect();
                    write(&side, &mut text);
                }
            }
        }
        None => rows.iter().for_each(|row| write(&row.pieces, &mut text)),
    }
    text
}

/// Pieces that follow each other on one base line.
fn rows(pieces: &[Piece]) -> Vec<Row<'_>> {
    let mut rows: Vec<Row<'_>> = Vec::new();
    for piece in pieces {
        match rows.last_mut() {
            Some(row) if row.pieces.last().is_some_and(|last| (last.y - piece.y).abs() <= piece.height * 0.5) => {
                row.pieces.push(piece);
            }
            _ => rows.push(Row { pieces: vec![piece] }),
        }
    }
    rows
}

/// Writes a line, with a tab where a wide gap stands.
fn write(pieces: &[&Piece], text: &mut String) {
    let mut end: Option<f32> = None;
    for piece in pieces {
        if end.is_some_and(|end| piece.x > end + piece.height * 2.0) {
            text.push('\t');
        }
        text.push_str(&piece.words);
        // Pieces that overlap follow each other.
        end = Some(end.map_or(piece.end, |end| end.max(piece.end)));
    }
    if !pieces.is_empty() {
        text.push('\n');
    }
}

/// Rows that a page of two columns has at least.
const FEWEST_ROWS: usize = 6;

/// Characters that a line of a column has at least, on the average; cells of tables are shorter.
const SHORTEST_LINE: usize = 10;

/// Where two columns of prose part, if the page was drawn line by line across both: nearly all rows have one wide gap,
/// at one place, with lines of prose on both sides.
fn gutter(rows: &[Row<'_>]) -> Option<f32> {
    let mut gaps: Vec<(f32, f32)> = Vec::new();
    let (mut left, mut right) = (0, 0);
    for row in rows {
        let mut wide = row.pieces.windows(2).filter(|pair| pair[1].x > pair[0].end + pair[1].height * 1.2);
        let (Some(gap), None) = (wide.next(), wide.next()) else { continue };
        gaps.push((gap[0].end, gap[1].x));
        let letters = |wanted: bool| -> usize {
            let side = row.pieces.iter().filter(|piece| (piece.x < gap[1].x) == wanted);
            side.map(|piece| piece.words.chars().count()).sum()
        };
        left += letters(true);
        right += letters(false);
    }
    if gaps.len() < FEWEST_ROWS || gaps.len() * 10 < rows.len() * 6 {
        return None;
    }
    let from = gaps.iter().map(|gap| gap.0).fold(f32::MIN, f32::max);
    let to = gaps.iter().map(|gap| gap.1).fold(f32::MAX, f32::min);
    let prose = left.min(right) >= gaps.len() * SHORTEST_LINE;
    (prose && from < to).then_some(to - 0.01)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn piece(x: f32, y: f32, words: &str) -> Piece {
        Piece { x, end: x + words.chars().count() as f32 * 10.0, y, height: 10.0, words: words.to_owned() }
    }

    #[test]
    fn two_columns_are_read_one_after_the_other() {
        let mut pieces = Vec::new();
        for line in 0..8_u8 {
            let y = 700.0 - f32::from(line) * 14.0;
            pieces.push(piece(60.0, y, &format!("左栏第{line}行的文字有这么长")));
            pieces.push(piece(320.0, y, &format!("右栏第{line}行的文字有这么长")));
        }
        let text = text(&pieces);
        let order: Vec<char> = text.lines().filter_map(|line| line.chars().next()).collect();
        assert_eq!(order, ['左'; 8].into_iter().chain(['右'; 8]).collect::<Vec<_>>());
    }

    #[test]
    fn tables_keep_their_rows() {
        let mut pieces = Vec::new();
        for line in 0..8_u8 {
            let y = 700.0 - f32::from(line) * 14.0;
            pieces.push(piece(60.0, y, "公园"));
            pieces.push(piece(320.0, y, "12"));
        }
        assert!(text(&pieces).lines().all(|line| line == "公园\t12"));
    }
}
