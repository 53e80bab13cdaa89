//! Files of every kind, sound and broken.

use std::io::{Cursor, Write};

use lopdf::{Document, Object, Stream, dictionary};
use minsheng_bulletins::read::{MOST_BYTES, MOST_CHARACTERS, Unreadable, text};
use minsheng_bulletins::{Text, check, extract};
use proptest::prelude::*;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

const SENTENCE: &str = "截至11月底，新增停车位1204个，完成投资3.6亿元。";

#[track_caller]
fn values(text: &Text) -> Vec<String> {
    extract(text).into_iter().map(|finding| finding.value.to_string()).collect()
}

#[test]
fn every_encoding_of_the_office_is_read() {
    let wide = |little: bool, mark: bool| -> Vec<u8> {
        let units = mark.then_some(0xFEFF_u16).into_iter().chain(SENTENCE.encode_utf16());
        units.flat_map(|unit| if little { unit.to_le_bytes() } else { unit.to_be_bytes() }).collect()
    };
    let (gb, _, _) = encoding_rs::GB18030.encode(SENTENCE);
    let marked = [b"\xEF\xBB\xBF".as_slice(), SENTENCE.as_bytes()].concat();
    for (name, bytes) in [
        ("utf-8", SENTENCE.as_bytes().to_vec()),
        ("utf-8 with a mark", marked),
        ("gb18030", gb.into_owned()),
        ("utf-16le", wide(true, true)),
        ("utf-16be", wide(false, true)),
        ("utf-16le without a mark", wide(true, false)),
        ("utf-16be without a mark", wide(false, false)),
    ] {
        let read = text(&bytes, "a.txt").unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(read.content(), SENTENCE, "{name}");
    }
}

#[test]
fn what_is_no_text_is_refused_in_words() {
    assert!(text("字".repeat(MOST_CHARACTERS).as_bytes(), "a.txt").is_ok(), "the longest text");
    let noise: Vec<u8> = (0..4000_u32).map(|n| u8::try_from((n * 7919 + n * n) % 251).unwrap_or(0)).collect();
    for (bytes, wanted) in [
        (Vec::new(), Unreadable::Empty),
        (b" \n \r\n".to_vec(), Unreadable::Empty),
        (noise, Unreadable::Binary),
        (vec![0xD0, 0xCF, 0x11, 0xE0, 0, 0], Unreadable::OldWord),
        (b"PK\x03\x04 nothing".to_vec(), Unreadable::NotDocx),
        (b"%PDF-1.7 nothing".to_vec(), Unreadable::BrokenPdf),
        (vec![b'a'; MOST_BYTES + 1], Unreadable::TooLarge),
        ("字".repeat(MOST_CHARACTERS + 1).into_bytes(), Unreadable::TooLong),
        (vec![0xFF, 0x81, 0xFF, 0x80, 0xFF, 0xFF, 0x41, 0xFF], Unreadable::Encoding),
    ] {
        assert_eq!(text(&bytes, "a.txt"), Err(wanted.clone()), "{wanted}");
        assert!(wanted.to_string().chars().any(|letter| letter > '\u{4E00}'), "a message in Chinese");
    }
}

#[test]
fn web_pages_give_their_main_text() {
    let page = "<!DOCTYPE html><html><head><meta charset=\"utf-8\"><title>第1页</title><style>p{width:30个}</style></head>\
        <body><nav>热点99个</nav><article><h1>2024年进展</h1><p>新建公园&nbsp;12个，\n改造<b>3</b>5座。</p><!-- 77个 -->\
        <table><tr><th>项目</th><th>完成数（个）</th></tr><tr><td><p>驿站</p></td><td><p>48</p></td></tr></table>\
        <script>var a='88个';</script></article><footer>备案33号</footer></body></html>";
    let read = text(page.as_bytes(), "a.html").expect("a page");
    assert_eq!(values(&read), ["12", "35", "48"], "{}", read.content());

    let (gb, _, _) =
        encoding_rs::GBK.encode("<html><head><meta charset=gb2312></head><body>新建公园12个</body></html>");
    assert_eq!(values(&text(&gb, "b.htm").expect("a page")), ["12"]);
    for broken in
        ["<html", "<html><p", "<html>&#99999999;&;&amp 3个<", "<table><tr><td>", "<html><!-- ", "<html></article></td>"]
    {
        let _ = text(broken.as_bytes(), "c.html");
    }
}

fn docx(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        archive.start_file(*name, SimpleFileOptions::default()).expect("a part");
        archive.write_all(content).expect("written");
    }
    archive.finish().expect("an archive").into_inner()
}

