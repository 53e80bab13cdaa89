//! No bytes make the reader of programme sheets panic or run out of memory: `cargo +nightly fuzz run sheet`.
#![no_main]

use libfuzzer_sys::fuzz_target;
use minsheng_plan::sheet::archive::Limits;
use minsheng_plan::sheet::check::Checker;
use minsheng_plan::sheet::draft::Context;
use minsheng_plan::sheet::read;

fuzz_target!(|bytes: &[u8]| {
    let context = Context {
        today: chrono::NaiveDate::from_ymd_opt(2025, 12, 1).expect("a day"),
        regions: [("330200".parse().expect("a code"), vec!["宁波市".to_owned()])].into(),
        units: Vec::new(),
        within: None,
    };
    let mut progress = |_, _| {};
    let mut checker = Checker::new(&context, &mut progress);
    let limits = Limits { unpacked: 4 << 20, ..Limits::default() };
    if read::read_bytes(bytes, "sheet", &limits, &mut checker).is_ok() {
        let _ = checker.finish();
    }
});
