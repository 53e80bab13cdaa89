//! Tables: rows of cells parted by | or tabs, and lines of the form label：number.

use std::ops::Range;
use std::sync::OnceLock;

use figures::{Magnitude, Qualifier, parse_number};
use regex::Regex;

use crate::candidates::{Candidate, Class};
use crate::cutoffs::{self, CutOff, Year};
use crate::finding::{Basis, Flow, Kind};
use crate::flows::Nature;
use crate::layout::{Line, Shape};
use crate::lexicon::{UnitKind, lexicon};
use crate::places::as_place;

/// The figures of all tables, and where cells stand that hold nothing but a number.
pub(crate) struct Tables {
    pub(crate) cells: Vec<Cell>,
    /// Cells and columns whose digits are no figures of their own in prose, in order.
    owned: Vec<Range<usize>>,
}

impl Tables {
    /// Whether a byte lies in a cell that was read as a number.
    pub(crate) fn owns(&self, at: usize) -> bool {
        let before = self.owned.partition_point(|range| range.start <= at);
        before > 0 && self.owned[before - 1].contains(&at)
    }
}

/// A number in a cell.
pub(crate) struct Cell {
    pub(crate) candidate: Candidate,
    pub(crate) nature: Nature,
    /// Label of the row and heading of the column.
    pub(crate) label: String,
    pub(crate) place: Option<String>,
    /// The day that its row prints in a column of days.
    day: Option<CutOff>,
    /// Where the heading of its column stands.
    heading: Range<usize>,
}

impl Cell {
    /// The cut-off printed in the row, or in the heading of the column.
    pub(crate) fn cut_off<'a>(&'a self, cut_offs: &'a [CutOff]) -> Option<(&'a CutOff, Basis)> {
        let first = cut_offs.partition_point(|cut_off| cut_off.place.start < self.heading.start);
        let headed = cut_offs.get(first).filter(|cut_off| cut_off.place.start < self.heading.end);
        self.day.as_ref().map(|day| (day, Basis::Printed)).or(headed.map(|day| (day, Basis::Heading)))
    }
}

/// What a column holds, told by its heading.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Column {
    /// 序号, 备注: nothing to read.
    Skip,
    /// 单位: the unit of the row.
    Unit,
    /// 截至: the day of the row.
    Day,
    /// Names of rows.
    Label,
    Figures,
}

struct Heading {
    place: Range<usize>,
    words: String,
    unit: Option<String>,
    column: Column,
}

/// Reads every table of a mended text.
pub(crate) fn tables(text: &str, lines: &[Line], places: &[String], year: Option<Year>) -> Tables {
    let mut tables = Tables { cells: Vec::new(), owned: Vec::new() };
    let mut at = 0;
    while at < lines.len() {
        match lines[at].shape {
            Shape::Row => {
                let rows = lines[at..].iter().take_while(|line| line.shape == Shape::Row).count();
                let caption = at.checked_sub(1).map(|above| &text[lines[above].place.clone()]);
                read_table(text, &lines[at..at + rows], caption, (places, year), &mut tables);
                at += rows;
            }
            Shape::Short => {
                labelled(text, &lines[at], &mut tables);
                at += 1;
            }
            Shape::Prose => at += 1,
        }
    }
    tables
}

/// The cells of a row with their places, blanks around them left out.
fn cells(text: &str, line: &Line) -> Vec<Range<usize>> {
    let row = &text[line.place.clone()];
    let mut start = line.place.start;
    let mut cells = Vec::new();
    for cell in row.split(['\t', '|']) {
        let lead = cell.len() - cell.trim_start().len();
        cells.push(start + lead..start + lead + cell.trim().len());
        start += cell.len() + 1;
    }
    cells
}

