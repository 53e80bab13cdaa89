//! The state of a programme, derived from its ledger, on both databases.

use figures::Decimal;
use ledger::entries::View;
use ledger::programmes;
use ledger::rules::Light;
use store::{Actor, Store};
use watch::rules::forecast::Chance;
use watch::rules::lights::Cause;
use watch::state::{self, Matrix, ProjectState, Watched};

use crate::house::{BEILUN, HAISHU, JIANGBEI, PILES, SLUG, Year, clock, day, done, month_end, post, region, watch};
use crate::planned::round;

databases::on_both!(crate::house::open => a_year_is_watched);

async fn board(store: &Store, view: View) -> Watched {
    let programme = programmes::find(store.reader(), SLUG).await.unwrap().unwrap();
    state::of_programme(store.reader(), programme, region("330200"), view).await.unwrap()
}

async fn matrix(store: &Store, view: View) -> Matrix {
    let programme = programmes::find(store.reader(), SLUG).await.unwrap().unwrap();
    state::around(store.reader(), programme, region("330200"), view).await.unwrap()
}

fn known(text: &str) -> View {
    View { cut_off: None, known: Some(day(text)) }
}

fn tenth(value: Option<Decimal>) -> String {
    value.map(|value| figures::print_percent(value, 1).trim_end_matches('%').to_owned()).unwrap_or_default()
}

/// What a person would read off the row: quantity, deviation, light, months of lag.
fn read(one: &ProjectState) -> (String, String, Option<&'static str>, Option<u32>) {
    (tenth(one.quantity), tenth(one.deviation), one.light.map(Light::code), one.lagging.map(|(_, months)| months))
}

async fn a_year_is_watched(store: Store) {
    let store = &store;
    let year = Year::write(store).await;
    now_it_stands_at_june(store, &year).await;
    the_places_stand_beside_each_other(store, &year).await;
    what_lags_is_told(store, &year).await;
    the_past_is_as_it_was(store, &year).await;
    rounds_are_waited_for(store, &year).await;
}

/// What is read of the rounds and told in the morning, by the same statements on both databases.
async fn rounds_are_waited_for(store: &Store, year: &Year) {
    round(store, year, 5, &[(HAISHU, true), (JIANGBEI, true)]).await;
    round(store, year, 6, &[(HAISHU, true), (JIANGBEI, false)]).await;
    let watched = board(store, View::default()).await;
    assert_eq!(watched.gathered.cut_off, month_end(5), "June is still being reported");
    let running = watched.gathered.running().unwrap();
    assert_eq!((running.owed, running.approved), (2, 1));
    let june = matrix(store, View { cut_off: Some(month_end(6)), known: None }).await;
    let owed = state::missing(store.reader(), &june, region("330200"), day("2024-07-09")).await.unwrap();
    let owed: Vec<_> = owed.iter().map(|one| (one.place.short(), one.state.zh.as_str(), one.days)).collect();
    assert_eq!(owed, [(JIANGBEI.to_owned(), "未填报", 6)]);
    let morning = store.with_clock(clock("2024-07-09"));
    assert_eq!(watch::digest::announce(&morning).await.unwrap(), 0, "there is nobody to be told");
}

async fn now_it_stands_at_june(store: &Store, year: &Year) {
    let watched = board(store, View::default()).await;
    assert_eq!(watched.gathered.cut_off, day("2024-06-30"), "the latest with figures");
    assert_eq!(watched.due().percent, Decimal::from(50));
    let rows: Vec<_> = watched.projects.iter().map(read).collect();
    // Piles: 132 of 300; canteens: 4 + 4 + 3 of 30; the clinic: 4 of 4.
    assert_eq!(rows[0], ("44.0".into(), "-6.0".into(), Some("steady"), None));
    assert_eq!(rows[1], ("36.7".into(), "-13.3".into(), Some("behind"), Some(1)));
    assert_eq!(rows[2], ("100.0".into(), "50.0".into(), Some("done"), None));
    assert_eq!(watched.projects[1].why[0].cause, Cause::Pace);
    assert_eq!(watched.projects[0].lead, Some(year.lead));
    assert_eq!(watched.gathered.body(year.lead), "市能源局");
    assert_eq!(tenth(watched.mean.map(|mean| mean.percent)), "60.2");
    assert_eq!((watched.bands.done, watched.bands.above[0].count), (1, 1));
    let piles = &watched.projects[0];
    let forecast = piles.forecast.unwrap();
    // 22 a month of 300, fading by a tenth each month: 44 % and 4.217 months of 7.33 points more.
    assert_eq!(tenth(Some(forecast.value)), "74.9");
    assert_eq!(tenth(Some(forecast.high)), "88.0");
    assert_eq!((forecast.reports, piles.chance), (6, Some(Chance::Unlikely)));
    assert_eq!(watched.projects[2].chance, Some(Chance::OnCourse));
}

