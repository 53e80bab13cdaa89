//! No bytes make the reader of web pages panic.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| minsheng_fuzz::read_and_judge(bytes, "2024.html"));
