//! What breaks off is there whole or not at all, and sent again it is there once: connections that are lost, and requests
//! that are given up anywhere between two statements.

use std::pin::pin;
use std::task::Poll;

use axum::http::StatusCode;
use kernel::Level;
use report::returns::{self, Return};
use report::rounds::{self, NewRound};
use report::words::State;

use crate::house::{HAISHU, House, day, report};
use crate::on_both;
use crate::visitor::{Site, cut_off};

on_both!(a_request_that_is_given_up_leaves_all_or_nothing, an_approval_that_is_given_up_leaves_all_or_nothing);

/// Lets `work` go on until it has waited `pauses` times; then it is given up, wherever it is.
async fn up_to<F: Future>(work: F, mut pauses: usize) -> Option<F::Output> {
    let mut work = pin!(work);
    std::future::poll_fn(move |context| match work.as_mut().poll(context) {
        Poll::Ready(done) => Poll::Ready(Some(done)),
        Poll::Pending if pauses == 0 => Poll::Ready(None),
        Poll::Pending => {
            pauses -= 1;
            Poll::Pending
        }
    })
    .await
}

/// What `read` finds once two readings agree: a commit that was under way when its request was given up may land between
/// the statements of one.
async fn settled<T: PartialEq>(read: impl AsyncFn() -> T) -> T {
    let mut last = read().await;
    loop {
        let next = read().await;
        if next == last {
            return next;
        }
        last = next;
    }
}

async fn standing(house: &House, row: &Return) -> (Return, Vec<String>, usize) {
    settled(async || reading(house, row).await).await
}

async fn reading(house: &House, row: &Return) -> (Return, Vec<String>, usize) {
    let on = house.store.reader();
    let now = report::store::find(on, row.id).await.unwrap().unwrap();
    let lines = returns::lines_of(on, &[row.id]).await.unwrap().remove(&row.id).unwrap();
    let acts = returns::acts_of(on, &[row.id]).await.unwrap().remove(&row.id).unwrap_or_default().len();
    (now, lines.into_iter().map(|line| line.raw).collect(), acts)
}

/// Guards: one transaction that is rolled back when it is dropped (`Tx`), and `is_there` for what was written though its
/// answer was lost.
async fn a_request_that_is_given_up_leaves_all_or_nothing(house: House) {
    let (office, body) = (house.office().await, house.body().await);
    let round = house.june(&office, &[Level::City]).await;
    let mut number = 10;
    // How often it waits differs from database to database and from run to run.
    for pauses in 0..32 {
        let before = standing(&house, &house.at(round, HAISHU).await).await;
        number += 1;
        let filling = [house.filling(&before.0, number, 4)];
        let finished = up_to(returns::save(&house.store, &body, &filling), pauses).await;
        let after = standing(&house, &before.0).await;
        let whole = vec![number.to_string(), "4".to_owned(), (number - 4).to_string()];
        let there = after.0.version == before.0.version + 1;
        match there {
            true => assert_eq!((&after.1, after.2), (&whole, before.2 + 1), "after {pauses} pauses"),
            false => assert_eq!(after, before, "after {pauses} pauses"),
        }
        returns::save(&house.store, &body, &filling).await.unwrap();
        let again = standing(&house, &before.0).await;
        assert_eq!((again.0.version, again.1, again.2), (before.0.version + 1, whole, before.2 + 1));
        assert!(finished.is_none() || there, "what is answered is there");
    }
    assert!(ledger::verify::verify(house.store.reader()).await.unwrap().fault.is_none());
}

/// Guard: state, entries, sums, hands and audit event of an approval are one transaction.
async fn an_approval_that_is_given_up_leaves_all_or_nothing(house: House) {
    let (office, body) = (house.office().await, house.body().await);
    let on = house.store.reader();
    let mut entries = ledger::entries::count_of(on, house.programme.id).await.unwrap();
    for (month, pauses) in (1..).zip([0, 1, 2, 3, 5, 8, 13, 21, 34]) {
        let cut_off = day(&format!("2024-{month:02}-28"));
        let new = NewRound { cut_off, opens_on: cut_off, closes_on: day("2024-12-31"), levels: vec![Level::City] };
        let round = rounds::open(&house.on("2024-10-01"), &office, &house.programme, &new).await.unwrap().round;
        let row = house.at(round, HAISHU).await;
        let store = house.on("2024-10-01");
        returns::submit(&store, &body, &[house.filling(&row, 10, 4)]).await.unwrap();
        let finished = up_to(returns::pass_or_approve(&store, &office, &[(row.id, 2)]), pauses).await;
        let (approved, counted) = settled(async || {
            let approved = house.at(round, HAISHU).await.state() == State::Approved;
            (approved, ledger::entries::count_of(on, house.programme.id).await.unwrap())
        })
        .await;
        let written = counted - entries;
        assert_eq!(written, if approved { 4 } else { 0 }, "after {pauses} pauses");
        assert!(finished.is_none() || approved, "what is answered is there");
        assert!(ledger::verify::verify(on).await.unwrap().fault.is_none(), "after {pauses} pauses");
        entries += written;
    }
}

/// The line goes dead in the middle of a picture. Guard: nothing is read from a form before all of it has come.
#[tokio::test]
async fn a_lost_connection_leaves_no_file_and_no_figure() {
    let folder = tempfile::tempdir().unwrap();
    let house = House::open(&databases::sqlite_in(folder.path())).await;
    let (office, body) = (house.office().await, house.body().await);
    let round = house.june(&office, &[Level::City]).await;
    let row = house.at(round, HAISHU).await;
    let site = Site::open(house.store.clone());
    let visitor = site.visit(&body).await;
    let form = format!("/office/returns/{}", row.id);
    let fields = [("version", "1"), ("act", "submit"), ("raw-1", "10"), ("raw-2", "4"), ("raw-3", "6")];
    let pdf =
        [b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\n".to_vec(), vec![b'x'; 60_000], b"\n%%EOF\n".to_vec()].concat();
    let whole = visitor.parts(&fields, Some(("evidence", "现场.pdf", &pdf)));
    for sent in (0..whole.len()).step_by(7_919) {
        let reply = cut_off(&visitor, &form, &whole, sent).await;
        assert!(reply.status.is_client_error(), "{sent}: {}", reply.status);
        assert_eq!((house.at(round, HAISHU).await, site.uploads()), (row.clone(), 0), "after {sent} bytes");
    }
    let held = files::store::of_subjects(house.store.reader(), "return", &[row.id]).await.unwrap();
    assert!(held.is_empty());
    let late = cut_off(&visitor, &form, &whole, whole.len() / 2).await;
    assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(late.text().contains("上传中断"), "{}", late.text());
    visitor.upload(&form, &fields, Some(("evidence", "现场.pdf", &pdf))).await.location();
}
