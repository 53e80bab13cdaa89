//! The files as other programs find them: measures from the PDF's own content, both formats with the same words, parts
//! of the DOCX well formed.

mod specimen;

use std::collections::BTreeMap;
use std::io::{Cursor, Read};
use std::path::Path;
use std::process::Command;

use bulletins::read;
use lopdf::content::Content;
use lopdf::{Document, Object};
use minsheng_papers::{Block, Drawing, Face, Fonts, Paper, PaperError, docx, pdf, svg};
use proptest::prelude::*;

const MM: f64 = 72.0 / 25.4;

fn fonts() -> &'static Fonts {
    Fonts::embedded()
}

/// Where text begins on a page: baseline from the upper edge of the paper, left edge, size, number of glyphs.
struct Placed {
    down: f64,
    left: f64,
    size: f64,
    glyphs: usize,
}

fn number(object: &Object) -> f64 {
    object.as_float().map(f64::from).or_else(|_| object.as_i64().map(|whole| whole as f64)).expect("a number")
}

fn times(one: [f64; 6], two: [f64; 6]) -> [f64; 6] {
    let [a, b, c, d, e, f] = one;
    let [g, h, i, j, k, l] = two;
    [a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + l]
}

/// The pieces of text of a page, read from its content stream.
fn placed(document: &Document, page: lopdf::ObjectId) -> Vec<Placed> {
    const ONE: [f64; 6] = [1.0, 0.0, 0.0, 1.0, 0.0, 0.0];
    let content = Content::decode(&document.get_page_content(page)).expect("a content stream");
    let (mut whole, mut stack, mut text, mut size) = (ONE, Vec::new(), ONE, 0.0);
    let mut found = Vec::new();
    for operation in content.operations {
        let matrix = |operands: &[Object]| -> [f64; 6] { std::array::from_fn(|at| number(&operands[at])) };
        match operation.operator.as_str() {
            "q" => stack.push(whole),
            "Q" => whole = stack.pop().expect("balanced"),
            "cm" => whole = times(matrix(&operation.operands), whole),
            "BT" => text = ONE,
            "Tm" => text = matrix(&operation.operands),
            "Td" => {
                text =
                    times([1.0, 0.0, 0.0, 1.0, number(&operation.operands[0]), number(&operation.operands[1])], text);
            }
            "Tf" => size = number(&operation.operands[1]),
            "Tj" | "TJ" => {
                let at = times(text, whole);
                let bytes = |object: &Object| object.as_str().map_or(0, <[u8]>::len);
                let shown = match &operation.operands[0] {
                    Object::Array(pieces) => pieces.iter().map(bytes).sum(),
                    other => bytes(other),
                };
                found.push(Placed {
                    down: 297.0 * MM - at[5],
                    left: at[4],
                    size: size * at[3].abs(),
                    glyphs: shown / 2,
                });
            }
            _ => {}
        }
    }
    found
}

#[test]
fn the_pdf_itself_has_22_lines_of_28_characters_inside_the_margins() {
    let mut paper = Paper::titled("标题");
    paper.blocks = vec![Block::paragraph("民".repeat(28 * 70))];
    let document = Document::load_mem(&pdf(&paper, fonts()).expect("a PDF")).expect("a PDF that can be read");
    let pages: Vec<_> = document.get_pages().into_values().collect();
    assert_eq!(pages.len(), 4);
    let mut lines: BTreeMap<i64, usize> = BTreeMap::new();
    for piece in placed(&document, pages[1]).iter().filter(|piece| (piece.size - 16.0).abs() < 0.01) {
        assert!((piece.left / MM - 28.0).abs() < 0.5, "a line begins at {} mm", piece.left / MM);
        *lines.entry((piece.down * 10.0).round() as i64).or_default() += piece.glyphs;
    }
    assert_eq!(lines.len(), 22);
    assert!(lines.values().all(|glyphs| *glyphs == 28), "{lines:?}");
    let downs: Vec<f64> = lines.keys().map(|tenths| *tenths as f64 / 10.0).collect();
    // The square of a character reaches 0.88 of its size above the baseline and 0.12 below.
    let (top, bottom) = ((downs[0] - 0.88 * 16.0) / MM, (downs[21] + 0.12 * 16.0) / MM);
    assert!((top - 37.0).abs() < 0.5, "the text begins {top} mm below the edge");
    assert!((297.0 - bottom - 35.0).abs() < 0.5, "the text ends {} mm above the edge", 297.0 - bottom);
}

