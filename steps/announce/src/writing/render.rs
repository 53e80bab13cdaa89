//! From a body with placeholders to a text with its figures.
//!
//! A line that begins with `## ` or `### ` is a heading; lines that begin with `|` are a table, the first of them its head; a
//! line that is `{{图:…}}` alone is a chart; every other line that is not empty is a paragraph. `{{名}}` stands for a figure or a word of [`Bindings`], `{{外部:数字|来源}}` for a figure
//! from elsewhere with its source, 【待补：…】 for what is still to be written.

use figures::Figure;
use ledger::words::Kind;

use super::bindings::{Bindings, Bound, How};
use super::document::{Bar, Block, Document, Piece};

/// The start of what is still to be supplied.
pub(crate) const GAP: &str = "【待补：";

/// Writes `title` and `body` with the figures of `bindings`.
pub fn render(title: &str, body: &str, bindings: &Bindings) -> Document {
    let mut writer = Writer { bindings, figures: Vec::new() };
    let title: String = writer
        .pieces(title)
        .into_iter()
        .map(|piece| match piece {
            Piece::Words(words) | Piece::Gap(words) => words,
            Piece::Figure(at) => writer.figures.get(at).map(|bound| bound.text.clone()).unwrap_or_default(),
        })
        .collect();
    writer.figures.clear();
    let lines: Vec<&str> = body.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    // Lines that begin with | and follow each other are one table.
    let runs = lines.chunk_by(|one, next| is_row(one) && is_row(next));
    let blocks = runs.map(|run| if is_row(run[0]) { writer.table(run) } else { writer.block(run[0]) }).collect();
    Document { title, blocks, figures: writer.figures }
}

fn is_row(line: &str) -> bool {
    line.starts_with('|')
}

/// The cells of a line such as `| 项目 | {{完成:1}} |`; a | inside a placeholder parts none.
fn cells(line: &str) -> Vec<&str> {
    let inside = line.trim_start_matches('|');
    let inside = inside.strip_suffix('|').unwrap_or(inside);
    let (mut cells, mut start, mut depth) = (Vec::new(), 0, 0_u32);
    for (at, letter) in inside.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            '|' if depth == 0 => {
                cells.push(inside[start..at].trim());
                start = at + 1;
            }
            _ => {}
        }
    }
    cells.push(inside[start..].trim());
    cells
}

struct Writer<'a> {
    bindings: &'a Bindings,
    figures: Vec<Bound>,
}

