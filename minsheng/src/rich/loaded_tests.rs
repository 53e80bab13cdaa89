//! The generated year in a ledger: what its boards say, and that the year was lived and not only written.

use std::time::Instant;

use chase::words::State;
use figures::Decimal;
use kernel::Clock;
use ledger::board::{Board, Shown};
use ledger::entries::View;
use ledger::words::FundSource;
use store::{Actor, Store};
use tower::ServiceExt;

use crate::{demo, rich, wiring};

async fn loaded() -> Store {
    let folder = tempfile::tempdir().unwrap().keep();
    let store = Store::open_folder(&folder, Clock::system()).await.unwrap();
    wiring::prepare(&store).await.unwrap();
    let started = Instant::now();
    demo::make_people(&store, &Actor::operator("demo")).await.unwrap();
    println!("people {:?}", started.elapsed());
    rich::load(&store, &place(&store), &mut |done, all| println!("{done} of {all} {:?}", started.elapsed()))
        .await
        .unwrap();
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
    sites_add_up(&store, &board).await;
    the_bulletin_says_so(&store).await;
    what_happened(&store).await;
    second_half(&store).await;
    the_auditor_reads_chinese(&store).await;
    the_assessment_stands(&store).await;
    it_is_loaded_once(&store).await;
}

/// Every sort of event of the year has its words.
async fn the_auditor_reads_chinese(store: &Store) {
    let events = store::audit::latest(store.reader(), None, 10_000).await.unwrap();
    let actions: std::collections::BTreeSet<_> = events.into_iter().map(|event| event.action).collect();
    assert!(actions.len() > 40, "{actions:?}");
    for action in actions {
        let words = web::audit::action_words(&action).zh;
        assert!(!words.contains(|letter: char| letter.is_ascii_alphabetic()), "{action}: {words}");
    }
}

/// What stands at sites finished by the end of June is what the board of June says, indicator by indicator.
async fn sites_add_up(store: &Store, june: &Board) {
    use places::sites::store::{Asked, of_programme};

    let programme = june.outline.programme.id;
    let sites = of_programme(store.reader(), programme, &Asked::default(), None, None).await.unwrap();
    let mut compared = 0;
    for row in june.all_rows() {
        let own: Vec<_> = sites.iter().filter(|site| site.indicator_id == Some(row.indicator.id)).collect();
        if own.is_empty() {
            continue;
        }
        let by_june = own.iter().filter(|site| site.finished_on <= june.view.cut_off && site.finished_on.is_some());
        let done: Decimal = by_june.filter_map(|site| site.quantity()).sum();
        assert_eq!(Some(done), row.actual.as_ref().and_then(Shown::value), "{}", row.indicator.name);
        compared += 1;
    }
    assert!(compared >= 8 && sites.len() > 400, "{compared} indicators, {} sites", sites.len());
    assert!(sites.iter().all(|site| site.point().is_some() && !site.outside));
}

/// The signed half-year bulletin prints the published figures, each bound to the ledger, and labelled by its programme.
async fn the_bulletin_says_so(store: &Store) {
    let on = store.reader();
    let programme = ledger::programmes::find(on, "330200-2024-yanshi").await.unwrap().unwrap();
    assert!(programme.demo);
    let signed = announce::drafts::signed_of(on, programme.id).await.unwrap();
    assert_eq!(signed.len(), 1);
    assert!(announce::signing::is_intact(&signed[0]));
    let document = announce::signing::frozen(&signed[0]).unwrap();
    let printed: Vec<&str> = document.figures.iter().map(|bound| bound.text.as_str()).collect();
    for figure in
        ["77.7%", "6个", "16个", "40.16亿元", "22.47亿元", "56.0%", "3.82亿元", "58.6%", "快于序时进度8.6个百分点"]
    {
        assert!(printed.contains(&figure), "{figure} in {printed:?}");
    }
}

/// The year was lived and not only written: some were late, some came back, orders were raised and closed.
async fn what_happened(store: &Store) {
    let on = store.reader();
    let programme = ledger::programmes::find(on, "330200-2024-yanshi").await.unwrap().unwrap();
    let rounds = report::rounds::of_programme(on, programme.id).await.unwrap();
    assert_eq!(rounds.len(), 12);
    assert!(rounds.iter().all(|round| round.closed_ms.is_some()));
    let june = rounds.iter().find(|round| round.cut_off.to_string() == "2024-06-30").unwrap();
    let returns = report::returns::owed_of(on, june.id).await.unwrap();
    assert!(returns.len() > 350, "{}", returns.len());
    assert!(returns.iter().all(|row| row.state() == report::words::State::Approved), "June is complete");
    let days = ("2024-01-01".parse().unwrap(), "2025-01-31".parse().unwrap());
    let late = report::store::late_counts(on, programme.id, days, store.clock().now_ms()).await.unwrap();
    let sum = |of: fn(&report::store::Late) -> i64| late.iter().map(of).sum::<i64>();
    assert!(
        sum(|one| one.late) > 40 && sum(|one| one.missing) > 5,
        "{} {}",
        sum(|one| one.late),
        sum(|one| one.missing)
    );
    let orders = chase::orders::of_programme(on, programme.id).await.unwrap();
    let in_state = |state: State| orders.iter().filter(|order| order.state() == state).count();
    assert_eq!(
        (orders.len(), in_state(State::Closed), in_state(State::Escalated), in_state(State::Answered)),
        (7, 3, 3, 1)
    );
}

