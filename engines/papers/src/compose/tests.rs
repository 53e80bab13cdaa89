use proptest::prelude::*;

use super::layout;
use crate::grid::{CELL, HEIGHT, PITCH, RISE, ROWS, SIZE_3, WIDTH, row_top};
use crate::sheet::{Ink, Layout, Mark, Part, Sheet, Words};
use crate::{Align, Block, Column, Fonts, Imprint, Level, Paper, PaperError, Place, RedHead, Signature, Table};

fn laid(paper: &Paper) -> Layout {
    layout(paper, Fonts::embedded()).expect("a paper that can be set")
}

fn with(blocks: Vec<Block>) -> Paper {
    Paper { blocks, ..Paper::titled("标题") }
}

/// The words on a page with the part they belong to, from top to bottom as drawn.
fn words(sheet: &Sheet) -> impl Iterator<Item = (Option<usize>, &Words)> {
    sheet.marks.iter().filter_map(|mark| match &mark.ink {
        Ink::Words(words) => Some((mark.part, words)),
        Ink::Stroke { .. } | Ink::Area { .. } => None,
    })
}

fn text(words: &Words) -> String {
    words.letters.iter().map(|(_, letter)| letter.char).collect()
}

/// The letters of every part that is wanted, in reading order.
fn text_of(layout: &Layout, wanted: fn(&Part) -> bool) -> String {
    let all = layout.sheets.iter().flat_map(words);
    let parts = all.filter(|(part, _)| part.is_some_and(|part| wanted(&layout.parts[part])));
    parts.map(|(_, words)| text(words)).collect()
}

fn solid(text: &str) -> String {
    text.chars().filter(|character| !character.is_whitespace()).collect()
}

#[test]
fn a_full_page_is_22_lines_of_28_characters_from_edge_to_edge() {
    let layout = laid(&with(vec![Block::paragraph("民".repeat(28 * 60))]));
    let page: Vec<&Words> = words(&layout.sheets[1]).map(|(_, words)| words).collect();
    assert_eq!(page.len(), 22);
    for (row, line) in page.iter().enumerate() {
        assert_eq!(line.letters.len(), 28, "line {row}");
        assert!((line.y - RISE * SIZE_3 - row_top(row)).abs() < 0.01, "line {row} stands at {}", line.y);
        let (first, last) = (line.letters[0].0, line.letters[27].0 + CELL);
        assert!(first.abs() < 0.01 && (last - WIDTH).abs() < 0.05, "line {row} reaches from {first} to {last}");
    }
    let bottom = page[21].y + (1.0 - RISE) * SIZE_3;
    assert!((bottom - HEIGHT).abs() < 0.01, "the last line ends at {bottom}");
}

#[test]
fn paragraphs_are_indented_by_two_characters_and_marks_hang_together() {
    let layout = laid(&with(vec![Block::paragraph(format!("{}，然后验收。", "建".repeat(26)))]));
    let lines: Vec<(f32, String)> =
        words(&layout.sheets[0]).map(|(_, words)| (words.letters[0].0, text(words))).collect();
    let (start, first) = &lines[1];
    assert!((start - 2.0 * CELL).abs() < 0.01, "{start}");
    // The comma does not begin the next line: one character goes down with it or it is pressed in.
    assert!(!lines[2].1.starts_with('，') && first.chars().count() >= 25, "{lines:?}");
}

#[test]
fn a_table_repeats_its_head_on_every_page() {
    let columns = vec![Column::words("项目"), Column { heading: "状态".to_owned(), align: Align::Centre }];
    let rows = (0..80).map(|at| vec![format!("第{at}项"), "在建".to_owned()]).collect();
    let layout = laid(&with(vec![Block::Table(Table { caption: Some("表1".to_owned()), columns, rows })]));
    assert!(layout.sheets.len() > 2);
    for sheet in &layout.sheets {
        let shown: Vec<String> = words(sheet).map(|(_, words)| text(words)).collect();
        let head = shown.iter().position(|text| text == "项目").expect("the head");
        assert_eq!(shown[head + 1], "状态");
        assert!(shown.len() > head + 2, "a head without rows");
    }
    let cells = text_of(&layout, |part| matches!(part, Part::Cell { row, .. } if *row > 0));
    let wanted: String = (0..80).map(|at| format!("第{at}项在建")).collect();
    assert_eq!(cells, wanted);
}

#[test]
fn a_cell_higher_than_a_page_goes_on_over_the_next() {
    let long = "民生实事".repeat(1500);
    let columns = vec![Column::words("事项"), Column::numbers("数")];
    let table = Table { caption: None, columns, rows: vec![vec![long.clone(), "1".to_owned()]] };
    let layout = laid(&with(vec![Block::Table(table)]));
    assert_eq!(text_of(&layout, |part| matches!(part, Part::Cell { row: 1, .. })).replace('1', ""), long);
    assert_inside(&layout);
}

