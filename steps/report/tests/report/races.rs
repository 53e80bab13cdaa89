//! Two at once: one outcome, a clear message, nothing lost, nothing twice.
//!
//! Each test names the guard that it holds. On SQLite writes come one after the other (immediate transactions), on
//! PostgreSQL they overlap, so it is there that a missing guard shows first.

use axum::http::StatusCode;
use kernel::{Level, ProblemKind};
use ledger::entries;
use ledger::words::Measure;
use report::returns;
use report::rounds;
use report::words::State;
use store::audit;
use uuid::Uuid;

use crate::house::{HAISHU, House, code, day, report};
use crate::on_both;
use crate::visitor::Site;

const PDF: &[u8] = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n";

on_both!(
    of_two_who_open_a_round_one_is_told,
    two_clicks_on_the_page_hand_in_once,
    a_file_of_a_second_click_is_not_lost_in_silence,
    no_file_is_taken_back_from_what_was_handed_in,
    of_two_reviewers_one_approves,
    a_second_click_is_no_error_and_no_second_report,
    of_two_writers_the_slower_is_told,
    nothing_is_written_into_a_closed_round,
    a_review_and_a_withdrawal_have_one_outcome,
);

/// Whether it was done, or was refused because somebody else was faster.
fn faster<T>(outcome: &store::Result<T>) -> bool {
    match outcome {
        Ok(_) => true,
        Err(error) => {
            let problem = error.problem().unwrap_or_else(|| panic!("{error:?}"));
            assert_eq!(problem.kind, ProblemKind::Conflict, "{problem}");
            false
        }
    }
}

/// Guard: a return is changed only while its version and state are what was read (`store::change`).
async fn of_two_reviewers_one_approves(house: House) {
    let (office, supervision, body) = (house.office().await, house.supervision().await, house.body().await);
    let round = house.june(&office, &[Level::City]).await;
    let row = house.at(round, HAISHU).await;
    returns::submit(&house.store, &body, &[house.filling(&row, 10, 4)]).await.unwrap();
    let read = [(row.id, 2)];
    let (one, other) = tokio::join!(
        returns::pass_or_approve(&house.store, &office, &read),
        returns::pass_or_approve(&house.store, &supervision, &read)
    );
    assert_ne!(faster(&one), faster(&other), "{one:?} {other:?}");
    let at =
        entries::at_places(house.store.reader(), house.programme.id, &[house.places], &[code(HAISHU)]).await.unwrap();
    assert_eq!(at.iter().filter(|entry| entry.measure == Measure::Actual.number()).count(), 1);
    let acts = returns::acts_of(house.store.reader(), &[row.id]).await.unwrap();
    assert_eq!(acts[&row.id].len(), 2);
}

/// Guard: whoever loses against their own first click finds their content there (`is_there`, and the second look in `fill`).
async fn a_second_click_is_no_error_and_no_second_report(house: House) {
    let (office, body) = (house.office().await, house.body().await);
    let round = house.june(&office, &[Level::City]).await;
    let row = house.at(round, HAISHU).await;
    let filling = [house.filling(&row, 10, 4)];
    let (one, other) =
        tokio::join!(returns::submit(&house.store, &body, &filling), returns::submit(&house.store, &body, &filling));
    let (one, other) = (one.unwrap(), other.unwrap());
    assert_eq!((one[0].state, one[0].version), (other[0].state, other[0].version));
    assert_eq!(returns::acts_of(house.store.reader(), &[row.id]).await.unwrap()[&row.id].len(), 1);
    // Another content is another matter.
    let changed = [house.filling(&row, 11, 4)];
    assert!(!faster(&returns::submit(&house.store, &body, &changed).await));
}

/// Guard: as for two reviewers; what the slower typed is not half written over the faster one's.
async fn of_two_writers_the_slower_is_told(house: House) {
    let (office, body) = (house.office().await, house.body().await);
    let colleague = house.account("colleague", &[(kernel::Role::ResponsibleBody, HAISHU, Some(house.haishu))]).await;
    let round = house.june(&office, &[Level::City]).await;
    let row = house.at(round, HAISHU).await;
    let (mine, theirs) = ([house.filling(&row, 10, 4)], [house.filling(&row, 99, 9)]);
    let (one, other) =
        tokio::join!(returns::save(&house.store, &body, &mine), returns::save(&house.store, &colleague, &theirs));
    assert_ne!(faster(&one), faster(&other));
    let lines = returns::lines_of(house.store.reader(), &[row.id]).await.unwrap().remove(&row.id).unwrap();
    let whole = lines[0].raw.as_str();
    let won = if one.is_ok() { "10" } else { "99" };
    assert_eq!((whole, house.at(round, HAISHU).await.version), (won, 2));
}

