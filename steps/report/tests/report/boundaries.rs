//! The clock at the boundary of a window: the first and the last millisecond in China decide, on both databases, whoever
//! asks and however long a page was open before.

use axum::http::StatusCode;
use chrono::{DateTime, NaiveDate};
use kernel::{Clock, Level, ProblemKind};
use report::returns::{self, CORRECTION_DAYS};
use report::rounds;
use report::rules::window::closes_ms;
use report::store as queries;
use report::words::State;
use store::Store;

use crate::house::{HAISHU, House, day, report};
use crate::on_both;
use crate::visitor::Site;

on_both!(
    a_round_is_open_from_its_first_to_its_last_millisecond,
    a_late_return_is_taken_to_the_last_millisecond_of_its_permission,
    what_is_sent_back_is_taken_to_the_last_millisecond_of_its_days,
    a_day_of_knowledge_ends_with_its_last_millisecond,
    a_page_that_was_opened_in_time_is_told_when_time_is_over,
);

/// The house at an instant.
fn at(house: &House, ms: i64) -> Store {
    house.store.with_clock(Clock::fixed(DateTime::from_timestamp_millis(ms).unwrap()))
}

/// The first millisecond of a day in China.
fn first_ms(day: NaiveDate) -> i64 {
    closes_ms(day.pred_opt().unwrap())
}

/// Whether it was done, or refused because time has not come or is over.
fn taken<T: std::fmt::Debug>(outcome: store::Result<T>) -> bool {
    match outcome {
        Ok(_) => true,
        Err(error) => {
            let problem = error.problem().unwrap_or_else(|| panic!("{error:?}"));
            let told = ["已截止", "还没有开始"].iter().any(|words| problem.message.zh.contains(words));
            assert!(problem.kind == ProblemKind::Conflict && told, "{problem}");
            false
        }
    }
}

/// Guard: `rules::window`, asked with the instant that stamps the write.
async fn a_round_is_open_from_its_first_to_its_last_millisecond(house: House) {
    let (office, body) = (house.office().await, house.body().await);
    let round = house.june(&office, &[Level::City]).await;
    let (opens, closes) = (first_ms(day("2024-07-01")), closes_ms(day("2024-07-05")));
    for (ms, open) in [(opens - 1, false), (opens, true), (closes - 1, true), (closes, false)] {
        let row = house.at(round, HAISHU).await;
        let outcome = returns::save(&at(&house, ms), &body, &[house.filling(&row, 10, 4)]).await;
        assert_eq!(taken(outcome), open, "{ms}");
    }
    let row = house.at(round, HAISHU).await;
    returns::submit(&at(&house, closes - 1), &body, &[house.filling(&row, 11, 4)]).await.unwrap();
    let year = (day("2024-01-01"), day("2024-12-31"));
    let counts = queries::late_counts(house.store.reader(), house.programme.id, year, closes).await.unwrap();
    assert_eq!(counts.iter().map(|one| one.late).sum::<i64>(), 0, "in the last millisecond it is in time");
    assert_eq!(counts.iter().map(|one| one.missing).sum::<i64>(), 2, "and the others are missing from the next one on");
    let before = queries::late_counts(house.store.reader(), house.programme.id, year, closes - 1).await.unwrap();
    assert_eq!(before, [], "until then the round counts for nobody, whoever has handed in");
    assert!(!taken(returns::withdraw(&at(&house, closes), &body, &[(row.id, row.version + 1)]).await));
}

/// Guard: as above, with the day of the permission.
async fn a_late_return_is_taken_to_the_last_millisecond_of_its_permission(house: House) {
    let (office, body) = (house.office().await, house.body().await);
    let round = house.june(&office, &[Level::City]).await;
    let row = house.at(round, HAISHU).await;
    let until = day("2024-07-09");
    returns::allow_late(&house.on("2024-07-08"), &office, &[row.id], until, "系统故障").await.unwrap();
    let over = closes_ms(until);
    assert!(!taken(returns::submit(&at(&house, over), &body, &[house.filling(&row, 10, 4)]).await));
    assert!(taken(returns::submit(&at(&house, over - 1), &body, &[house.filling(&row, 10, 4)]).await));
    let year = (day("2024-01-01"), day("2024-12-31"));
    let counts = queries::late_counts(house.store.reader(), house.programme.id, year, over).await.unwrap();
    assert_eq!(counts.iter().map(|one| one.late).sum::<i64>(), 1, "allowed is late all the same");
    // A permission for today is given until today is over, and never for yesterday.
    let ninghai = house.at(round, crate::house::NINGHAI).await;
    let given = |ms, until| {
        let (store, office) = (at(&house, ms), &office);
        async move { returns::allow_late(&store, office, &[ninghai.id], until, "系统故障").await.is_ok() }
    };
    assert!(given(closes_ms(until) - 1, until).await);
    assert!(!given(closes_ms(until), until).await);
}

