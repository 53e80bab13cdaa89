//! The tag tree and the outline: what a screen reader reads and a side bar lists.

use std::num::NonZeroU16;

use krilla::destination::XyzDestination;
use krilla::geom::Point;
use krilla::outline::{Outline, OutlineNode};
use krilla::tagging::{Node, TableHeaderScope, Tag, TagGroup, TagTree};

use super::{Found, LANGUAGE};
use crate::grid::{LEFT, SIZE_3, TOP};
use crate::sheet::{Layout, Part};

/// The parts in reading order, each with what was drawn for it; the cells of a table below their rows.
pub(super) fn tree(layout: &Layout, identifiers: Vec<Vec<Found>>) -> TagTree {
    let mut tree = TagTree::new().with_lang(Some(LANGUAGE.to_owned()));
    let mut table: Option<OpenTable> = None;
    for (part, found) in layout.parts.iter().zip(identifiers) {
        let children: Vec<Node> = found.into_iter().map(Node::from).collect();
        if let Part::Cell { table: number, row } = part {
            if table.as_ref().is_some_and(|open| open.number != *number) {
                close(&mut tree, table.take());
            }
            table.get_or_insert_with(|| OpenTable::new(*number)).add(*row, children);
            continue;
        }
        close(&mut tree, table.take());
        if children.is_empty() {
            continue;
        }
        tree.push(match part {
            Part::Title(text) => heading(1, text, children),
            Part::Heading(level, text) => heading(level + 1, text, children),
            Part::Figure(alt) => TagGroup::with_children(Tag::Figure(Some(alt.clone())), children),
            Part::Caption => TagGroup::with_children(Tag::Caption, children),
            Part::Paragraph | Part::Cell { .. } => TagGroup::with_children(Tag::P, children),
        });
    }
    close(&mut tree, table);
    tree
}

fn heading(level: u16, text: &str, children: Vec<Node>) -> TagGroup {
    let level = NonZeroU16::new(level).unwrap_or(NonZeroU16::MIN);
    TagGroup::with_children(Tag::Hn(level, Some(text.to_owned())), children)
}

/// A table whose cells are still coming.
struct OpenTable {
    number: usize,
    head: TagGroup,
    body: TagGroup,
    /// The row that is being filled, with its number.
    row: Option<(usize, TagGroup)>,
}

impl OpenTable {
    fn new(number: usize) -> Self {
        Self { number, head: TagGroup::new(Tag::THead), body: TagGroup::new(Tag::TBody), row: None }
    }

    fn add(&mut self, row: usize, children: Vec<Node>) {
        if self.row.as_ref().is_some_and(|(open, _)| *open != row) {
            self.close_row();
        }
        let cell = if row == 0 {
            TagGroup::with_children(Tag::TH(TableHeaderScope::Column), children)
        } else {
            TagGroup::with_children(Tag::TD, children)
        };
        self.row.get_or_insert_with(|| (row, TagGroup::new(Tag::TR))).1.push(cell);
    }

    fn close_row(&mut self) {
        match self.row.take() {
            Some((0, group)) => self.head.push(group),
            Some((_, group)) => self.body.push(group),
            None => {}
        }
    }
}

fn close(tree: &mut TagTree, table: Option<OpenTable>) {
    if let Some(mut open) = table {
        open.close_row();
        tree.push(TagGroup::with_children(Tag::Table, vec![open.head.into(), open.body.into()]));
    }
}

/// What a viewer calls the document: its title, or what it is when it has none.
pub(super) fn title(title: &str) -> String {
    let title = title.replace('\n', "");
    if title.trim().is_empty() { "公文".to_owned() } else { title }
}

/// An entry of the outline with those below it.
struct Entry {
    level: u16,
    text: String,
    place: (usize, Point),
    below: Vec<Entry>,
}

/// Title and headings, nested, each leading to its first line.
pub(super) fn outline(layout: &Layout) -> Outline {
    let mut outline = Outline::new();
    let mut roots: Vec<Entry> = Vec::new();
    for (part, what) in layout.parts.iter().enumerate() {
        let (level, text) = match what {
            Part::Title(text) => (1, text),
            Part::Heading(level, text) => (level + 1, text),
            _ => continue,
        };
        if let Some(place) = first_place(layout, part) {
            hang(&mut roots, Entry { level, text: text.clone(), place, below: Vec::new() });
        }
    }
    if roots.is_empty() {
        // PDF/UA asks for an outline; a paper without title and headings has its first page.
        let place = (0, Point::from_xy(LEFT, TOP));
        roots.push(Entry { level: 1, text: title(""), place, below: Vec::new() });
    }
    roots.into_iter().for_each(|entry| outline.push_child(node(entry)));
    outline
}

/// Below the last entry of a higher level, else beside it.
fn hang(entries: &mut Vec<Entry>, entry: Entry) {
    match entries.last_mut() {
        Some(last) if last.level < entry.level => hang(&mut last.below, entry),
        _ => entries.push(entry),
    }
}

fn node(entry: Entry) -> OutlineNode {
    let (page, point) = entry.place;
    let mut node = OutlineNode::new(entry.text, XyzDestination::new(page, point));
    entry.below.into_iter().for_each(|below| node.push_child(self::node(below)));
    node
}

fn first_place(layout: &Layout, part: usize) -> Option<(usize, Point)> {
    layout.sheets.iter().enumerate().find_map(|(page, sheet)| {
        let mark = sheet.marks.iter().find(|mark| mark.part == Some(part))?;
        Some((page, Point::from_xy(LEFT, (TOP + mark.ink.y() - 2.0 * SIZE_3).max(0.0))))
    })
}
