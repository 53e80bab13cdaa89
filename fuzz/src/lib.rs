//! What the targets of the reader of bulletins share: reading and judging whatever comes, and files around a part that is
//! fuzzed, because no fuzzer guesses the checksums of an archive or the offsets of a pdf.

use std::io::{Cursor, Write};

use minsheng_bulletins::{check, extract, read};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// Reads a file, finds its figures and judges their relations; whatever is found stands inside the text.
pub fn read_and_judge(bytes: &[u8], name: &str) {
    let Ok(text) = read::text(bytes, name) else { return };
    let length = text.content().chars().count();
    let findings = extract(&text);
    for finding in &findings {
        assert!(finding.span.start < finding.span.end && finding.span.end <= length);
        assert!(finding.phrase.start <= finding.span.start && finding.span.end <= finding.phrase.end);
        assert!(finding.parent.is_none_or(|parent| parent < findings.len()));
    }
    for relation in check(&text, &findings) {
        assert!(relation.findings.iter().all(|index| *index < findings.len()));
        assert!(relation.spans.iter().all(|span| span.start < span.end && span.end <= length));
    }
}

/// A docx whose parts are these.
pub fn docx(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    for (name, bytes) in parts {
        archive.start_file(*name, stored).expect("a new part");
        archive.write_all(bytes).expect("memory");
    }
    archive.finish().expect("memory").into_inner()
}

/// A pdf of one page that draws this, with one font whose codes are those of Chinese papers.
pub fn pdf(content: &[u8]) -> Vec<u8> {
    let font = "<</Type/Font/Subtype/Type0/BaseFont/F/Encoding/GBK-EUC-H/DescendantFonts[<</Type/Font/Subtype/CIDFontType0\
                /BaseFont/F/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 2>>>>]>>";
    let latin = "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>";
    let objects: [Vec<u8>; 4] = [
        b"<</Type/Catalog/Pages 2 0 R>>".to_vec(),
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>".to_vec(),
        format!("<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 {font}/F2 {latin}>>>>>>")
            .into_bytes(),
        [format!("<</Length {}>>stream\n", content.len()).as_bytes(), content, b"\nendstream"].concat(),
    ];
    let mut file = b"%PDF-1.7\n".to_vec();
    let mut offsets = Vec::new();
    for (number, object) in objects.iter().enumerate() {
        offsets.push(file.len());
        file.extend(format!("{} 0 obj\n", number + 1).bytes());
        file.extend(object);
        file.extend(b"\nendobj\n");
    }
    let table = file.len();
    file.extend(b"xref\n0 5\n0000000000 65535 f \n");
    for offset in offsets {
        file.extend(format!("{offset:010} 00000 n \n").bytes());
    }
    file.extend(format!("trailer<</Size 5/Root 1 0 R>>\nstartxref\n{table}\n%%EOF\n").bytes());
    file
}