impl Writer<'_> {
    fn block(&mut self, line: &str) -> Block {
        if let Some(heading) = line.strip_prefix("### ") {
            return Block::Heading { level: 2, pieces: self.pieces(heading) };
        }
        if let Some(heading) = line.strip_prefix("## ") {
            return Block::Heading { level: 1, pieces: self.pieces(heading) };
        }
        match line {
            "{{图:项目}}" => self.chart_of_projects(),
            "{{图:各类}}" => self.chart_of_categories(),
            _ => Block::Paragraph { pieces: self.pieces(line) },
        }
    }

    /// The first line names the columns; a row that is too short is filled with empty cells, one too long is cut.
    fn table(&mut self, lines: &[&str]) -> Block {
        let columns: Vec<String> = cells(lines[0]).into_iter().map(str::to_owned).collect();
        let rows = lines[1..]
            .iter()
            .map(|line| {
                let mut row: Vec<_> = cells(line).into_iter().map(|cell| self.pieces(cell)).collect();
                row.resize(columns.len(), Vec::new());
                row
            })
            .collect();
        Block::Table { columns, rows }
    }

    fn pieces(&mut self, line: &str) -> Vec<Piece> {
        let mut pieces = Vec::new();
        let mut rest = line;
        while let Some(start) = rest.find("{{") {
            words(&rest[..start], &mut pieces);
            let Some(length) = rest[start..].find("}}") else {
                pieces.push(Piece::Gap(rest[start..].to_owned()));
                return merged(pieces);
            };
            let key = rest[start + 2..start + length].trim();
            let piece = self.piece(key);
            pieces.push(piece);
            rest = &rest[start + length + 2..];
        }
        words(rest, &mut pieces);
        merged(pieces)
    }

    fn piece(&mut self, key: &str) -> Piece {
        if let Some(words) = self.bindings.words(key) {
            return Piece::Words(words);
        }
        let bound = match key.strip_prefix("外部:").or_else(|| key.strip_prefix("外部：")) {
            Some(told) => outside(told),
            None => self.bindings.figure(key).cloned(),
        };
        match bound {
            Some(bound) => {
                self.figures.push(bound);
                Piece::Figure(self.figures.len() - 1)
            }
            None => Piece::Gap(format!("{{{{{key}}}}}")),
        }
    }

    fn chart_of_projects(&self) -> Block {
        let bars = self.bindings.projects().into_iter().filter(|project| !project.rows.is_empty());
        let bars = bars.map(|project| bar(&project.project.name, project.progress, project.light)).collect();
        self.chart("各项目完成率", bars)
    }

    fn chart_of_categories(&self) -> Block {
        let board = &self.bindings.board;
        let bars = board
            .adopted_categories()
            .map(|category| {
                let mean = category.progress();
                let light = mean.zip(board.schedule).map(|(mean, schedule)| board.light(mean, &schedule));
                bar(&category.category.name, mean, light)
            })
            .collect();
        self.chart("各类平均完成率", bars)
    }

    fn chart(&self, title: &str, bars: Vec<Bar>) -> Block {
        let day = super::bindings::long_day(self.bindings.cut_off);
        let schedule = self.bindings.board.schedule.map(|schedule| schedule.percent);
        Block::Chart { title: format!("{title}（截至{day}）"), schedule, bars }
    }
}

fn bar(label: &str, done: Option<figures::Decimal>, light: Option<ledger::rules::Light>) -> Bar {
    Bar {
        label: label.to_owned(),
        done,
        printed: done.map_or_else(|| "未填报".to_owned(), |done| figures::print_percent(done, 1)),
        light: light.map(|light| light.code().to_owned()).unwrap_or_default(),
    }
}

/// Words, with what is still to be supplied apart.
fn words(text: &str, pieces: &mut Vec<Piece>) {
    let mut rest = text;
    while let Some(start) = rest.find(GAP) {
        let end = rest[start..].find('】').map_or(rest.len(), |length| start + length + '】'.len_utf8());
        pieces.push(Piece::Words(rest[..start].to_owned()));
        pieces.push(Piece::Gap(rest[start..end].to_owned()));
        rest = &rest[end..];
    }
    pieces.push(Piece::Words(rest.to_owned()));
}

/// Words that follow words are one piece, and empty ones none.
fn merged(pieces: Vec<Piece>) -> Vec<Piece> {
    let mut merged: Vec<Piece> = Vec::with_capacity(pieces.len());
    for piece in pieces {
        match (merged.last_mut(), piece) {
            (_, Piece::Words(words)) if words.is_empty() => {}
            (Some(Piece::Words(before)), Piece::Words(words)) => before.push_str(&words),
            (_, piece) => merged.push(piece),
        }
    }
    merged
}

/// A figure from elsewhere: `33.1万人|统计局月报`. Without a source, or without a number, it is none.
fn outside(told: &str) -> Option<Bound> {
    let (text, source) = told.split_once(['|', '｜'])?;
    let (text, source) = (text.trim(), source.trim());
    let figure = Figure::read(text).ok()?;
    let number = figure.number?;
    if source.is_empty() {
        return None;
    }
    Some(Bound {
        key: format!("外部:{text}"),
        name: text.to_owned(),
        names: Vec::new(),
        text: text.to_owned(),
        value: Some(number.value),
        precision: number.precision.to_code(),
        qualifier: figure.qualifier.code().to_owned(),
        unit: figure.unit.clone(),
        kind: Kind::Count.code().to_owned(),
        target: false,
        as_of: None,
        how: How::Outside,
        entry: None,
        indicator: None,
        says: source.to_owned(),
    })
}
