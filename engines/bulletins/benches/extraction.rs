//! How fast figures are found, in MB of UTF-8 a second, and pdf is read, in pages a second, on one core:
//! `cargo bench -p minsheng-bulletins`.
//!
//! The texts are those of `tests/texts`, one after the other, until there are two megabytes of them; the pdf holds them once,
//! on pages of 22 lines of 28 characters, packed as office software packs them.

#![expect(clippy::print_stdout, reason = "a benchmark prints")]

use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use lopdf::{Document, Object, Stream, dictionary};
use minsheng_bulletins::{Text, check, extract, read};

const BYTES: usize = 2 << 20;
const AT_LEAST: Duration = Duration::from_secs(3);

fn main() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/texts");
    let mut paths: Vec<_> =
        std::fs::read_dir(folder).expect("the texts").filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.retain(|path| path.extension().is_some_and(|kind| kind == "txt"));
    paths.sort();
    let whole: String = paths.iter().map(|path| std::fs::read_to_string(path).expect("a text") + "\n\n").collect();
    let long = Text::new("long", whole.repeat(BYTES.div_ceil(whole.len())));
    let short = Text::new("short", whole);
    let findings = extract(&long).len();
    report("extract, one long text", &long, || {
        black_box(extract(black_box(&long)));
    });
    report("extract, one text of a few pages", &short, || {
        black_box(extract(black_box(&short)));
    });
    let found = extract(&short);
    report("check, one text of a few pages", &short, || {
        black_box(check(black_box(&short), black_box(&found)));
    });
    println!("{findings} figures in {} bytes", long.content().len());
    let (bytes, pages) = pdf(short.content());
    let read = read::text(&bytes, "a.pdf").expect("a pdf");
    assert_eq!(
        read.content().matches("平方米").count(),
        short.content().matches("平方米").count(),
        "every page is read"
    );
    let rate = runs(|| {
        black_box(read::text(black_box(&bytes), "a.pdf").expect("a pdf"));
    });
    println!("read a pdf: {:.0} pages/s ({pages} pages, {} bytes)", rate * pages as f64, bytes.len());
    let rate = runs(|| {
        let text = read::text(black_box(&bytes), "a.pdf").expect("a pdf");
        black_box(check(&text, &extract(&text)));
    });
    println!("read, extract and check it: {:.0} pages/s", rate * pages as f64);
}

fn report(what: &str, text: &Text, work: impl Fn()) {
    let megabytes = text.content().len() as f64 / 1e6;
    println!("{what}: {:.1} MB/s ({} bytes)", runs(work) * megabytes, text.content().len());
}

/// Runs a second.
fn runs(work: impl Fn()) -> f64 {
    let start = Instant::now();
    let mut runs = 0_u32;
    while start.elapsed() < AT_LEAST {
        work();
        runs += 1;
    }
    f64::from(runs) / start.elapsed().as_secs_f64()
}

/// The text as a pdf with the font encoding of Chinese office software; says how many pages that made.
fn pdf(text: &str) -> (Vec<u8>, usize) {
    let characters: Vec<Vec<char>> = text.lines().map(|line| line.chars().collect()).collect();
    let lines: Vec<&[char]> = characters.iter().flat_map(|line| line.chunks(28)).collect();
    let mut document = Document::with_version("1.5");
    let tree = document.new_object_id();
    let font = document.add_object(dictionary! {
        "Type" => "Font", "Subtype" => "Type0", "BaseFont" => "FangSong", "Encoding" => "UniGB-UTF16-H",
    });
    let mut pages = Vec::new();
    for page in lines.chunks(22) {
        let mut shown = String::from("BT /F1 16 Tf 79 740 Td");
        for line in page {
            shown += " <";
            for unit in line.iter().collect::<String>().encode_utf16() {
                shown += &format!("{unit:04X}");
            }
            shown += "> Tj 0 -29 Td";
        }
        let mut content = Stream::new(dictionary! {}, (shown + " ET").into_bytes());
        content.compress().expect("packed");
        let content = document.add_object(content);
        pages.push(document.add_object(dictionary! {
            "Type" => "Page", "Parent" => tree, "Contents" => content,
            "Resources" => dictionary! { "Font" => dictionary! { "F1" => font } },
            "MediaBox" => vec![0.into(), 0.into(), 595.into(), 842.into()],
        }));
    }
    let count = pages.len();
    let kids: Vec<Object> = pages.into_iter().map(Object::from).collect();
    let counted = i64::try_from(count).expect("pages");
    let pages = dictionary! { "Type" => "Pages", "Kids" => kids, "Count" => counted };
    document.objects.insert(tree, Object::Dictionary(pages));
    let catalog = document.add_object(dictionary! { "Type" => "Catalog", "Pages" => tree });
    document.trailer.set("Root", catalog);
    let mut bytes = Vec::new();
    document.save_to(&mut bytes).expect("a pdf");
    (bytes, count)
}