#[test]
fn word_documents_give_body_and_tables() {
    let body = "<?xml version=\"1.0\"?><w:document xmlns:w=\"w\"><w:body>\
        <w:p><w:r><w:t>截至11月底，新增停车位1</w:t></w:r><w:r><w:t>204</w:t></w:r><w:r><w:t>个。</w:t></w:r>\
        <w:del><w:r><w:delText>删去77个</w:delText></w:r></w:del><w:r><w:instrText>PAGE 5个</w:instrText></w:r></w:p>\
        <w:tbl><w:tr><w:tc><w:p><w:r><w:t>项目</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>完成数（座）</w:t></w:r></w:p></w:tc></w:tr>\
        <w:tr><w:tc><w:p><w:r><w:t>公园 &amp; 绿地</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>31</w:t></w:r></w:p></w:tc></w:tr></w:tbl>\
        <mc:AlternateContent><mc:Choice><w:t>另建2所</w:t></mc:Choice><mc:Fallback><w:t>另建2所</w:t></mc:Fallback></mc:AlternateContent>\
        </w:body></w:document>";
    let macros = ("word/vbaProject.bin", b"Sub AutoOpen()".as_slice());
    let read = text(&docx(&[macros, ("word/document.xml", body.as_bytes())]), "a.docx").expect("a document");
    assert_eq!(values(&read), ["1204", "31", "2"], "{}", read.content());
}

#[test]
fn hostile_word_documents_are_refused() {
    let laughs = "<?xml version=\"1.0\"?><!DOCTYPE w [<!ENTITY a \"哈哈\"><!ENTITY b \"&a;&a;&a;&a;\">]><w:document><w:t>&b;</w:t></w:document>";
    assert_eq!(text(&docx(&[("word/document.xml", laughs.as_bytes())]), "a.docx"), Err(Unreadable::DeclaredDocx));
    let undeclared = "<w:document><w:p><w:t>新建&lol;12个</w:t></w:p></w:document>";
    assert_eq!(values(&text(&docx(&[("word/document.xml", undeclared.as_bytes())]), "a.docx").expect("read")), ["12"]);
    let broken = docx(&[("word/document.xml", b"<w:document><w:p><w:t>12\xFF\xFE<")]);
    assert!(matches!(text(&broken, "a.docx"), Err(Unreadable::BrokenDocx { .. })));
    assert_eq!(text(&docx(&[("xl/workbook.xml", b"<a/>")]), "a.docx"), Err(Unreadable::NotDocx));
    // 80 MB of one letter pack into less than a hundred kilobytes.
    let bomb = docx(&[("word/document.xml", &[b"<w:t>".as_slice(), &vec![b'a'; 80 << 20]].concat())]);
    assert!(bomb.len() < 1 << 20);
    assert!(matches!(text(&bomb, "a.docx"), Err(Unreadable::TooLargeUnpacked | Unreadable::BrokenDocx { .. })));
}

/// A pdf of one page whose content is given, with one font in the encoding that Chinese office software uses.
fn pdf(content: Vec<u8>) -> Vec<u8> {
    let mut document = Document::with_version("1.5");
    let pages = document.new_object_id();
    let font = document.add_object(dictionary! {
        "Type" => "Font", "Subtype" => "Type0", "BaseFont" => "SimSun", "Encoding" => "UniGB-UTF16-H",
    });
    let content = document.add_object(Stream::new(dictionary! {}, content));
    let page = document.add_object(dictionary! {
        "Type" => "Page", "Parent" => pages, "Contents" => content,
        "Resources" => dictionary! { "Font" => dictionary! { "F1" => font } },
    });
    let tree = dictionary! { "Type" => "Pages", "Kids" => vec![page.into()], "Count" => 1 };
    document.objects.insert(pages, Object::Dictionary(tree));
    let catalog = document.add_object(dictionary! { "Type" => "Catalog", "Pages" => pages });
    document.trailer.set("Root", catalog);
    let mut bytes = Vec::new();
    document.save_to(&mut bytes).expect("a pdf");
    bytes
}

fn hex(words: &str) -> String {
    words.encode_utf16().map(|unit| format!("{unit:04X}")).collect()
}

#[test]
fn the_text_layer_of_a_pdf_is_read_line_by_line() {
    let lines = format!(
        "BT /F1 16 Tf 1 0 0 1 80 700 Tm <{}> Tj 0 -28 Td <{}> Tj <{}> Tj 0 -28 Td [<{}> -20 <{}>] TJ ET",
        hex("2024年民生实事进展情况"),
        hex("截至11月底，新增停车位1"),
        hex("20"),
        hex("4个，完成"),
        hex("投资3.6亿元。")
    );
    let read = text(&pdf(lines.into_bytes()), "a.pdf").expect("a pdf");
    assert_eq!(values(&read), ["1204", "360000000"], "{}", read.content());
}

