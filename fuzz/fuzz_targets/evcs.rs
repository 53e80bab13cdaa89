//! No bytes make the reader of charging operators' messages panic, and nothing opens that was not sealed:
//! `cargo +nightly fuzz run evcs --no-default-features fuzz/found/evcs fuzz/corpus/evcs`.
#![no_main]

use libfuzzer_sys::fuzz_target;
use minsheng_evcs::messages::{self, StationsPage, StationsQuery, TokenAnswer, TokenQuery};
use minsheng_evcs::stats::{StationStats, StatsQuery};
use minsheng_evcs::{Keys, Request, Response, lenient, opening, price};

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let keys = Keys::new("1234567890abcdef", "1234567890abcdef", "a secret that no input knows").expect("sixteen characters");
    if let Ok(request) = Request::read(text) {
        assert!(request.open(&keys).is_err(), "forged");
    }
    if let Ok(response) = Response::read(text) {
        assert!(response.open(&keys).is_err(), "forged");
    }
    let _ = keys.decrypt(text);
    if let Some(time) = chrono::NaiveTime::from_hms_opt(12, 0, 0) {
        let _ = opening::open_at(text, time);
    }
    if let Some((low, high)) = price::per_kwh(text) {
        assert!(0 <= low && low <= high);
    }
    let Ok(value) = lenient::read(text) else { return };
    if let Ok(page) = StationsPage::read(&value, 1_000) {
        // What was read is written and read again as the same.
        let again = StationsPage::read(&page.to_json(), 1_000).expect("our own page");
        assert_eq!(again.stations.len(), page.stations.len());
    }
    let _ = messages::read_notification(&value, 1_000);
    let _ = messages::read_status_answer(&value, 1_000);
    let _ = messages::read_status_query(&value);
    let _ = StationsQuery::read(&value);
    let _ = TokenQuery::read(&value);
    let _ = TokenAnswer::read(&value, 0);
    let _ = StatsQuery::read(&value);
    let _ = StationStats::read(&value);
});
