use std::time::Instant;

use figures::Decimal;
use kernel::Clock;
use ledger::board::{Board, Shown};
use ledger::entries::View;
use ledger::words::FundSource;
use store::{Actor, Store};

use crate::{demo, rich, wiring};

async fn loaded() -> Store {
    let folder = tempfile::tempdir().unwrap().keep();
    let store = Store::open_folder(&folder, Clock::system()).await.unwrap();
    wiring::prepare(&store).await.unwrap();
    let started = Instant::now();
    demo::make_people(&store, &Actor::operator("demo")).await.unwrap();
    println!("people {:?}", started.elapsed());
    rich::load(&store, &mut |done, all| println!("{done} of {all} {:?}", started.elapsed())).await.unwrap();
    println!("loaded {:?}", started.elapsed());
    store
}

/// What the ledger itself says about June, without a look at the generator.
#[tokio::test]
async fn the_june_board_is_the_published_one() {
    let store = loaded().await;
    let on = store.reader();
    let programme = ledger::programmes::find(on, "330200-2024-yanshi").await.unwrap().unwrap();
    let view = View { cut_off: "2024-06-30".parse().ok(), known: None };
    let board = Board::load(on, programme, view).await.unwrap();
    let (mean, count) = board.derived_mean().unwrap();
    assert_eq!((figures::print_percent(mean, 1).as_str(), count), ("77.7%", 37));
    let progress: Vec<Decimal> = board.adopted_projects().map(|project| project.progress.unwrap()).collect();
    let above = |percent: i64| progress.iter().filter(|one| **one > Decimal::from(percent)).count();
    assert_eq!(progress.iter().filter(|one| **one >= Decimal::ONE_HUNDRED).count(), 6);
    assert_eq!(above(80), 16);
    let whole = board.funding.iter().find(|row| row.target.is_some()).unwrap();
    let value = |shown: &Option<Shown>| shown.as_ref().and_then(Shown::value).unwrap();
    assert_eq!(value(&whole.target), Decimal::from(4_016_000_000_i64));
    assert_eq!(value(&whole.actual), Decimal::from(2_247_000_000_i64));
    assert_eq!(figures::print_percent(whole.progress.unwrap(), 1), "56.0%");
    let city = whole.parts.iter().find(|part| part.indicator.fund_source() == Some(FundSource::City)).unwrap();
    assert_eq!(figures::print_percent(city.progress.unwrap(), 1), "58.6%");
    let lead = city.lead(&city.schedule.unwrap()).unwrap();
    assert_eq!(figures::print_points(lead, 1), "8.6个百分点");
    assert!(store::audit::verify(on).await.unwrap().fault.is_none());
}
