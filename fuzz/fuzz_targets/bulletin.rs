//! No bytes make the reader of bulletins panic, in whatever encoding or format they claim to be, and what it finds stands
//! inside the text. Pdf files have a target of their own.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if !bytes.windows(5).any(|window| window == b"%PDF-") {
        minsheng_fuzz::read_and_judge(bytes, "2024.txt");
    }
});