/// What was inspected, asked of the congress and scored – and that nothing of it moved June.
async fn second_half(store: &Store) {
    use chase::words::FindingState;
    use plan::adjustments::{self, AdjustmentKind, Decision};

    let on = store.reader();
    let programme = ledger::programmes::find(on, "330200-2024-yanshi").await.unwrap().unwrap();
    let pleas = adjustments::of_programme(on, programme.id).await.unwrap();
    let told: Vec<_> = pleas.iter().map(|one| (one.kind, one.decision)).collect();
    assert!(told.contains(&(AdjustmentKind::Postpone, Some(Decision::Approved))), "{told:?}");
    assert!(told.contains(&(AdjustmentKind::Target, Some(Decision::Rejected))) && told.len() == 2, "{told:?}");
    let postponed = adjustments::postponements(on, programme.id, None).await.unwrap();
    assert_eq!(postponed.values().next().unwrap()[0].to.to_string(), "2025-06-30");

    let plan = chase::inspections::of_programme(on, programme.id).await.unwrap();
    let findings = chase::inspections::findings_of(on, programme.id).await.unwrap();
    let in_state = |state: FindingState| findings.iter().filter(|row| row.state() == state).count();
    assert_eq!((plan.len(), in_state(FindingState::Closed), in_state(FindingState::Mended)), (3, 2, 1));

    let rounds = report::rounds::of_programme(on, programme.id).await.unwrap();
    let levels = |month: &str| rounds.iter().find(|round| round.cut_off.to_string() == month).unwrap().levels().len();
    assert_eq!((levels("2024-06-30"), levels("2024-07-31")), (1, 2));
}

/// The year is scored for every county and every body that leads a project, nobody's score is open, the same comes out again,
/// it goes out as a workbook with its inputs, and the office finds it.
async fn the_assessment_stands(store: &Store) {
    let on = store.reader();
    let programme = ledger::programmes::find(on, "330200-2024-yanshi").await.unwrap().unwrap();
    let id = assess::store::standing(on, programme.id, "suggested").await.unwrap().expect("kept");
    let kept = assess::assessments::find(on, id).await.unwrap().unwrap();
    assert_eq!(kept.scores.tables.len(), 2, "places and bodies");
    assert_eq!(kept.scores.tables[0].rows.len(), 10);
    assert!(kept.scores.tables[1].rows.len() > 5, "{}", kept.scores.tables[1].rows.len());
    for row in kept.scores.tables.iter().flat_map(|table| &table.rows) {
        assert!(row.open.is_empty() && row.rank.is_some(), "{row:?}");
    }
    let timely = kept.inputs.subjects.iter().filter_map(|known| known.inputs.get("timely_returns"));
    let below = timely.flatten().filter(|reading| reading.value < Decimal::ONE_HUNDRED).count();
    assert!(below > 5, "those who were late are below 100 %: {below}");
    assert!(assess::assessments::replay(on, &kept).await.unwrap().holds());

    let workbook = assess::workbook::write(&kept, &programme, kernel::Lang::Zh).unwrap();
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(workbook)).unwrap();
    let sheets = (1..=4).filter(|at| archive.by_name(&format!("xl/worksheets/sheet{at}.xml")).is_ok()).count();
    let mut words = String::new();
    std::io::Read::read_to_string(&mut archive.by_name("xl/sharedStrings.xml").unwrap(), &mut words).unwrap();
    assert!(
        sheets >= 4 && words.contains("海曙区") && words.contains("演示数据：随机生成的民意调查结果"),
        "{sheets} sheets"
    );

    let folder = tempfile::tempdir().unwrap();
    let app = web::App::new(store.clone(), web::Settings::local(folder.path().to_owned()));
    let supervision = demo::sign_in(&app, "ducha").await;
    let router = web::server::assemble(app, wiring::steps());
    for (address, words) in [
        ("/office/assessments".to_owned(), ["已封存", "通用办法"]),
        (format!("/office/assessments/{id}"), ["海曙区", "演示数据"]),
    ] {
        let request = axum::http::Request::get(&address).header("authorization", format!("Bearer {supervision}"));
        let reply = router.clone().oneshot(request.body(axum::body::Body::empty()).unwrap()).await.unwrap();
        assert_eq!(reply.status(), axum::http::StatusCode::OK, "{address}");
        let page = axum::body::to_bytes(reply.into_body(), usize::MAX).await.unwrap();
        let page = String::from_utf8_lossy(&page);
        assert!(words.iter().all(|word| page.contains(word)), "{address}: {page}");
    }
}

/// A second load finds everything there, and the chain still holds.
async fn it_is_loaded_once(store: &Store) {
    let on = store.reader();
    let before = store::audit::last_number(on).await.unwrap();
    rich::load(store, &place(store), &mut |_, _| {}).await.unwrap();
    assert_eq!(store::audit::last_number(on).await.unwrap(), before);
    let verified = ledger::verify::verify(on).await.unwrap();
    assert!(verified.fault.is_none(), "{verified:?}");
}

fn place(store: &Store) -> rich::Place {
    rich::Place::of(store, &web::Settings::local(std::env::temp_dir().join("minsheng-demo-uploads")))
}
