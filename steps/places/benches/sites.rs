//! A million sites of a province on the map: reading and indexing them, memory, tiles a second, the nearest ones.
//!
//! `cargo bench -p minsheng-places --bench sites` prints medians, each beside the SQL way in the same run: one query for each
//! tile that takes the box from an index of both coordinates and counts by cell, and one that sorts by distance.
//! `-- postgres://…` runs it on that (empty) database; `-- 100000` takes fewer sites.

#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a benchmark prints and stops at the first fault")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use kernel::{Clock, RegionCode};
use ledger::programmes::{self, Outline, ProgrammeForm};
use maps::{LngLat, PointIndex, TileId};
use minsheng_places::map::snapshot::{Atlas, Filter, Snapshot};
use minsheng_places::map::tiles;
use minsheng_places::sites::rules::short_code;
use minsheng_places::sites::tables::sites;
use sea_orm_migration::sea_orm::{ConnectionTrait, Statement, Value};
use store::audit::Event;
use store::{Actor, Migrations, Store, bulk};
use uuid::Uuid;

const PROJECTS: usize = 20;
const STAGES: [&str; 3] = ["planned", "building", "in_use"];

/// Tiles asked for at each zoom, around the places where most sites are.
const TILES: usize = 41;

const TABLES: &[Migrations] = &[
    store::migrations::list,
    people::migrations::list,
    files::migrations::list,
    notices::migrations::list,
    ledger::migrations::list,
    plan::migrations::list,
    report::migrations::list,
    minsheng_places::migrations::list,
];

#[tokio::main]
async fn main() {
    let folder = tempfile::tempdir().unwrap();
    let embedded = format!("sqlite://{}/bench.db?mode=rwc", folder.path().display());
    let url = std::env::args().find(|argument| argument.starts_with("postgres")).unwrap_or(embedded);
    let count: usize = std::env::args().find_map(|argument| argument.parse().ok()).unwrap_or(1_000_000);
    let store = Store::open(&url, Clock::system()).await.unwrap();
    store.migrate(TABLES).await.unwrap();
    let outline = programme(&store).await;
    let points = points(count);
    write(&store, &outline, &points).await;
    println!("{count} sites, {:?}", store.backend());

    let (before, begun) = (memory(), Instant::now());
    let snapshot = Atlas::default().now(&store).await.unwrap();
    println!(
        "read and indexed in {:.1} s; {} MB held, {} MB more in the process",
        begun.elapsed().as_secs_f64(),
        snapshot.bytes() >> 20,
        memory().saturating_sub(before)
    );
    let begun = Instant::now();
    let index = PointIndex::build(points.iter().copied());
    println!("of which the index: {} ms, {} MB", begun.elapsed().as_millis(), index.bytes() >> 20);
    for z in [6, 8, 10, 12] {
        zoom(&store, (&*snapshot, &index), &points, z).await;
    }
    near(&store, &index, &points).await;
}

async fn programme(store: &Store) -> Outline {
    let home: RegionCode = "330000".parse().unwrap();
    let mut tx = store.begin(&Actor::operator("bench")).await.unwrap();
    let form = ProgrammeForm { published: true, ..ProgrammeForm::new(home, 2024, "bench") };
    let programme = programmes::create(&tx, &form).await.unwrap();
    let mut outline = Outline::load(tx.on(), programme).await.unwrap();
    let (category, _) = outline.category(&tx, Some(1), "bench").await.unwrap();
    for number in 0..PROJECTS {
        let number = i32::try_from(number).unwrap() + 1;
        outline.project(&tx, category, Some(number), &format!("实事{number}")).await.unwrap();
    }
    tx.record(Event::new("bench", "programme", "", serde_json::Value::Null)).await.unwrap();
    tx.commit().await.unwrap();
    outline
}

/// Four fifths around two hundred towns, the rest anywhere in the province; the same in every run.
fn points(count: usize) -> Vec<LngLat> {
    let mut state = 2024_u64;
    let mut chance = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) as f64 / (1_u64 << 53) as f64
    };
    let towns: Vec<LngLat> = (0..200).map(|_| LngLat::new(118.2 + 4.2 * chance(), 27.3 + 3.6 * chance())).collect();
    (0..count)
        .map(|at| {
            let (town, spread) = (towns[at % towns.len()], if at % 5 == 0 { 1.5 } else { 0.08 });
            LngLat::new(town.lng + spread * (chance() - 0.5), town.lat + spread * (chance() - 0.5))
        })
        .collect()
}