#[test]
fn page_numbers_stand_at_the_outer_edge_7_mm_below_the_text() {
    let document = Document::load_mem(&pdf(&specimen::long(6), fonts()).expect("a PDF")).expect("a PDF");
    for (at, page) in document.get_pages().into_values().enumerate() {
        let found = placed(&document, page);
        let number = found.iter().max_by(|one, two| one.down.total_cmp(&two.down)).expect("a page number");
        assert!((number.size - 14.0).abs() < 0.01);
        // The dash lies 0.37 of the size above the baseline.
        let below = (number.down - 0.37 * 14.0) / MM - 37.0 - 225.0;
        assert!((below - 7.0).abs() < 0.2, "page {}: {below} mm", at + 1);
        if at % 2 == 1 {
            assert!((number.left - (28.0 * MM + 14.0)).abs() < 0.1, "an even page has its number one character in");
        } else {
            assert!(number.left > 120.0 * MM, "an odd page has its number on the right");
        }
    }
}

/// Text without white space.
fn solid(text: &str) -> String {
    text.chars().filter(|character| !character.is_whitespace()).collect()
}

fn read_back(bytes: &[u8], name: &str) -> String {
    solid(read::text(bytes, name).expect("a text that can be read").content())
}

/// Everything that a reader must find, in pieces that stand in one line of thought.
fn pieces(paper: &Paper) -> Vec<String> {
    let mut pieces = vec![paper.title.clone()];
    pieces.extend(paper.addressee.clone());
    let blocks = paper.blocks.iter().chain(paper.attachments.iter().flat_map(|attachment| &attachment.blocks));
    for block in blocks {
        match block {
            Block::Heading { text, .. } => pieces.push(text.clone()),
            Block::Paragraph(runs) => pieces.push(runs.iter().map(|run| run.text.as_str()).collect()),
            Block::Table(table) => {
                pieces.extend(table.caption.clone());
                // A cell that breaks stands beside its neighbours' lines; short ones are whole.
                let cells = table.rows.iter().flatten().filter(|cell| cell.chars().count() < 8);
                pieces.extend(cells.cloned());
            }
            Block::Chart(chart) => pieces.push(chart.title.clone()),
        }
    }
    pieces.extend(
        ["一、总体进展情况", "（二）交通和环境类", "1.资金使用", "附件：1.", "（此件公开发布）"].map(str::to_owned),
    );
    pieces.extend(
        ["演政办发〔2024〕5号", "000012", "特急", "2024年7月5日", "2024年7月5日印发", "抄送："].map(str::to_owned),
    );
    pieces.iter().map(|piece| solid(piece)).collect()
}

/// The text of a PDF without its page numbers, which may fall into the middle of a sentence.
fn without_numbers(text: &str) -> String {
    (1..20).fold(text.to_owned(), |text, page| text.replace(&format!("—{page}—"), ""))
}

#[test]
fn both_formats_hold_the_same_words() {
    let paper = specimen::paper();
    let from_docx = read_back(&docx(&paper, fonts()).expect("a DOCX"), "specimen.docx");
    let from_pdf = without_numbers(&read_back(&pdf(&paper, fonts()).expect("a PDF"), "specimen.pdf"));
    for piece in pieces(&paper) {
        assert!(from_docx.contains(&piece), "the DOCX lacks “{piece}”:\n{from_docx}");
        assert!(from_pdf.contains(&piece), "the PDF lacks “{piece}”:\n{from_pdf}");
    }
}

#[test]
fn equal_papers_are_equal_files() {
    let one = (pdf(&specimen::paper(), fonts()).expect("a PDF"), docx(&specimen::paper(), fonts()).expect("a DOCX"));
    let two = (pdf(&specimen::paper(), fonts()).expect("a PDF"), docx(&specimen::paper(), fonts()).expect("a DOCX"));
    assert!(one == two);
}

#[test]
fn every_part_of_the_docx_is_well_formed_and_declared() {
    let bytes = docx(&specimen::paper(), fonts()).expect("a DOCX");
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).expect("an archive");
    let mut parts = BTreeMap::new();
    for at in 0..archive.len() {
        let mut part = archive.by_index(at).expect("a part");
        let name = part.name().expect("a name").into_owned();
        let mut bytes = Vec::new();
        part.read_to_end(&mut bytes).expect("a part");
        parts.insert(name, bytes);
    }
    let types = String::from_utf8(parts["[Content_Types].xml"].clone()).expect("UTF-8");
    for (name, bytes) in &parts {
        if name.ends_with(".png") {
            assert!(bytes.starts_with(b"\x89PNG"), "{name}");
            continue;
        }
        let mut reader = quick_xml::Reader::from_reader(bytes.as_slice());
        loop {
            match reader.read_event() {
                Ok(quick_xml::events::Event::Eof) => break,
                Ok(_) => {}
                Err(error) => panic!("{name}: {error}"),
            }
        }
        let declared =
            types.contains(&format!("PartName=\"/{name}\"")) || name.ends_with(".rels") || name.starts_with('[');
        assert!(declared, "{name} is not declared");
    }
    let document = String::from_utf8(parts["word/document.xml"].clone()).expect("UTF-8");
    let styles = String::from_utf8(parts["word/styles.xml"].clone()).expect("UTF-8");
    for used in document.split("w:pStyle w:val=\"").skip(1) {
        let style = used.split('"').next().expect("a name");
        assert!(styles.contains(&format!("w:styleId=\"{style}\"")), "the style {style} is not defined");
    }
    assert_eq!(document.matches("<w:tblHeader/>").count(), 2);
    assert_eq!(document.matches("r:embed=").count(), 3);
}

