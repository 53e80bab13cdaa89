//! Chargers of a province: 100,000 connectors at 20,000 stations.
//!
//! `cargo bench -p minsheng-places --bench chargers` prints notifications per second while the nearest free connector is looked
//! for all the time, and the time of that search; each beside the naive way in the same run: one transaction for each status,
//! and one query that sorts all stations by distance. `-- postgres://…` runs it on that (empty) database; `-- 5000` takes
//! fewer connectors.

#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a benchmark prints and stops at the first fault")]

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use evcs::{ConnectorReport, ConnectorStatus};
use kernel::Clock;
use minsheng_places::chargers::intake::{Intake, Taken};
use minsheng_places::chargers::operators::{self, NewOperator, Secrets};
use minsheng_places::chargers::rules::Point;
use minsheng_places::chargers::simulator::fleet::Size;
use minsheng_places::chargers::simulator::{Fleet, Town};
use minsheng_places::chargers::store::live::{self, Heard};
use minsheng_places::chargers::store::nearest::{Filter, nearest};
use minsheng_places::chargers::store::stations;
use sea_orm_migration::sea_orm::{ConnectionTrait, Statement};
use store::{Actor, Migrations, Sealing, Store};
use uuid::Uuid;

const TABLES: &[Migrations] = &[
    store::migrations::list,
    people::migrations::list,
    files::migrations::list,
    notices::migrations::list,
    ledger::migrations::list,
    plan::migrations::list,
    minsheng_places::migrations::list,
];

/// Calls under way at the same time.
const AT_ONCE: usize = 64;

/// How long each way is watched.
const WATCHED: Duration = Duration::from_secs(5);

#[tokio::main(flavor = "multi_thread", worker_threads = 4)]
async fn main() {
    let folder = tempfile::tempdir().unwrap();
    let embedded = format!("sqlite://{}/bench.db?mode=rwc", folder.path().display());
    let url = std::env::args().find(|argument| argument.starts_with("postgres")).unwrap_or(embedded);
    let count: usize = std::env::args().find_map(|argument| argument.parse().ok()).unwrap_or(100_000);
    let store = Store::open(&url, Clock::system()).await.unwrap();
    store.migrate(TABLES).await.unwrap();
    let (operator, connectors) = load(&store, count).await;
    println!("{} connectors on {:?}", connectors.len(), store.backend());
    look(&store).await;
    notify(&store, operator, Arc::new(connectors)).await;
}

async fn load(store: &Store, count: usize) -> (Uuid, Vec<String>) {
    let actor = Actor::operator("bench");
    let new = NewOperator {
        code: "MABENCH01".into(),
        name: "bench".into(),
        region: "330000".parse().unwrap(),
        address: String::new(),
        own_code: String::new(),
        keys_in: Secrets::random(),
        keys_out: None,
        demo: true,
    };
    let operator = operators::register(store, &Sealing::passing(), &actor, new).await.unwrap();
    // 400 towns over the province, 27.5–30.8 degrees north, 118.5–121.9 east.
    let town = |n: i32| Town {
        area: format!("330226{:03}", 100 + n % 200),
        name: format!("镇{n}"),
        rural: n % 2 == 0,
        at: Point { lat: 27_500_000 + n % 20 * 165_000, lng: 118_500_000 + n / 20 * 170_000 },
    };
    let towns: Vec<Town> = (0..400).map(town).collect();
    let fleet = Fleet::generate("MABENCH01", 5, &towns, Size { urban: count / 2, rural: count - count / 2 });
    let begun = Instant::now();
    stations::take(store, &operator, &fleet.stations, true).await.unwrap();
    println!("list of {} stations taken in {:.1} s", fleet.stations.len(), begun.elapsed().as_secs_f64());
    let now = store.clock().now_ms();
    let heard: Vec<Heard> = fleet
        .connectors()
        .map(|one| Heard { operator: operator.id, report: report(one, fleet.status(one, now).code()), at_ms: now })
        .collect();
    let begun = Instant::now();
    for part in heard.chunks(4_000) {
        let tx = store.begin_upkeep().await.unwrap();
        live::note(&tx, part).await.unwrap();
        tx.commit().await.unwrap();
    }
    println!("status of all noted in {:.1} s", begun.elapsed().as_secs_f64());
    (operator.id, fleet.connectors().map(str::to_owned).collect())
}

fn report(connector: &str, status: i32) -> ConnectorReport {
    ConnectorReport { connector: connector.into(), status: ConnectorStatus::of(status), park: -1, lock: -1 }
}

