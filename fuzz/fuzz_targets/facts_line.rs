//! No line makes the reader of facts panic: `cargo +nightly fuzz run facts_line`.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|line: &str| {
    let _ = minsheng_ledger::facts::read_line(line);
});