/// Whatever happens first: no write into a round stands behind its closing in the audit chain. Guard: whoever fills in
/// holds the round (`store::lock_round`), so that closing it waits for them.
async fn nothing_is_written_into_a_closed_round(house: House) {
    let (office, body) = (house.office().await, house.body().await);
    for month in 1..=8 {
        let cut_off = chrono::NaiveDate::from_ymd_opt(2024, month, 28).unwrap();
        let new = rounds::NewRound {
            cut_off,
            opens_on: cut_off,
            closes_on: crate::house::day("2024-12-31"),
            levels: vec![Level::City],
        };
        let store = house.on("2024-10-01");
        let round = rounds::open(&store, &office, &house.programme, &new).await.unwrap().round;
        let row = house.at(round, HAISHU).await;
        let filling = [house.filling(&row, 10, 4)];
        let (written, closed) =
            tokio::join!(returns::save(&store, &body, &filling), rounds::close(&store, &office, round));
        closed.unwrap();
        let before = house.at(round, HAISHU).await;
        assert_eq!(before.state() == State::Draft, faster(&written));
        assert!(!faster(&returns::submit(&store, &body, &[house.filling(&before, 11, 4)]).await), "it is closed");
        let number = |events: Vec<audit::events::Model>| events.first().map(|event| event.number);
        let wrote = number(audit::about(store.reader(), "return", &[row.id.to_string()], 1).await.unwrap());
        let closing = number(audit::about(store.reader(), "round", &[round.to_string()], 1).await.unwrap());
        assert!(wrote < closing, "month {month}: written as {wrote:?}, closed as {closing:?}");
    }
}

/// Guard: as for two reviewers.
async fn a_review_and_a_withdrawal_have_one_outcome(house: House) {
    let (office, body) = (house.office().await, house.body().await);
    let round = house.june(&office, &[Level::City]).await;
    let row = house.at(round, HAISHU).await;
    returns::submit(&house.store, &body, &[house.filling(&row, 10, 4)]).await.unwrap();
    let read = [(row.id, 2)];
    let (approved, withdrawn) = tokio::join!(
        returns::pass_or_approve(&house.store, &office, &read),
        returns::withdraw(&house.store, &body, &read)
    );
    assert_ne!(faster(&approved), faster(&withdrawn));
    let state = house.at(round, HAISHU).await.state();
    assert_eq!(state, if approved.is_ok() { State::Approved } else { State::Draft });
    let written = entries::count_of(house.store.reader(), house.programme.id).await.unwrap();
    assert_eq!(written > 4, approved.is_ok());
}

/// A round of June with its return on Haishu, and a body that has its page open.
async fn month(house: &House, office: &report::By, month: u32) -> (Uuid, returns::Return) {
    let cut_off = chrono::NaiveDate::from_ymd_opt(2024, month, 28).unwrap();
    let (opens_on, closes_on) = (cut_off, day("2024-12-31"));
    let new = rounds::NewRound { cut_off, opens_on, closes_on, levels: vec![Level::City] };
    let round = rounds::open(&house.store, office, &house.programme, &new).await.unwrap().round;
    (round, house.at(round, HAISHU).await)
}

/// Guard: one round for a programme and cut-off (the unique index of `rounds`).
async fn of_two_who_open_a_round_one_is_told(house: House) {
    let (office, supervision) =
        (house.office().await, house.account("office2", &[(kernel::Role::ProgrammeOffice, "330200", None)]).await);
    let new = rounds::NewRound {
        cut_off: day("2024-06-30"),
        opens_on: day("2024-07-01"),
        closes_on: day("2024-07-05"),
        levels: vec![Level::City],
    };
    let (one, other) = tokio::join!(
        rounds::open(&house.store, &office, &house.programme, &new),
        rounds::open(&house.store, &supervision, &house.programme, &new)
    );
    assert_ne!(faster(&one), faster(&other), "{one:?} {other:?}");
    let round = one.or(other).unwrap().round;
    assert_eq!(returns::owed_of(house.store.reader(), round).await.unwrap().len(), 3, "each owes one return");
}