fn read_table(text: &str, rows: &[Line], caption: Option<&str>, known: (&[String], Option<Year>), tables: &mut Tables) {
    let caption_unit = caption.and_then(unit_in_brackets);
    let mut headings: Vec<Heading> = Vec::new();
    for (number, row) in rows.iter().enumerate() {
        let cells = cells(text, row);
        let is_rule =
            cells.iter().all(|cell| text[cell.clone()].chars().all(|letter| matches!(letter, '—' | '-' | ':' | '：')));
        if is_rule {
            continue;
        }
        let numbers = cells.iter().filter(|cell| number_of(&text[(*cell).clone()]).is_some()).count();
        let long = cells.iter().any(|cell| text[cell.clone()].chars().count() > 24);
        if numbers == 0 && number == 0 && !long && rows.len() > 1 {
            headings = cells.into_iter().enumerate().map(|(index, cell)| heading(text, cell, index == 0)).collect();
            continue;
        }
        // Headings of two rows: what stands above several columns is told once.
        let below = numbers == 0 && number == 1 && !long && rows.len() > 2;
        if below && !headings.is_empty() && cells.first().is_some_and(|cell| cell.is_empty()) {
            headings = under(text, headings, cells);
            continue;
        }
        read_row(text, &cells, &headings, caption_unit.as_deref(), known, tables);
    }
}

/// Headings with those of a second row under them: 户厕改造（户） above 目标 and 完成. A wide one stands in the first of its
/// columns.
fn under(text: &str, above: Vec<Heading>, cells: Vec<Range<usize>>) -> Vec<Heading> {
    let mut joined: Vec<Heading> = Vec::with_capacity(above.len());
    let mut wide: Option<(String, Option<String>)> = None;
    let cells = cells.into_iter().map(Some).chain(std::iter::repeat(None));
    for (index, (above, cell)) in above.into_iter().zip(cells).enumerate() {
        if !above.words.is_empty() {
            wide = Some((above.words.clone(), above.unit.clone()));
        }
        let Some(cell) = cell.filter(|cell| !cell.is_empty()) else {
            joined.push(above);
            continue;
        };
        let own = heading(text, cell, index == 0);
        let (words, unit) = wide.clone().unwrap_or_default();
        joined.push(match own.column {
            Column::Figures | Column::Label => Heading {
                words: format!("{words}{}", own.words),
                unit: own.unit.or(unit),
                column: if index == 0 { own.column } else { Column::Figures },
                place: own.place,
            },
            _ => own,
        });
    }
    joined
}

fn heading(text: &str, place: Range<usize>, first: bool) -> Heading {
    let words = text[place.clone()].to_owned();
    let unit = unit_in_brackets(&words);
    let bare = words.split('(').next().unwrap_or_default().trim();
    let named = &lexicon().tables;
    let column = if (first && named.skip_in_front.has(bare)) || named.skip.has(bare) {
        Column::Skip
    } else if named.unit.has(bare) {
        Column::Unit
    } else if named.day.has(bare) {
        Column::Day
    } else if bare.is_empty() || named.label.has(bare) {
        Column::Label
    } else {
        Column::Figures
    };
    Heading { words: bare.to_owned(), place, unit, column }
}