#[test]
fn every_face_has_every_character_that_was_promised() {
    let promised = include_str!("../fonts/characters.txt");
    assert!(promised.chars().count() > 9000);
    assert_eq!(fonts().missing(promised), []);
    let mut paper = Paper::titled("〇堃喆珺玥镕");
    paper.blocks = vec![Block::paragraph("堃喆珺玥䶮"), Block::heading(minsheng_papers::Level::One, "堃喆㛃")];
    let text = read_back(&pdf(&paper, fonts()).expect("a PDF"), "names.pdf");
    assert!(text.contains("堃喆珺玥䶮"), "{text}");
}

#[test]
fn a_face_may_be_replaced_but_only_by_a_font() {
    assert_eq!(fonts().with(Face::Kai, b"no font".to_vec()).err(), Some(PaperError::NotAFont(Face::Kai)));
    assert_eq!(fonts().with(Face::Kai, Vec::new()).err(), Some(PaperError::NotAFont(Face::Kai)));
}

#[test]
fn a_chart_for_a_page_says_what_it_shows_and_has_no_style() {
    for block in specimen::paper().blocks {
        let Block::Chart(chart) = block else { continue };
        let drawn = svg(&chart, fonts()).expect("a chart");
        let mut reader = quick_xml::Reader::from_str(&drawn);
        while reader.read_event().expect("well formed") != quick_xml::events::Event::Eof {}
        assert!(drawn.contains(&format!("<title>{}</title>", chart.alt)));
        assert!(!drawn.contains("style="));
        if let Drawing::Bullets(bullets) = &chart.drawing {
            assert!(bullets.iter().all(|bullet| drawn.contains(&bullet.printed)));
        }
    }
}

#[test]
fn a_paper_with_nothing_in_it_is_a_paper() {
    let empty = Paper::titled("");
    assert!(Document::load_mem(&pdf(&empty, fonts()).expect("a PDF")).is_ok());
    assert!(docx(&empty, fonts()).is_ok());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    /// What is put in is read back from both files, whatever the text.
    #[test]
    fn any_text_is_read_back(
        pieces in prop::collection::vec("[一-十民生实事完成]{1,20}|[，。；：“”（）《》—]|[0-9]{1,4}|[A-Za-z]{1,30}|[ \\n]", 1..120),
    ) {
        let text = pieces.concat();
        let missing = fonts().missing(&text);
        let text: String = text.chars().filter(|character| !missing.contains(character)).collect();
        let mut paper = Paper::titled("标题");
        paper.page_numbers = false;
        paper.blocks = vec![Block::paragraph(text.clone())];
        let wanted = solid(&format!("标题{text}"));
        prop_assert_eq!(&read_back(&pdf(&paper, fonts()).expect("a PDF"), "any.pdf"), &wanted);
        prop_assert_eq!(&read_back(&docx(&paper, fonts()).expect("a DOCX"), "any.docx"), &wanted);
    }

    /// No text whatever makes a panic: it is set, or refused with a reason.
    #[test]
    fn no_text_panics(title in any::<String>(), text in any::<String>()) {
        let mut paper = Paper::titled(title);
        paper.blocks = vec![Block::paragraph(text)];
        if let Err(error) = pdf(&paper, fonts()) {
            let named = matches!(error, PaperError::NoGlyph { .. });
            prop_assert!(named, "{error}");
        }
        if let Err(error) = docx(&paper, fonts()) {
            let named = matches!(error, PaperError::NotText { .. });
            prop_assert!(named, "{error}");
        }
    }
}

/// Pages as pictures, for people to look at; skipped where the programs are not installed.
#[test]
fn pictures_of_the_pages_are_kept_as_artefacts() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../test-artefacts/papers");
    std::fs::create_dir_all(&folder).expect("a folder");
    std::fs::write(folder.join("specimen.pdf"), pdf(&specimen::paper(), fonts()).expect("a PDF")).expect("written");
    std::fs::write(folder.join("specimen.docx"), docx(&specimen::paper(), fonts()).expect("a DOCX")).expect("written");
    let drawn =
        Command::new("pdftoppm").args(["-r", "60", "-png", "specimen.pdf", "page"]).current_dir(&folder).status();
    match drawn {
        Ok(status) => {
            assert!(status.success());
            assert!(folder.join("page-1.png").exists());
        }
        Err(error) => println!("skipped: pdftoppm: {error}"),
    }
}