#[test]
fn a_signature_never_stands_without_text() {
    let day = chrono::NaiveDate::from_ymd_opt(2024, 12, 31).expect("a day");
    for lines in 1..60 {
        let mut paper =
            with(vec![Block::heading(Level::One, "要求"), Block::paragraph("办".repeat(26 + 28 * (lines - 1)))]);
        paper.signature = Some(Signature { issuer: Some("演示县人民政府".to_owned()), date: day });
        let layout = laid(&paper);
        let last = layout.sheets.last().expect("a page");
        let shown: Vec<String> = words(last).map(|(_, words)| text(words)).collect();
        assert_eq!(shown.last().map(String::as_str), Some("2024年12月31日"), "{lines} lines");
        assert!(shown.iter().any(|line| line.starts_with('办')), "{lines} lines: {shown:?}");
        let text = text_of(&layout, |part| matches!(part, Part::Paragraph));
        assert_eq!(text.matches('办').count(), 26 + 28 * (lines - 1));
        assert_no_heading_at_the_foot(&layout);
        // Four characters from the edge.
        let date = words(last).last().expect("the date").1;
        let (x, letter) = date.letters[date.letters.len() - 1];
        assert!((x + letter.glyph.advance * CELL - (WIDTH - 4.0 * CELL)).abs() < 0.1, "{x}");
    }
}

#[test]
fn the_imprint_stands_at_the_foot_of_the_last_page() {
    let day = chrono::NaiveDate::from_ymd_opt(2024, 7, 5).expect("a day");
    for lines in [1, 18, 19, 20, 21, 22, 23] {
        let mut paper = with(vec![Block::paragraph("办".repeat(26 + 28 * (lines - 1)))]);
        paper.imprint =
            Some(Imprint {
                copies: Some("各部门。".to_owned()), issuer: "演示县人民政府办公室".to_owned(), date: day
            });
        let layout = laid(&paper);
        let rules: Vec<f32> = layout.sheets[layout.sheets.len() - 1]
            .marks
            .iter()
            .filter(|mark| matches!(mark.ink, Ink::Stroke { .. }))
            .map(|mark| mark.ink.y())
            .collect();
        assert_eq!(rules.len(), 3);
        assert!((rules[2] - HEIGHT).abs() < 0.01, "{rules:?}");
        let lowest = words(&layout.sheets[layout.sheets.len() - 1])
            .map(|(_, words)| words)
            .filter(|words| (words.size - SIZE_3).abs() < 0.01)
            .map(|words| words.y)
            .fold(0.0, f32::max);
        assert!(lowest < rules[0], "text at {lowest} runs into the imprint at {}", rules[0]);
    }
}

#[test]
fn the_head_stands_where_the_standard_says() {
    let head =
        RedHead {
            mark: "演示县人民政府文件".to_owned(), number: "演政发〔2024〕5号".to_owned(), ..RedHead::default()
        };
    let layout = laid(&Paper { head: Some(head), ..Paper::titled("标题") });
    let marks: Vec<&Mark> = layout.sheets[0].marks.iter().collect();
    let Ink::Words(mark) = &marks[0].ink else { panic!("the mark comes first") };
    let top = (mark.y - RISE * mark.size) / crate::grid::MM;
    assert!((top - 35.0).abs() < 0.1, "the mark begins {top} mm below the edge of the text block");
    let [number, rule] = [1, 2].map(|at| &marks[at].ink);
    let below = (rule.y() - (number.y() + (1.0 - RISE) * SIZE_3)) / crate::grid::MM;
    assert!((below - 4.0).abs() < 0.1, "the line lies {below} mm below the number");
    let title = &marks[3].ink;
    assert!(title.y() - rule.y() > 2.0 * PITCH, "two lines are blank below the red line");
}

#[test]
fn what_cannot_be_set_is_said() {
    let fonts = Fonts::embedded();
    let refused = |paper: &Paper| layout(paper, fonts).expect_err("a paper that cannot be set");
    assert_eq!(refused(&with(vec![Block::paragraph("好🀄")])), PaperError::NoGlyph { character: '🀄' });
    assert_eq!(refused(&with(vec![Block::paragraph("\u{0}")])), PaperError::NoGlyph { character: '\u{0}' });
    let table = Table { caption: None, columns: vec![Column::words("甲")], rows: vec![vec![], vec![]] };
    let uneven = PaperError::UnevenRow { table: "甲".to_owned(), row: 1, cells: 0, columns: 1 };
    assert_eq!(refused(&with(vec![Block::Table(table)])), uneven);
    let head = RedHead { mark: "文".repeat(40), ..RedHead::default() };
    assert_eq!(refused(&Paper { head: Some(head), ..Paper::titled("") }), PaperError::TooLong(Place::Mark));
}