fn read_row(
    text: &str,
    cells: &[Range<usize>],
    headings: &[Heading],
    unit: Option<&str>,
    (places, year): (&[String], Option<Year>),
    tables: &mut Tables,
) {
    let column = |index: usize| headings.get(index).map_or(Column::Figures, |heading| heading.column.clone());
    let words = |cell: &Range<usize>| text[cell.clone()].trim();
    let labels: Vec<&str> = cells
        .iter()
        .enumerate()
        .filter(|(index, cell)| {
            matches!(column(*index), Column::Label | Column::Figures)
                && !words(cell).is_empty()
                && number_of(words(cell)).is_none()
        })
        .map(|(_, cell)| words(cell))
        .collect();
    let label = labels.first().copied().unwrap_or_default();
    let place = as_place(label, places);
    let row_unit =
        cells.iter().enumerate().find(|(index, _)| column(*index) == Column::Unit).map(|(_, cell)| words(cell));
    let label_unit = unit_in_brackets(label);
    let dated = cells.iter().enumerate().find(|(index, _)| column(*index) == Column::Day);
    let day = dated
        .and_then(|(_, cell)| Some(CutOff { place: cell.clone(), day: Some(cutoffs::in_cell(words(cell), year)?) }));
    for (index, cell) in cells.iter().enumerate() {
        let Some(number) = number_of(words(cell)) else { continue };
        tables.owned.push(cell.clone());
        // A first cell that only counts the rows.
        let counts = index == 0 && headings.is_empty() && cells.len() > 2 && number.suffix.is_empty();
        if matches!(column(index), Column::Skip | Column::Unit | Column::Day) || counts {
            continue;
        }
        let heading = headings.get(index);
        let heading_words = heading.map_or("", |heading| heading.words.as_str());
        let own = number.suffix.clone();
        let suffix = (!own.is_empty()).then_some(own.as_str());
        let named = &lexicon().tables;
        let share = named.levels.stand_in(heading_words) || named.growths.stand_in(heading_words);
        // A change beside a share is one in points.
        let of_shares = index
            .checked_sub(1)
            .and_then(|left| headings.get(left))
            .is_some_and(|left| left.unit.as_deref() == Some("%") || named.levels.stand_in(&left.words));
        let points = changes(heading_words) && !share && of_shares;
        let heading_unit = heading.and_then(|heading| heading.unit.as_deref());
        let found = suffix
            .or(heading_unit)
            .or(points.then_some("个百分点"))
            .or((!share).then_some(()).and(row_unit.filter(|unit| !unit.is_empty())))
            .or((!share).then_some(()).and(label_unit.as_deref()))
            .or((!share).then_some(()).and(unit));
        let year = number.suffix.is_empty() && found.is_none() && is_year(words(cell));
        if year || (found.is_none() && label.is_empty() && heading_words.is_empty()) {
            continue;
        }
        // A share without a unit in a column of shares is in percent only where the heading says so.
        let (unit, number) = in_ones(found.unwrap_or(if share { "%" } else { "" }), number);
        let start = cell.start + number.start;
        let bare_label = label.split('(').next().unwrap_or(label).trim();
        let numeral = start..start + number.length;
        let joined = match heading_words {
            plain if named.plain.has(plain) => bare_label.to_owned(),
            words => format!("{bare_label}{words}"),
        };
        tables.cells.push(Cell {
            candidate: Candidate {
                phrase: numeral.start..cell.end,
                numeral,
                unit: unit.to_owned(),
                unit_kind: lexicon().unit_at(unit).map(|unit| unit.kind),
                number: number.number,
                qualifier: if unit == "%" && number.number.value == figures::Decimal::ONE_HUNDRED {
                    Qualifier::All
                } else {
                    number.qualifier
                },
                class: Class::Cell,
            },
            nature: nature_of(heading_words, bare_label, unit, number.negative),
            label: joined,
            place: place.clone(),
            day: day.clone(),
            heading: heading.map_or(0..0, |heading| heading.place.clone()),
        });
    }
}

/// A line of the form “新增床位（张）：1202”.
fn labelled(text: &str, line: &Line, tables: &mut Tables) {
    let words = &text[line.place.clone()];
    let Some((label, cell)) = words.split_once('：') else { return };
    let (label, start) = (label.trim(), line.place.end - cell.len());
    let Some(number) = number_of(cell.trim()).filter(|number| number.suffix.is_empty() || number.suffix == "%") else {
        return;
    };
    let unit = if number.suffix.is_empty() { unit_in_brackets(label) } else { Some(number.suffix.clone()) };
    let Some(unit) = unit.or_else(|| number.scaled.then(String::new)) else { return };
    let (unit, number) = in_ones(&unit, number);
    let unit = unit.to_owned();
    let lead = cell.len() - cell.trim_start().len();
    let start = start + lead + number.start;
    let label =
        label.split('(').next().unwrap_or(label).trim_start_matches(|letter: char| !crate::repair::is_han(letter));
    let numeral = start..start + number.length;
    tables.owned.push(line.place.clone());
    tables.cells.push(Cell {
        candidate: Candidate {
            phrase: numeral.clone(),
            numeral,
            unit_kind: lexicon().unit_at(&unit).map(|unit| unit.kind),
            number: number.number,
            qualifier: if unit == "%" && number.number.value == figures::Decimal::ONE_HUNDRED {
                Qualifier::All
            } else {
                number.qualifier
            },
            class: Class::Cell,
            unit: unit.clone(),
        },
        nature: nature_of("", label, &unit, number.negative),
        label: label.to_owned(),
        place: None,
        day: None,
        heading: 0..0,
    });
}

struct CellNumber {
    number: figures::Number,
    negative: bool,
    qualifier: Qualifier,
    /// Where the numeral starts in the cell, and its length.
    start: usize,
    length: usize,
    /// %, or a unit behind the numeral.
    suffix: String,
    scaled: bool,
}