/// A page of millions of operations is read one by one, and forms that draw forms end with the budget of the file.
#[test]
fn a_pdf_that_draws_without_end_is_refused_in_time() {
    let saved = pdf(b"q ".repeat(2_000_000));
    assert_eq!(text(&saved, "a.pdf"), Err(Unreadable::PictureOnly));
    let again = pdf_with("GBK-EUC-H", b"/X1 Do ".repeat(1_000), b"/X1 Do ".repeat(100));
    assert_eq!(text(&again, "a.pdf"), Err(Unreadable::TooLargeUnpacked));
    let words = format!("BT /F1 16 Tf <{}> Tj ET ", hex(&"字".repeat(500_000)));
    let repeated = pdf_with("UniGB-UTF16-H", b"/X1 Do ".repeat(50), words.into_bytes());
    assert_eq!(text(&repeated, "a.pdf"), Err(Unreadable::TooLargeUnpacked));
}

#[test]
fn a_pdf_of_pictures_says_so() {
    assert_eq!(text(&pdf(b"q 100 0 0 100 0 0 cm /Im1 Do Q".to_vec()), "a.pdf"), Err(Unreadable::PictureOnly));
    let sound = pdf(format!("BT /F1 16 Tf <{}> Tj ET", hex("新建公园12个")).into_bytes());
    for cut in [sound.len() / 4, sound.len() / 2, sound.len() - 20] {
        let _ = text(&sound[..cut], "a.pdf");
    }
}

/// The inputs that the fuzzer starts from.
fn seeds() -> Vec<Vec<u8>> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus/bulletin");
    let mut paths: Vec<_> =
        std::fs::read_dir(folder).expect("the seeds").map(|entry| entry.expect("an entry").path()).collect();
    paths.sort();
    assert!(paths.len() >= 8);
    paths.iter().map(|path| std::fs::read(path).expect("a seed")).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_break_the_reader(
        seed in any::<prop::sample::Index>(),
        cut in any::<prop::sample::Index>(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..12),
        other in any::<prop::sample::Index>(),
    ) {
        let seeds = seeds();
        let mut bytes = seed.get(&seeds).clone();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        bytes.truncate(cut.index(bytes.len()) + 1);
        bytes.extend_from_slice(other.get(seeds.as_slice()).as_slice());
        if let Ok(read) = text(&bytes, "fuzz.txt") {
            let length = read.content().chars().count();
            let findings = extract(&read);
            prop_assert!(findings.iter().all(|finding| finding.span.start < finding.span.end && finding.span.end <= length));
            prop_assert!(check(&read, &findings).iter().all(|relation| relation.findings.iter().all(|index| *index < findings.len())));
        }
    }
}

#[test]
fn big5_is_read_where_its_words_say_so() {
    let sentence = "本區截至六月底，新增長者飯堂26間，完成家居改裝1120戶，佔全年目標的七成，市民對服務表示滿意。";
    let (bytes, _, lost) = encoding_rs::BIG5.encode(sentence);
    assert!(!lost);
    let read = text(&bytes, "a.txt").expect("a text");
    assert_eq!(read.content(), sentence);
    // The same bytes of simplified text stay GB18030.
    let (bytes, _, _) = encoding_rs::GB18030.encode(SENTENCE);
    assert_eq!(text(&bytes, "a.txt").expect("a text").content(), SENTENCE);
}