/// Every letter stands inside the text block.
fn assert_inside(layout: &Layout) {
    for (page, sheet) in layout.sheets.iter().enumerate() {
        assert!(sheet.row <= ROWS, "page {page} has {} rows", sheet.row);
        for (_, words) in words(sheet) {
            let bottom = words.y + (1.0 - RISE) * words.size;
            assert!(words.y >= 0.0 && bottom < HEIGHT + 0.1, "page {page}: “{}” ends at {bottom}", text(words));
            for (x, letter) in words.letters.iter().filter(|(_, letter)| letter.char != ' ') {
                let square = if (words.size - SIZE_3).abs() < 0.01 { CELL } else { words.size };
                let right = x + letter.glyph.advance * square;
                // A mark may hang over by the blank half of its square.
                assert!(*x > -0.6 * square && right < WIDTH + 0.6 * square, "page {page}: “{}” at {x}", text(words));
            }
        }
    }
}

fn assert_no_heading_at_the_foot(layout: &Layout) {
    let heading = |part: Option<usize>| part.is_some_and(|part| matches!(layout.parts[part], Part::Heading(..)));
    for sheet in &layout.sheets[..layout.sheets.len() - 1] {
        let last = words(sheet).last();
        assert!(
            !last.is_some_and(|(part, _)| heading(part)),
            "a heading alone at the foot: {:?}",
            last.map(|(_, w)| text(w))
        );
    }
}

/// Any text that the fonts can set: Chinese, marks, words, numbers, blanks, line feeds.
fn any_text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => "[一-十民生实事项目完成投资建设服务群众]{1,12}",
        2 => "[，。、；：？！“”（）《》〔〕—…·]",
        1 => "[0-9]{1,6}(\\.[0-9]{1,2})?",
        1 => "[A-Za-z/%.-]{1,40}",
        1 => "[ \\n\\t　]",
        1 => "[㐂-㒰䶮堃喆珺玥]",
    ];
    let all = prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat());
    all.prop_map(|text| {
        let missing = Fonts::embedded().missing(&text);
        text.chars().filter(|character| !missing.contains(character)).collect()
    })
}

fn any_block() -> impl Strategy<Value = Block> {
    let level = prop_oneof![Just(Level::One), Just(Level::Two), Just(Level::Three), Just(Level::Four)];
    prop_oneof![
        1 => (level, "[民生实事项目，a-z0-9]{0,40}").prop_map(|(level, text)| Block::heading(level, text)),
        3 => any_text().prop_map(Block::paragraph),
        1 => (any_text(), prop::collection::vec((any_text(), any_text()), 0..6)).prop_map(|(caption, rows)| {
            let rows = rows.into_iter().map(|(one, two)| vec![one, two]).collect();
            Block::Table(Table {
                caption: Some(caption),
                columns: vec![Column::words("事项"), Column::numbers("数")],
                rows,
            })
        }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn no_character_is_lost_and_none_stands_outside(one in any_text(), two in any_text()) {
        let mut paper = with(vec![Block::paragraph(one.clone()), Block::paragraph(two.clone())]);
        paper.title = two.clone();
        let layout = laid(&paper);
        prop_assert_eq!(solid(&text_of(&layout, |part| matches!(part, Part::Paragraph))), solid(&format!("{one}{two}")));
        prop_assert_eq!(solid(&text_of(&layout, |part| matches!(part, Part::Title(_)))), solid(&two));
        assert_inside(&layout);
    }

    #[test]
    fn whatever_the_blocks_no_heading_is_left_alone(blocks in prop::collection::vec(any_block(), 0..20)) {
        let layout = laid(&with(blocks.clone()));
        assert_inside(&layout);
        let wanted: String = blocks.iter().map(|block| match block {
            Block::Table(table) => table.rows.concat().concat(),
            _ => String::new(),
        }).collect();
        prop_assert_eq!(
            solid(&text_of(&layout, |part| matches!(part, Part::Cell { row, .. } if *row > 0))).chars().count(),
            solid(&wanted).chars().count()
        );
        // Headings at the very end have nothing that could follow them.
        let rest = blocks.iter().rev().position(|block| match block {
            Block::Heading { .. } => false,
            Block::Paragraph(runs) => runs.iter().any(|run| !run.text.is_empty()),
            _ => true,
        });
        let chained = blocks.windows(6).any(|few| few.iter().all(|block| matches!(block, Block::Heading { .. })));
        if rest == Some(0) && !chained {
            assert_no_heading_at_the_foot(&layout);
        }
    }

    #[test]
    fn lines_of_prose_begin_and_end_as_the_rules_say(
        words in prop::collection::vec(("[民生实事项目完成投资建设服务]{2,9}", "[，。、；：？！）》”]?", "[（《“]?"), 20..80),
    ) {
        let prose: String = words.iter().map(|(word, close, open)| format!("{word}{close}{open}")).collect();
        let layout = laid(&with(vec![Block::paragraph(prose + "完成")]));
        for line in layout.sheets.iter().flat_map(words_of_text) {
            let (first, last) = (line.chars().next(), line.chars().last());
            prop_assert!(!first.is_some_and(|c| "，。、；：？！）》”".contains(c)), "{}", line);
            prop_assert!(!last.is_some_and(|c| "（《“".contains(c)), "{}", line);
        }
    }
}

fn words_of_text(sheet: &Sheet) -> Vec<String> {
    words(sheet).map(|(_, words)| text(words)).collect()
}