/// The number that a cell holds, if it holds nothing else: 1,202 or 89.33% or −3.2 or 1202张.
fn number_of(cell: &str) -> Option<CellNumber> {
    static SHAPE: OnceLock<Regex> = OnceLock::new();
    let shape = SHAPE.get_or_init(|| {
        Regex::new(r"^(?P<m>约|近|超|≥|>)?(?P<s>[-—+])?(?P<n>\d[\d,]*(?:\.\d+)?(?:万亿|亿|万)?)(?P<u>\D{0,8})$")
            .expect("tried by the tests")
    });
    let groups = shape.captures(cell)?;
    let numeral = groups.name("n")?;
    let suffix = groups.name("u").map_or("", |unit| unit.as_str()).trim();
    let known = suffix.is_empty()
        || lexicon().unit_at(suffix).is_some_and(|unit| unit.name.len() == suffix.len() && unit.kind != UnitKind::None);
    if !known {
        return None;
    }
    let qualifier = match groups.name("m").map(|mark| mark.as_str()) {
        Some("约" | "近") => Qualifier::Approximately,
        Some(_) => Qualifier::AtLeast,
        None => Qualifier::Exact,
    };
    Some(CellNumber {
        number: parse_number(numeral.as_str()).ok()?,
        negative: groups.name("s").is_some_and(|sign| sign.as_str() != "+"),
        qualifier,
        start: numeral.start(),
        length: numeral.len(),
        suffix: suffix.to_owned(),
        scaled: numeral.as_str().ends_with(['万', '亿']),
    })
}

/// The unit without its 万 or 亿, and the number in ones: 1234.5 in 万元 is 12345000元, to the nearest 1000.
fn in_ones(unit: &str, mut number: CellNumber) -> (&str, CellNumber) {
    for magnitude in [Magnitude::TenThousand, Magnitude::HundredMillion] {
        let plain = number.number.precision.magnitude == Magnitude::One;
        if let Some(ones) = unit.strip_prefix(magnitude.suffix()).filter(|rest| plain && !rest.is_empty())
            && let Some(value) = number.number.value.checked_mul(magnitude.factor())
        {
            number.number.value = value.normalize();
            number.number.precision.magnitude = magnitude;
            return (ones, number);
        }
    }
    (unit, number)
}

fn is_year(cell: &str) -> bool {
    cell.len() == 4 && cell.parse::<u16>().is_ok_and(|year| (1900..2100).contains(&year))
}

/// The unit that a heading or a caption gives: “新增床位（张）”, “单位：个”.
fn unit_in_brackets(words: &str) -> Option<String> {
    let inside = words.rsplit_once('(').and_then(|(_, rest)| rest.split_once(')')).map(|(inside, _)| inside);
    let told = words.rsplit_once("单位：").map(|(_, unit)| unit.trim_end_matches([')', '。']).trim());
    let inside = told.or_else(|| inside.map(|inside| inside.trim_start_matches("单位：").trim()))?;
    let scaled = inside.trim_start_matches(['万', '亿']);
    let unit = lexicon().unit_at(scaled)?;
    (unit.name.len() == scaled.len() && unit.kind != UnitKind::None).then(|| inside.to_owned())
}

/// Whether a heading tells a change against another time.
fn changes(heading: &str) -> bool {
    lexicon().tables.changes.stand_in(heading)
}

fn nature_of(heading: &str, label: &str, unit: &str, falls: bool) -> Nature {
    let words = &lexicon().tables;
    let told = if heading.is_empty() { label } else { heading };
    let kind = lexicon().unit_at(unit.trim_start_matches(['万', '亿'])).map_or(Kind::Count, |unit| unit.kind.kind());
    if words.ranks.has(heading) && unit.is_empty() {
        return Nature { kind: Kind::Rank, flow: Flow::Stock, falls: false };
    }
    let (kind, flow) = if words.rises.stand_in(told) || changes(heading) {
        (if kind == Kind::Percent || unit.is_empty() { Kind::RateChange } else { kind }, Flow::Change)
    } else if words.aims.stand_in(told) && !told.contains('率') {
        (kind, Flow::Target)
    } else if kind == Kind::Percent || words.stocks.stand_in(told) {
        (kind, Flow::Stock)
    } else {
        (kind, Flow::New)
    };
    Nature { kind, flow, falls }
}