fn somewhere(n: u64) -> Point {
    let mixed = n.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let within = |bits: u64, span: u64| i32::try_from(bits % span).unwrap();
    Point { lat: 27_600_000 + within(mixed >> 5, 3_000_000), lng: 118_600_000 + within(mixed >> 33, 3_000_000) }
}

const FREE: Filter = Filter { fast: Some(true), free: true, rural: false };

async fn look(store: &Store) {
    let (mut ours, mut naive) = (Vec::new(), Vec::new());
    for n in 0..41 {
        let from = somewhere(n);
        let begun = Instant::now();
        let found = nearest(store.reader(), from, FREE, 10).await.unwrap();
        ours.push(begun.elapsed());
        let begun = Instant::now();
        let sorted = by_sorting(store, from).await;
        naive.push(begun.elapsed());
        // The naive query reckons on a plane, so of two about equally far it may take the other one.
        assert_eq!(found.len(), sorted);
    }
    println!(
        "10 nearest with a free fast connector: {} ms, sorting all: {} ms (medians of 41)",
        median(ours),
        median(naive)
    );
}

/// What one would write first.
async fn by_sorting(store: &Store, from: Point) -> usize {
    let sql = "SELECT st.id, (st.lat - $1) * 1.0 * (st.lat - $1) + 0.75 * (st.lng - $2) * (st.lng - $2) AS far \
               FROM charging_stations st JOIN charging_connectors c ON c.station_id = st.id \
               JOIN charging_states s ON s.connector_id = c.id \
               WHERE st.gone_ms IS NULL AND c.fast AND s.status = 1 GROUP BY st.id, st.lat, st.lng ORDER BY far LIMIT 10";
    let on = store.reader();
    let values = [i64::from(from.lat).into(), i64::from(from.lng).into()];
    on.query_all_raw(Statement::from_sql_and_values(on.get_database_backend(), sql, values)).await.unwrap().len()
}

fn median(mut times: Vec<Duration>) -> String {
    times.sort_unstable();
    format!("{:.2}", times[times.len() / 2].as_secs_f64() * 1_000.0)
}

async fn notify(store: &Store, operator: Uuid, connectors: Arc<Vec<String>>) {
    for together in [true, false, true, false] {
        let (stop, done, reads) =
            (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
        let intake = Intake::default();
        let mut tasks = tokio::task::JoinSet::new();
        static CALL: AtomicU32 = AtomicU32::new(0);
        for _ in 0..AT_ONCE {
            let (store, stop, done, intake, connectors) =
                (store.clone(), stop.clone(), done.clone(), intake.clone(), connectors.clone());
            tasks.spawn(async move {
                while !stop.load(Ordering::Relaxed) {
                    let call = CALL.fetch_add(1, Ordering::Relaxed);
                    let connector = &connectors[call as usize % connectors.len()];
                    let now = store.clock().now_ms();
                    let told = report(connector, if call.is_multiple_of(2) { 1 } else { 3 });
                    if together {
                        let key = (operator, "20240630120000".to_owned(), call.to_string());
                        assert!(matches!(intake.take(&store, key, vec![told], now).await, Taken::Noted { .. }));
                    } else {
                        one_by_one(&store, operator, call, &told, now).await;
                    }
                    done.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        for reader in 0..2_u64 {
            let (store, stop, reads) = (store.clone(), stop.clone(), reads.clone());
            tasks.spawn(async move {
                let mut n = reader;
                while !stop.load(Ordering::Relaxed) {
                    n += 2;
                    nearest(store.reader(), somewhere(n), FREE, 10).await.unwrap();
                    reads.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        tokio::time::sleep(WATCHED).await;
        stop.store(true, Ordering::Relaxed);
        while tasks.join_next().await.is_some() {}
        let per_second = |count: &AtomicU64| count.load(Ordering::Relaxed) / WATCHED.as_secs();
        let way = if together { "written together" } else { "one by one      " };
        println!("{way}: {} notifications/s beside {} searches/s", per_second(&done), per_second(&reads));
    }
}

/// What one would write first: a transaction for each status.
async fn one_by_one(store: &Store, operator: Uuid, call: u32, told: &ConnectorReport, now: i64) {
    let tx = store.begin_upkeep().await.unwrap();
    let backend = tx.get_database_backend();
    let sql = "INSERT INTO charging_calls (operator_id, stamp, seq, at_ms) VALUES ($1, '20240630120000', $2, $3)";
    let values = [operator.into(), format!("n{call}").into(), now.into()];
    tx.execute_raw(Statement::from_sql_and_values(backend, sql, values)).await.unwrap();
    let heard = Heard { operator, report: told.clone(), at_ms: now };
    live::note(&tx, std::slice::from_ref(&heard)).await.unwrap();
    tx.commit().await.unwrap();
}