async fn the_places_stand_beside_each_other(store: &Store, year: &Year) {
    let before = store.statements();
    let matrix = matrix(store, View::default()).await;
    let cost = store.statements() - before;
    assert!(cost <= 18, "{cost} statements");
    let names: Vec<_> = matrix.places.iter().map(|place| place.place.short()).collect();
    assert_eq!(names, [HAISHU, JIANGBEI, BEILUN], "only places that take part");
    let piles = matrix.projects.iter().position(|(_, project)| project.id == year.project(year.piles)).unwrap();
    let lights: Vec<_> =
        matrix.places.iter().map(|place| place.cells[piles].as_ref().unwrap().light.map(Light::code)).collect();
    assert_eq!(lights, [Some("steady"), Some("late"), Some("done")]);
    let jiangbei = matrix.places[1].cells[piles].as_ref().unwrap();
    // Far behind only since May, but behind since February: 3.3 of 16.7.
    assert_eq!(jiangbei.lagging, Some((day("2024-02-29"), 5)));
    let ranks: Vec<_> = matrix.ranked().iter().map(|place| (place.place.short(), place.rank.unwrap().place)).collect();
    // Beilun (100 + 30) ÷ 2, Haishu (50 + 40) ÷ 2, Jiangbei (10 + 40) ÷ 2.
    assert_eq!(ranks, [(BEILUN.into(), 1), (HAISHU.into(), 2), (JIANGBEI.into(), 3)]);
    let silent = state::missing(store.reader(), &matrix, region("330200"), day("2024-07-05")).await.unwrap();
    let silent: Vec<_> = silent.iter().map(|one| (one.place.short(), one.project_name.clone(), one.last)).collect();
    assert_eq!(silent, [(BEILUN.to_owned(), "老年食堂".to_owned(), Some(day("2024-04-30")))]);
    // One by one they are what the board of the place itself says.
    for (code, ..) in PILES {
        let programme = programmes::find(store.reader(), SLUG).await.unwrap().unwrap();
        let own = state::of_programme(store.reader(), programme, region(code), View::default()).await.unwrap();
        let row = matrix.places.iter().find(|place| place.place.short() == code).unwrap();
        let cell = row.cells[piles].as_ref().unwrap();
        assert_eq!((own.projects[0].quantity, own.projects[0].light), (cell.quantity, cell.light));
    }
}

async fn what_lags_is_told(store: &Store, year: &Year) {
    let programme = programmes::find(store.reader(), SLUG).await.unwrap().unwrap();
    let lags = state::lagging(store.reader(), programme, View::default()).await.unwrap();
    let told: Vec<_> = lags.iter().map(|lag| (lag.region.short(), lag.project, lag.light.code(), lag.months)).collect();
    let (piles, canteens) = (year.project(year.piles), year.project(year.canteens));
    assert!(told.contains(&("330200".into(), canteens, "behind", 1)));
    assert!(told.contains(&(JIANGBEI.into(), piles, "late", 5)));
    assert!(!told.iter().any(|(place, project, ..)| place == HAISHU && *project == piles));
    assert_eq!(lags[0].region, region("330200"), "wholes come first");
}

/// Whatever is written later, the board of a past day shows what it showed then.
async fn the_past_is_as_it_was(store: &Store, year: &Year) {
    let april = board(store, known("2024-05-10")).await;
    assert_eq!(april.gathered.cut_off, month_end(4));
    let before: Vec<_> = april.projects.iter().map(read).collect();
    assert_eq!(before[0], ("29.3".into(), "-4.0".into(), Some("steady"), None));
    // In August somebody finds that Haishu had counted twenty piles too many in April.
    let august = store.with_clock(clock("2024-08-09"));
    let all = ledger::entries::of_place(store.reader(), &[year.piles], region(HAISHU)).await.unwrap();
    let old = all.iter().find(|entry| entry.as_of == Some(month_end(4))).unwrap();
    let correction = ledger::entries::Correction {
        raw: "20".into(),
        qualifier: old.qualifier(),
        as_of: old.as_of,
        reason: ledger::words::Reason::Inspection,
        reason_text: "核查核减".into(),
    };
    let mut tx = august.begin(&Actor::operator("test")).await.unwrap();
    ledger::entries::correct(&mut tx, &year.outline, old, correction).await.unwrap();
    tx.commit().await.unwrap();
    post(&august, &year.outline, vec![done(year.canteens, BEILUN, 6, 9)]).await;
    let again = board(store, known("2024-05-10")).await;
    assert_eq!(again.projects.iter().map(read).collect::<Vec<_>>(), before);
    assert_eq!(again.gathered.cut_off, month_end(4));
    let corrected = board(store, View { cut_off: Some(month_end(4)), known: None }).await;
    assert_eq!(read(&corrected.projects[0]).0, "22.7", "72 of 300 less 20 are 68");
    let matrix = matrix(store, View::default()).await;
    assert!(state::missing(store.reader(), &matrix, region("330200"), day("2024-08-09")).await.unwrap().is_empty());
    assert_eq!(board(store, known("2024-01-15")).await.projects[0].light, None, "nothing was reported yet");
}
