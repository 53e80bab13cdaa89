//! No body and no list of numberings makes the reader of docx panic; a declaration of entities is refused. The input is
//! the body; what stands behind the first zero byte is the part that numbers the lists.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let (body, numbering) = match bytes.iter().position(|byte| *byte == 0) {
        Some(at) => (&bytes[..at], &bytes[at + 1..]),
        None => (bytes, &[][..]),
    };
    let file = minsheng_fuzz::docx(&[("word/document.xml", body), ("word/numbering.xml", numbering)]);
    minsheng_fuzz::read_and_judge(&file, "2024.docx");
});