/// Guard: `rules::window::correctable`; the days count from that on which it was sent back, in China. On the last evening of
/// the round as well.
async fn what_is_sent_back_is_taken_to_the_last_millisecond_of_its_days(house: House) {
    let (office, body) = (house.office().await, house.body().await);
    let closes = closes_ms(day("2024-07-05"));
    for (cut_off, back, until) in [
        ("2024-05-31", closes - 1, "2024-07-08"),
        ("2024-05-30", first_ms(day("2024-07-02")), "2024-07-05"),
        ("2024-06-30", closes, "2024-07-09"),
        ("2024-06-29", closes_ms(day("2024-07-06")) - 1, "2024-07-09"),
    ] {
        let new = rounds::NewRound {
            cut_off: day(cut_off),
            opens_on: day("2024-07-01"),
            closes_on: day("2024-07-05"),
            levels: vec![Level::City],
        };
        let round = rounds::open(&house.store, &office, &house.programme, &new).await.unwrap().round;
        let row = house.at(round, HAISHU).await;
        returns::submit(&house.store, &body, &[house.filling(&row, 10, 4)]).await.unwrap();
        returns::send_back(&at(&house, back), &office, &[(row.id, 2)], "请核对").await.unwrap();
        let row = house.at(round, HAISHU).await;
        assert_eq!((row.state(), CORRECTION_DAYS), (State::Returned, 3));
        let over = closes_ms(day(until));
        assert!(!taken(returns::submit(&at(&house, over), &body, &[house.filling(&row, 12, 4)]).await), "{cut_off}");
        assert!(taken(returns::submit(&at(&house, over - 1), &body, &[house.filling(&row, 12, 4)]).await), "{cut_off}");
    }
}

/// Guard: `closes_ms` bounds what was known on a day. An approval in the last millisecond belongs to it.
async fn a_day_of_knowledge_ends_with_its_last_millisecond(house: House) {
    let (office, body) = (house.office().await, house.body().await);
    let round = house.june(&office, &[Level::City]).await;
    let row = house.at(round, HAISHU).await;
    returns::submit(&house.store, &body, &[house.filling(&row, 10, 4)]).await.unwrap();
    let end = closes_ms(day("2024-07-08"));
    returns::pass_or_approve(&at(&house, end - 1), &office, &[(row.id, 2)]).await.unwrap();
    let known = |on: &'static str| {
        let house = &house;
        async move { queries::latest_approved(house.store.reader(), house.programme.id, Some(day(on))).await.unwrap().len() }
    };
    assert_eq!((known("2024-07-07").await, known("2024-07-08").await), (0, 1));
}

/// The page was opened before midnight and is sent after it: what was typed is still there, with what to do.
async fn a_page_that_was_opened_in_time_is_told_when_time_is_over(house: House) {
    let (office, body) = (house.office().await, house.body().await);
    let round = house.june(&office, &[Level::City]).await;
    let row = house.at(round, HAISHU).await;
    let closes = closes_ms(day("2024-07-05"));
    let (before, after) = (Site::open(at(&house, closes - 1)), Site::open(at(&house, closes)));
    let form = format!("/office/returns/{}", row.id);
    let page = before.visit(&body).await.get(&form).await.text();
    assert!(page.contains("今天截止") && page.contains("name=\"raw-1\""), "{page}");
    let fields = [("version", "1"), ("act", "submit"), ("raw-1", "10"), ("raw-2", "4"), ("raw-3", "6")];
    let late = after.visit(&body).await.upload(&form, &fields, None).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    assert!(
        late.text().contains("须由办公室准予补报") || late.text().contains("需由办公室准予补报"),
        "{}",
        late.text()
    );
    assert_eq!(house.at(round, HAISHU).await, row);
}
