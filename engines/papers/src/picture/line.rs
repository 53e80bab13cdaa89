//! Values over time: a scale of round numbers, lines told apart by dashes and marks.

use super::{DONE, FAINT, LONGEST, LONGEST_SHORT, Picture, SIZE, Undrawn, label, length, words};
use crate::grid::{BLACK, Colour, WIDTH};
use crate::letters::{Letter, width};
use crate::sheet::Ink;
use crate::{ChartFault, Fonts, Line};

/// As many lines as can be told apart in grey.
const MOST: usize = 4;
/// The dashes and colours of the lines, in order.
const STYLES: [(&[f32], Colour); MOST] =
    [(&[], DONE), (&[6.0, 3.0], BLACK), (&[2.0, 2.0], DONE), (&[8.0, 3.0, 2.0, 3.0], Colour(0x70, 0x70, 0x6A))];
/// The height of the scale.
const SCALE: f32 = 150.0;
/// Above the scale: unit and key.
const HEAD: f32 = 22.0;
/// Below the scale: names of the points.
const FOOT: f32 = 22.0;
/// One line of the key.
const KEY: f32 = 16.0;

/// Draws a line chart.
pub(super) fn line(line: &Line, fonts: &Fonts) -> Result<Vec<Picture>, Undrawn> {
    check(line)?;
    let values: Vec<f32> = line.series.iter().flat_map(|series| &series.values).flatten().map(|v| length(*v)).collect();
    let scale = Scale::over(&values);
    let mut ink = Vec::new();
    let keys = key(line, fonts, &mut ink)?;
    let top = HEAD + keys;
    let marks: Vec<(f32, Vec<Letter>)> = scale
        .marks()
        .into_iter()
        .map(|mark| Ok((mark, label(fonts, &scale.printed(mark), LONGEST_SHORT * 2)?)))
        .collect::<Result<_, Undrawn>>()?;
    let left = marks.iter().map(|(_, text)| width(text) * SIZE).fold(0.0, f32::max) + 6.0;
    let right = WIDTH - 10.0;
    let y = |value: f32| top + SCALE * (1.0 - scale.share(value));
    ink.extend(words(&label(fonts, &line.unit, LONGEST_SHORT)?, 0.0, top - SIZE - 8.0));
    for (mark, text) in &marks {
        ink.push(Ink::rule((left, y(*mark)), (right, y(*mark)), 0.4, FAINT));
        ink.extend(words(text, left - 6.0 - width(text) * SIZE, y(*mark) - SIZE / 2.0));
    }
    let base = y(scale.from.max(0.0).min(scale.to));
    ink.push(Ink::rule((left, base), (right, base), 0.8, BLACK));
    let step = (right - left) / line.points.len() as f32;
    let x = |at: usize| left + step * (at as f32 + 0.5);
    names(line, fonts, &mut ink, top + SCALE + 5.0, x)?;
    for (series, (dashes, colour)) in line.series.iter().zip(STYLES) {
        let points = series.values.iter().enumerate().map(|(at, value)| value.map(|value| (x(at), y(length(value)))));
        let points: Vec<_> = points.collect();
        for stretch in points.split(Option::is_none) {
            let stretch: Vec<(f32, f32)> = stretch.iter().flatten().copied().collect();
            for (x, y) in &stretch {
                ink.push(Ink::rectangle(x - 1.8, y - 1.8, 3.6, 3.6, colour));
            }
            if stretch.len() > 1 {
                ink.push(Ink::Stroke { points: stretch, width: 1.4, colour, dashes: dashes.to_vec() });
            }
        }
    }
    Ok(vec![Picture { height: top + SCALE + FOOT, ink }])
}

fn check(line: &Line) -> Result<(), ChartFault> {
    if line.points.is_empty() || line.series.is_empty() {
        return Err(ChartFault::Empty);
    }
    if line.series.len() > MOST {
        return Err(ChartFault::ManySeries { most: MOST });
    }
    match line.series.iter().find(|series| series.values.len() != line.points.len()) {
        Some(series) => Err(ChartFault::UnevenSeries {
            series: series.name.clone(),
            values: series.values.len(),
            points: line.points.len(),
        }),
        None => Ok(()),
    }
}