#[test]
fn word_lists_keep_their_numbers_and_boxes_stand_behind_their_paragraph() {
    let numbering = "<w:numbering><w:abstractNum w:abstractNumId=\"0\"><w:lvl w:ilvl=\"0\"><w:start w:val=\"1\"/>\
        <w:numFmt w:val=\"decimal\"/><w:lvlText w:val=\"%1.\"/></w:lvl></w:abstractNum>\
        <w:num w:numId=\"4\"><w:abstractNumId w:val=\"0\"/></w:num></w:numbering>";
    let item = |words: &str| {
        format!(
            "<w:p><w:pPr><w:numPr><w:ilvl w:val=\"0\"/><w:numId w:val=\"4\"/></w:numPr></w:pPr><w:r><w:t>{words}</w:t></w:r></w:p>"
        )
    };
    let framed = "<w:p><w:r><w:t>新建公园1</w:t></w:r><w:r><mc:AlternateContent><mc:Choice><w:txbxContent>\
        <w:p><w:r><w:t>导读：改造小区9个</w:t></w:r></w:p></w:txbxContent></mc:Choice><mc:Fallback><w:txbxContent>\
        <w:p><w:r><w:t>导读：改造小区9个</w:t></w:r></w:p></w:txbxContent></mc:Fallback></mc:AlternateContent></w:r>\
        <w:r><w:t>2个。</w:t></w:r></w:p>";
    let body = format!(
        "<w:document><w:body>{}{}{framed}</w:body></w:document>",
        item("新增床位120张。"),
        item("新增车位36个。")
    );
    let parts: [(&str, &[u8]); 3] = [
        ("word/document.xml", body.as_bytes()),
        ("word/numbering.xml", numbering.as_bytes()),
        ("word/header1.xml", "<w:hdr><w:p><w:r><w:t>机密77份</w:t></w:r></w:p></w:hdr>".as_bytes()),
    ];
    let read = text(&docx(&parts), "a.docx").expect("a document");
    assert_eq!(read.content().trim(), "1.新增床位120张。\n2.新增车位36个。\n新建公园12个。\n导读：改造小区9个");
    assert_eq!(values(&read), ["120", "36", "12", "9"]);
}

/// A pdf of one page with one font in an encoding, and a form that the page may draw.
fn pdf_with(encoding: &str, content: Vec<u8>, form: Vec<u8>) -> Vec<u8> {
    let mut document = Document::with_version("1.5");
    let pages = document.new_object_id();
    let font = document.add_object(dictionary! {
        "Type" => "Font", "Subtype" => "Type0", "BaseFont" => "SimSun", "Encoding" => encoding,
    });
    let fonts = dictionary! { "F1" => font };
    let form = document.add_object(Stream::new(
        dictionary! {
            "Type" => "XObject", "Subtype" => "Form", "Matrix" => vec![1.into(), 0.into(), 0.into(), 1.into(), 0.into(), 50.into()],
            "Resources" => dictionary! { "Font" => fonts.clone() },
        },
        form,
    ));
    let content = document.add_object(Stream::new(dictionary! {}, content));
    let page = document.add_object(dictionary! {
        "Type" => "Page", "Parent" => pages, "Contents" => content,
        "Resources" => dictionary! { "Font" => fonts, "XObject" => dictionary! { "X1" => form } },
        "MediaBox" => vec![0.into(), 0.into(), 595.into(), 842.into()],
    });
    document.objects.insert(
        pages,
        Object::Dictionary(dictionary! { "Type" => "Pages", "Kids" => vec![page.into()], "Count" => 1 }),
    );
    let catalog = document.add_object(dictionary! { "Type" => "Catalog", "Pages" => pages });
    document.trailer.set("Root", catalog);
    let mut bytes = Vec::new();
    document.save_to(&mut bytes).expect("a pdf");
    bytes
}

#[test]
fn predefined_encodings_and_forms_of_a_pdf_are_read() {
    let coded = |encoding: &'static encoding_rs::Encoding, words: &str| -> String {
        encoding.encode(words).0.iter().map(|byte| format!("{byte:02X}")).collect()
    };
    let shows = |hex: &str, y: u32| format!("BT /F1 16 Tf 80 {y} Td <{hex}> Tj ET ").into_bytes();
    for (name, encoding) in
        [("GBK-EUC-H", encoding_rs::GB18030), ("GBK2K-H", encoding_rs::GB18030), ("ETen-B5-H", encoding_rs::BIG5)]
    {
        let words = coded(encoding, "新建公園12個");
        let framed = coded(encoding, "改造公園35個");
        let content = [shows(&words, 700), b"q 1 0 0 1 0 -100 cm /X1 Do Q".to_vec()].concat();
        let read = text(&pdf_with(name, content, shows(&framed, 650)), "a.pdf").expect("a pdf");
        assert_eq!(values(&read), ["12", "35"], "{name}: {}", read.content());
    }
    // Numbers of glyphs without a map are no text.
    let glyphs = pdf_with("Identity-H", shows("00410042004300440045", 700), Vec::new());
    assert_eq!(text(&glyphs, "a.pdf"), Err(Unreadable::PictureOnly));
    // A form that draws itself ends.
    let endless = pdf_with("GBK-EUC-H", b"/X1 Do".to_vec(), b"/X1 Do /X1 Do".to_vec());
    assert_eq!(text(&endless, "a.pdf"), Err(Unreadable::PictureOnly));
}
