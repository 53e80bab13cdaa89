//! Rows of bars: progress against the schedule, and amounts.

use super::{
    DONE, FAINT, HIGHEST, LONGEST, LONGEST_SHORT, Picture, SETTING, SIZE, TRACK, Undrawn, label, length, words,
};
use crate::grid::{BLACK, WIDTH};
use crate::letters::{Letter, width};
use crate::lines::lines;
use crate::sheet::Ink;
use crate::{Bar, Bullet, ChartFault, Fonts};

/// The least height of a row.
const ROW: f32 = 20.0;
/// From one line of a label to the next.
const LEADING: f32 = 13.0;
/// Between labels, bars and figures.
const GAP: f32 = 8.0;
/// The part of the width that labels may take.
const LABELS: f32 = 0.4;
/// Thickness of a bar.
const BAR: f32 = 9.0;
/// Above the first row and below the last.
const MARGIN: f32 = 6.0;
/// What a scale and a key take.
const SCALE_AND_KEY: f32 = 34.0;

/// One row, ready to be drawn.
struct Row {
    label: Vec<Letter>,
    printed: Vec<Letter>,
    /// Length of the bar, as a share of the whole width; nothing where nothing was reported.
    bar: Option<f32>,
    tick: Option<f32>,
}

/// Progress against the schedule.
pub(super) fn bullets(bullets: &[Bullet], fonts: &Fonts) -> Result<Vec<Picture>, Undrawn> {
    let figures = bullets.iter().flat_map(|bullet| [bullet.done, bullet.schedule]).flatten().map(length);
    let whole = figures.fold(100.0, f32::max);
    let rows = bullets.iter().map(|bullet| {
        let share = |value: rust_decimal::Decimal| (length(value) / whole).clamp(0.0, 1.0);
        Ok(Row {
            label: label(fonts, &bullet.label, LONGEST)?,
            printed: label(fonts, &bullet.printed, LONGEST_SHORT)?,
            bar: bullet.done.map(share),
            tick: bullet.schedule.map(share),
        })
    });
    let rows: Vec<Row> = rows.collect::<Result<_, Undrawn>>()?;
    let scheduled = bullets.iter().any(|bullet| bullet.schedule.is_some());
    draw(&rows, SCALE_AND_KEY, |ink, columns, bottom| {
        for percent in [0.0, 50.0, 100.0] {
            let text = label(fonts, &format!("{percent}%"), LONGEST_SHORT)?;
            let x = columns.start + columns.length * percent / whole;
            ink.push(Ink::rule((x, bottom), (x, bottom + 3.0), 0.5, BLACK));
            ink.extend(words(&text, x - width(&text) * SIZE / 2.0, bottom + 4.0));
        }
        let key = bottom + 20.0;
        let done = label(fonts, "完成进度", LONGEST_SHORT)?;
        ink.push(Ink::rectangle(columns.start, key + 2.0, 16.0, BAR - 2.0, DONE));
        ink.extend(words(&done, columns.start + 20.0, key));
        if scheduled {
            let tick = label(fonts, "序时进度", LONGEST_SHORT)?;
            let x = columns.start + 90.0;
            ink.push(Ink::rule((x, key - 1.0), (x, key + 12.0), 1.8, BLACK));
            ink.extend(words(&tick, x + 6.0, key));
        }
        Ok(())
    })
}

/// Amounts, as long as the largest allows.
pub(super) fn bars(bars: &[Bar], fonts: &Fonts) -> Result<Vec<Picture>, Undrawn> {
    let whole = bars.iter().filter_map(|bar| bar.value).map(length).fold(0.0, f32::max);
    let rows = bars.iter().map(|bar| {
        let share = |value| if whole > 0.0 { (length(value) / whole).clamp(0.0, 1.0) } else { 0.0 };
        Ok(Row {
            label: label(fonts, &bar.label, LONGEST)?,
            printed: label(fonts, &bar.printed, LONGEST_SHORT)?,
            bar: bar.value.map(share),
            tick: None,
        })
    });
    let rows: Vec<Row> = rows.collect::<Result<_, Undrawn>>()?;
    draw(&rows, MARGIN, |_, _, _| Ok(()))
}

/// Where the bars stand.
struct Columns {
    start: f32,
    length: f32,
}

/// Draws rows, as many to a picture as fit; `foot` adds what stands below the last row of each and is `below` high.
fn draw(
    rows: &[Row],
    below: f32,
    foot: impl Fn(&mut Vec<Ink>, &Columns, f32) -> Result<(), Undrawn>,
) -> Result<Vec<Picture>, Undrawn> {
    if rows.is_empty() {
        return Err(ChartFault::Empty.into());
    }
    let tracked = rows.iter().any(|row| row.tick.is_some());
    let longest = |of: fn(&Row) -> &Vec<Letter>| rows.iter().map(|row| width(of(row)) * SIZE).fold(0.0, f32::max);
    let labels = longest(|row| &row.label).min(WIDTH * LABELS);
    let printed = longest(|row| &row.printed);
    let columns = Columns { start: labels + GAP, length: WIDTH - labels - printed - 2.0 * GAP };
    let mut pictures = Vec::new();
    let (mut ink, mut y) = (Vec::new(), MARGIN);
    for row in rows {
        let set = lines(&row.label, labels / SIZE + 0.02, labels / SIZE + 0.02, false);
        let height = (set.len() as f32 * LEADING + 6.0).max(ROW);
        if y + height + below > HIGHEST {
            foot(&mut ink, &columns, y)?;
            pictures.push(Picture { height: y + below, ink: std::mem::take(&mut ink) });
            y = MARGIN;
        }
        let middle = y + height / 2.0;
        let top = middle - set.len() as f32 * LEADING / 2.0 + (LEADING - SIZE) / 2.0;
        for (at, line) in set.iter().enumerate() {
            ink.push(Ink::line(&row.label, line, 0.0, top + at as f32 * LEADING, SETTING));
        }
        if tracked {
            ink.push(Ink::rectangle(columns.start, middle - 7.0, columns.length, 14.0, TRACK));
        }
        match row.bar {
            Some(bar) => ink.push(Ink::rectangle(columns.start, middle - BAR / 2.0, columns.length * bar, BAR, DONE)),
            // Missing is not zero: a dashed line where the bar would be.
            None => ink.push(Ink::Stroke {
                points: vec![(columns.start, middle), (columns.start + columns.length, middle)],
                width: 0.6,
                colour: FAINT,
                dashes: vec![2.0, 2.0],
            }),
        }
        if let Some(tick) = row.tick {
            let x = columns.start + columns.length * tick;
            ink.push(Ink::rule((x, middle - 8.5), (x, middle + 8.5), 1.8, BLACK));
        }
        // A figure stands behind its bar, those of progress below each other.
        let behind = if tracked { columns.length } else { columns.length * row.bar.unwrap_or(1.0) };
        ink.extend(words(&row.printed, columns.start + behind + GAP, middle - SIZE / 2.0));
        y += height;
    }
    ink.push(Ink::rule((columns.start, MARGIN), (columns.start, y), 0.8, BLACK));
    foot(&mut ink, &columns, y)?;
    pictures.push(Picture { height: y + below, ink });
    Ok(pictures)
}
