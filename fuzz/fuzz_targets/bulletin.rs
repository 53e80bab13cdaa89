//! No bytes make the reader of bulletins panic, and whatever it finds stands inside the text:
//! `cargo +nightly fuzz run bulletin --no-default-features fuzz/corpus/bulletin fuzz/seeds/bulletin`.
#![no_main]

use libfuzzer_sys::fuzz_target;
use minsheng_bulletins::{check, extract, read};

fuzz_target!(|bytes: &[u8]| {
    // The parser of pdf files is another project's and is tried there.
    if bytes.windows(5).any(|window| window == b"%PDF-") {
        return;
    }
    let Ok(text) = read::text(bytes, "fuzz.txt") else { return };
    let length = text.content().chars().count();
    let findings = extract(&text);
    for finding in &findings {
        assert!(finding.span.start < finding.span.end && finding.span.end <= length);
    }
    for relation in check(&text, &findings) {
        assert!(relation.findings.iter().all(|index| *index < findings.len()));
    }
});