async fn write(store: &Store, outline: &Outline, points: &[LngLat]) {
    let rows = points.iter().enumerate().map(|(at, point)| {
        let (lng, lat) = point.to_e7();
        let at_town = 330_203_001_000_i64 + i64::try_from(at % 60).unwrap() * 1_000;
        let code = short_code(i64::try_from(at).unwrap() + 1);
        let name = format!("第{at}号点位");
        sites::Model {
            id: Uuid::now_v7(),
            programme_id: outline.programme.id,
            project_id: outline.projects[at % PROJECTS].id,
            indicator_id: None,
            reference: format!("{at:07}"),
            normalised: format!("{name} {at:07} {code}"),
            name,
            code,
            address: String::new(),
            region: at_town,
            kind: "充电站".into(),
            stage: STAGES[at % 3].into(),
            body: String::new(),
            telephone: String::new(),
            starts_on: None,
            due_on: None,
            finished_on: None,
            quantity: None,
            money: None,
            attributes: "{}".into(),
            crs: "wgs84".into(),
            given: None,
            lng_e7: Some(lng),
            lat_e7: Some(lat),
            shape: None,
            outside: false,
            note: String::new(),
            version: 1,
            changed_ms: 0,
            withdrawn: false,
        }
    });
    let tx = store.begin_upkeep().await.unwrap();
    bulk::insert_models(&tx, rows).await.unwrap();
    tx.commit().await.unwrap();
    // What somebody who works with SQL alone would add.
    let tx = store.begin_upkeep().await.unwrap();
    tx.execute_unprepared("CREATE INDEX bench_box ON sites (lng_e7, lat_e7)").await.unwrap();
    tx.execute_unprepared("ANALYZE").await.unwrap();
    tx.commit().await.unwrap();
}

async fn zoom(store: &Store, (snapshot, index): (&Snapshot, &PointIndex), points: &[LngLat], z: u8) {
    let around: Vec<TileId> = (0..TILES).filter_map(|at| TileId::at(z, points[at * points.len() / TILES])).collect();
    let all = Filter::default();
    let picked = Filter { stage: STAGES[1].into(), ..Filter::default() };
    let (mut ours, mut filtered, mut naive, mut cells) = (Vec::new(), Vec::new(), Vec::new(), (0, 0));
    for tile in around {
        ours.push(timed(|| drop(black_box(tiles::sites(snapshot, tile, &all)))));
        filtered.push(timed(|| drop(black_box(tiles::sites(snapshot, tile, &picked)))));
        let begun = Instant::now();
        cells.0 += by_box(store, tile).await;
        naive.push(begun.elapsed());
        cells.1 += index.cells(tile, 3, 1).len();
    }
    // The curve's cells and those of plain degrees are not quite the same.
    assert!(cells.0 > 0 && cells.0.abs_diff(cells.1) * 3 < cells.1.max(30), "{cells:?}");
    println!(
        "zoom {z:>2}: {:>7.0} tiles/s, with a filter {:>6.0}, by SQL {:>6.1}",
        rate(ours),
        rate(filtered),
        rate(naive)
    );
}

/// What one would write first: the box from the table, counted by cell.
async fn by_box(store: &Store, tile: TileId) -> usize {
    let bounds = tile.bounds(0.0);
    let ((west, south), (east, north)) = (bounds.min.to_e7(), bounds.max.to_e7());
    let (wide, high) = ((east - west) / 8 + 1, (north - south) / 8 + 1);
    let sql = "SELECT (lng_e7 - $1) / $5 AS x, (lat_e7 - $3) / $6 AS y, COUNT(*), AVG(lng_e7), AVG(lat_e7), MIN(name) \
               FROM sites WHERE lng_e7 BETWEEN $1 AND $2 AND lat_e7 BETWEEN $3 AND $4 AND NOT withdrawn GROUP BY 1, 2";
    let values = [west, east, south, north, wide, high].map(Value::from);
    let on = store.reader();
    on.query_all_raw(Statement::from_sql_and_values(on.get_database_backend(), sql, values)).await.unwrap().len()
}

async fn near(store: &Store, index: &PointIndex, points: &[LngLat]) {
    let (mut ours, mut naive) = (Vec::new(), Vec::new());
    let sql = "SELECT id, 1.0 * (lat_e7 - $1) * (lat_e7 - $1) + 0.75 * (lng_e7 - $2) * (lng_e7 - $2) AS far \
               FROM sites WHERE NOT withdrawn ORDER BY far LIMIT 10";
    let on = store.reader();
    for at in 0..21 {
        let here = points[at * points.len() / 21];
        ours.push(timed(|| drop(black_box(index.nearest(here, 10, |_| true)))));
        let (lng, lat) = here.to_e7();
        let values = [i64::from(lat), i64::from(lng)].map(Value::from);
        let begun = Instant::now();
        let found =
            on.query_all_raw(Statement::from_sql_and_values(on.get_database_backend(), sql, values)).await.unwrap();
        naive.push(begun.elapsed());
        assert_eq!(found.len(), 10);
    }
    println!("ten nearest: {:.3} ms, sorted by SQL {:.0} ms", 1e3 / rate(ours), 1e3 / rate(naive));
}

fn timed(work: impl FnOnce()) -> Duration {
    let begun = Instant::now();
    work();
    begun.elapsed()
}

/// By the middle one, how many a second.
fn rate(mut times: Vec<Duration>) -> f64 {
    times.sort_unstable();
    1.0 / times[times.len() / 2].as_secs_f64()
}

/// What this process holds now, in MB, where the system tells.
fn memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok()).unwrap_or(0) / 1_000
}