/// Pages and API take the same way. Guard: the second look in `fill`.
async fn two_clicks_on_the_page_hand_in_once(house: House) {
    let (office, body) = (house.office().await, house.body().await);
    let (round, row) = month(&house, &office, 6).await;
    let site = Site::open(house.store.clone());
    let visitor = site.visit(&body).await;
    let form = format!("/office/returns/{}", row.id);
    let fields = [("version", "1"), ("act", "submit"), ("raw-1", "10"), ("raw-2", "4"), ("raw-3", "6")];
    let click = || visitor.upload(&form, &fields, Some(("evidence", "现场.pdf", PDF)));
    let (one, other) = tokio::join!(click(), click());
    for reply in [one, other] {
        assert_eq!(reply.location(), "/office/returns?submitted=1");
    }
    assert_eq!(click().await.location(), "/office/returns?submitted=1", "and once more after the answer was lost");
    let held = files::store::of_subjects(house.store.reader(), "return", &[row.id]).await.unwrap();
    assert_eq!((held.len(), house.at(round, HAISHU).await.version), (1, 2));
    assert_eq!(returns::acts_of(house.store.reader(), &[row.id]).await.unwrap()[&row.id].len(), 1);
}

/// The content is there, but the file that came with the second click is not: whoever sent it is told. Guard: `attached`.
async fn a_file_of_a_second_click_is_not_lost_in_silence(house: House) {
    let (office, body) = (house.office().await, house.body().await);
    let (_, row) = month(&house, &office, 6).await;
    let site = Site::open(house.store.clone());
    let visitor = site.visit(&body).await;
    let form = format!("/office/returns/{}", row.id);
    let fields = [("version", "1"), ("act", "save"), ("raw-1", "10"), ("raw-2", "4"), ("raw-3", "6")];
    visitor.upload(&form, &fields, None).await.location();
    let again = visitor.upload(&form, &fields, Some(("evidence", "现场.pdf", PDF))).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    assert!(again.text().contains("您的操作没有保存") && again.text().contains("value=\"10\""), "{}", again.text());
    let held = files::store::of_subjects(house.store.reader(), "return", &[row.id]).await.unwrap();
    assert!(held.is_empty());
}

/// Whoever reviews sees what was handed in. Guard: taking a file back holds the return (`store::lock`).
async fn no_file_is_taken_back_from_what_was_handed_in(house: House) {
    let (office, body) = (house.office().await, house.body().await);
    let site = Site::open(house.store.clone());
    let visitor = site.visit(&body).await;
    for number in 1..=6 {
        let (round, row) = month(&house, &office, number).await;
        let form = format!("/office/returns/{}", row.id);
        let fields = [("version", "1"), ("act", "save"), ("raw-1", "10"), ("raw-2", "4"), ("raw-3", "6")];
        visitor.upload(&form, &fields, Some(("evidence", "现场.pdf", PDF))).await.location();
        let on = house.store.reader();
        let file = files::store::of_subjects(on, "return", &[row.id]).await.unwrap()[0].id;
        let row = house.at(round, HAISHU).await;
        let filling = [house.filling(&row, 10, 4)];
        let removal = format!("{form}/evidence/{file}/remove");
        let (submitted, removed) =
            tokio::join!(returns::submit(&house.store, &body, &filling), visitor.post(&removal, &[]));
        submitted.unwrap();
        let left = files::store::of_subjects(on, "return", &[row.id]).await.unwrap().len();
        match removed.status {
            StatusCode::SEE_OTHER => assert_eq!(left, 0),
            status => assert_eq!((status, left), (StatusCode::CONFLICT, 1), "{}", removed.text()),
        }
        let last = |events: Vec<audit::events::Model>| events.first().map(|event| (event.number, event.action.clone()));
        let of_file = last(audit::about(on, "evidence", &[file.to_string()], 1).await.unwrap()).unwrap();
        let of_return = last(audit::about(on, "return", &[row.id.to_string()], 1).await.unwrap()).unwrap();
        assert!(of_file.1 != "evidence.removed" || of_file.0 < of_return.0, "{of_file:?} {of_return:?}");
    }
}
