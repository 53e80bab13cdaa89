//! Two at once: one outcome, a clear message, nothing lost, nothing twice.

use kernel::{Level, ProblemKind};
use ledger::entries;
use ledger::words::Measure;
use report::returns;
use report::rounds;
use report::words::State;
use store::audit;

use crate::house::{HAISHU, House, code, report};
use crate::on_both;

on_both!(
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

/// Whatever happens first: no write into a round stands behind its closing in the audit chain.
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