/// The key, as many names to a line as fit; answers its height.
fn key(line: &Line, fonts: &Fonts, ink: &mut Vec<Ink>) -> Result<f32, Undrawn> {
    let (mut x, mut y) = (0.0, 0.0);
    for (series, (dashes, colour)) in line.series.iter().zip(STYLES) {
        let name = label(fonts, &series.name, LONGEST / 2)?;
        let wide = 34.0 + width(&name) * SIZE;
        if x > 0.0 && x + wide > WIDTH {
            x = 0.0;
            y += KEY;
        }
        let middle = y + 6.0;
        let points = vec![(x, middle), (x + 28.0, middle)];
        ink.push(Ink::Stroke { points, width: 1.4, colour, dashes: dashes.to_vec() });
        ink.push(Ink::rectangle(x + 12.2, middle - 1.8, 3.6, 3.6, colour));
        ink.extend(words(&name, x + 34.0, y));
        x += wide + 20.0;
    }
    Ok(y + KEY)
}

/// The names of the points, every second or third where all would touch.
fn names(line: &Line, fonts: &Fonts, ink: &mut Vec<Ink>, top: f32, x: impl Fn(usize) -> f32) -> Result<(), Undrawn> {
    let names = line.points.iter().map(|point| label(fonts, point, LONGEST_SHORT));
    let names: Vec<Vec<Letter>> = names.collect::<Result<_, _>>()?;
    let longest = names.iter().map(|name| width(name) * SIZE).fold(0.0, f32::max) + 4.0;
    let step = if names.len() > 1 { x(1) - x(0) } else { WIDTH };
    let every = (longest / step).ceil().max(1.0) as usize;
    for (at, name) in names.iter().enumerate().filter(|(at, _)| at % every == 0) {
        let centred = x(at) - width(name) * SIZE / 2.0;
        ink.extend(words(name, centred.clamp(0.0, (WIDTH - width(name) * SIZE).max(0.0)), top));
    }
    Ok(())
}

/// A scale from one round number to another.
struct Scale {
    from: f32,
    to: f32,
    step: f32,
}

impl Scale {
    /// The scale that holds the values, and zero where they lie near it.
    fn over(values: &[f32]) -> Self {
        let least = values.iter().copied().fold(f32::INFINITY, f32::min);
        let most = values.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let (least, most) = if values.is_empty() { (0.0, 1.0) } else { (least.min(0.0), most.max(0.0)) };
        let reach = if most > least { most - least } else { 1.0 };
        let power = 10_f32.powf((reach / 4.0).log10().floor());
        let step = [1.0, 2.0, 2.5, 5.0, 10.0].into_iter().map(|step| step * power);
        let step = step.clone().find(|step| reach / step <= 5.0).unwrap_or(10.0 * power);
        let (from, to) = ((least / step).floor() * step, (most / step).ceil() * step);
        Self { from, to: if to > from { to } else { from + step }, step }
    }

    fn marks(&self) -> Vec<f32> {
        let count = ((self.to - self.from) / self.step).round() as usize;
        (0..=count).map(|at| self.from + self.step * at as f32).collect()
    }

    fn printed(&self, mark: f32) -> String {
        let decimals =
            if self.step >= 1.0 && self.step.fract() == 0.0 { 0.0 } else { (-self.step.log10()).ceil() + 1.0 };
        let printed = format!("{mark:.0$}", decimals.clamp(0.0, 6.0) as usize);
        if printed.contains('.') { printed.trim_end_matches('0').trim_end_matches('.').to_owned() } else { printed }
    }

    fn share(&self, value: f32) -> f32 {
        ((value - self.from) / (self.to - self.from)).clamp(0.0, 1.0)
    }
}
