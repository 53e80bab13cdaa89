//! Pieces of text to lines, cells and columns.

use super::page::Piece;

/// A line of a page, its pieces from left to right as they were drawn.
struct Row<'a> {
    pieces: Vec<&'a Piece>,
    /// Where the rightmost of them ends.
    end: f32,
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

impl<'a> Row<'a> {
    fn of(piece: &'a Piece) -> Self {
        Self { pieces: vec![piece], end: piece.end }
    }

    fn push(&mut self, piece: &'a Piece) {
        self.pieces.push(piece);
        self.end = self.end.max(piece.end);
    }

    /// Its last base line.
    fn y(&self) -> f32 {
        self.pieces.last().map_or(0.0, |piece| piece.y)
    }
}

/// Pieces that follow each other on one base line, or in one row of a table.
fn rows(pieces: &[Piece]) -> Vec<Row<'_>> {
    let mut rows: Vec<Row<'_>> = Vec::new();
    for piece in pieces {
        let lines = lines_of_a_cell(&rows, piece);
        if lines > 1 {
            // The first line takes the others in: a row of many cells is not moved for each of them.
            let others = rows.split_off(rows.len() + 1 - lines);
            if let Some(first) = rows.last_mut() {
                others.into_iter().flat_map(|row| row.pieces).for_each(|piece| first.push(piece));
            }
        }
        match rows.last_mut() {
            Some(row) if lines > 0 || (row.y() - piece.y).abs() <= piece.height * 0.5 => row.push(piece),
            _ => rows.push(Row::of(piece)),
        }
    }
    rows
}

/// Lines that a cell has at most.
const MOST_LINES: u8 = 8;

/// How many of the last rows are the lines of one cell beside which `piece` is the next: it goes up again, to the right of
/// all of them. Cells stand in the middle of their row, or all at its top.
fn lines_of_a_cell(rows: &[Row<'_>], piece: &Piece) -> usize {
    let near = piece.height * 0.5;
    let highest = piece.height * f32::from(MOST_LINES);
    let beside = |row: &&Row<'_>| row.end <= piece.x && (row.y() - piece.y).abs() <= highest;
    let last = || rows.iter().rev().take(usize::from(MOST_LINES)).take_while(beside);
    let below = last().take_while(|row| row.y() < piece.y - near).count();
    if below == 0 {
        return 0;
    }
    let level = last().skip(below).take_while(|row| (row.y() - piece.y).abs() <= near).count();
    let above = last().skip(below + level).take(below).take_while(|row| row.y() > piece.y).count();
    // Beside nothing on a level and nothing above, it is another column of the page, not of a table.
    if level + above == 0 { 0 } else { below + level + above }
}

/// So many times the height of letters is a gap between cells; between words of a line there is less.
const CELL_GAP: f32 = 0.6;

/// Writes a line, with a tab where a wide gap stands.
fn write(pieces: &[&Piece], text: &mut String) {
    let mut end: Option<f32> = None;
    for piece in pieces {
        if end.is_some_and(|end| piece.x > end + piece.height * CELL_GAP) {
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

    #[test]
    fn a_cell_of_several_lines_stays_in_its_row() {
        let row = |y: f32, name: [&str; 2], done: &str| {
            [piece(60.0, y + 7.0, name[0]), piece(60.0, y - 7.0, name[1]), piece(120.0, y, done), piece(160.0, y, "%")]
        };
        let mut pieces = row(700.0, ["新建", "公园"], "12").to_vec();
        pieces.extend(row(660.0, ["改造", "道路"], "7"));
        assert_eq!(text(&pieces), "新建公园\t12\t%\n改造道路\t7\t%\n");
        // At the top of their row.
        let pieces = [
            piece(60.0, 700.0, "整治"),
            piece(60.0, 686.0, "河道"),
            piece(120.0, 700.0, "5"),
            piece(60.0, 660.0, "清淤"),
            piece(120.0, 660.0, "9"),
        ];
        assert_eq!(text(&pieces), "整治河道\t5\n清淤\t9\n");
    }
}
