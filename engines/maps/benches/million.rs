//! A million sites of a province: building the index, its memory, tiles a second, the nearest ones.
//!
//! `cargo bench -p minsheng-maps --bench million` prints medians, each beside a look at every point in the same run.
#![expect(clippy::print_stdout, reason = "a benchmark prints")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use minsheng_maps::mercator::World;
use minsheng_maps::tile::{Layer, Value, encode};
use minsheng_maps::{LngLat, PointIndex, TileId};

const SITES: usize = 1_000_000;

/// Xorshift: the same points in every run.
struct Chance(u64);

impl Chance {
    fn share(&mut self) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

fn timed(runs: usize, mut work: impl FnMut(usize)) -> Duration {
    median(
        (0..runs)
            .map(|run| {
                let before = Instant::now();
                work(run);
                before.elapsed()
            })
            .collect(),
    )
}

/// A tile as the map gets it: clusters with their count, single sites with a name.
fn tile(index: &PointIndex, tile: TileId, few: impl Fn() -> Vec<minsheng_maps::Cell>) -> Vec<u8> {
    let mut layer = Layer::new(tile, "sites");
    black_box(index);
    for cell in few() {
        match cell.members.first() {
            Some(number) if cell.count == 1 => {
                layer.point(u64::from(*number), cell.middle, [("name", Value::from("点位"))]);
            }
            _ => layer.point(0, cell.middle, [("count", Value::from(cell.count as i64))]),
        }
    }
    encode(&[layer])
}

fn main() {
    let mut chance = Chance(2024);
    // Four fifths around two hundred towns, the rest anywhere in the province.
    let towns: Vec<LngLat> =
        (0..200).map(|_| LngLat::new(118.2 + 4.2 * chance.share(), 27.3 + 3.6 * chance.share())).collect();
    let points: Vec<LngLat> = (0..SITES)
        .map(|at| {
            let spread = if at % 5 == 0 { 1.5 } else { 0.08 };
            let town = towns[at % towns.len()];
            LngLat::new(town.lng + spread * (chance.share() - 0.5), town.lat + spread * (chance.share() - 0.5))
        })
        .collect();
    let build = timed(5, |_| {
        black_box(PointIndex::build(points.iter().copied()));
    });
    let index = PointIndex::build(points.iter().copied());
    println!("index of {} sites: built in {} ms, {} MB", index.len(), build.as_millis(), index.bytes() >> 20);
    let keys: Vec<u64> = points.iter().map(|point| World::of(*point).key()).collect();
    for z in [6, 8, 10, 12] {
        let tiles: Vec<TileId> = (0..200).filter_map(|at| TileId::at(z, points[at * 4_999])).collect();
        let one = timed(tiles.len(), |run| {
            let here = tiles[run];
            black_box(tile(&index, here, || index.cells(here, 3, 1)));
        });
        let filtered = timed(tiles.len().min(40), |run| {
            let here = tiles[run];
            black_box(tile(&index, here, || index.cells_of(here, 3, 1, |number| number % 3 == 0)));
        });
        // Every point is looked at, and those of the tile are put into their cells.
        let naive = timed(10, |run| {
            let here = tiles[run];
            let (range, shift) = (here.keys(), 64 - 2 * (u32::from(z) + 3));
            let mut cells = std::collections::HashMap::<u64, (usize, f64, f64)>::new();
            for (key, point) in keys.iter().zip(&points).filter(|(key, _)| range.contains(key)) {
                let cell = cells.entry(key >> shift).or_default();
                *cell = (cell.0 + 1, cell.1 + point.lng, cell.2 + point.lat);
            }
            black_box(cells);
        });
        let rate = |time: Duration| 1.0 / time.as_secs_f64();
        println!(
            "zoom {z:>2}: {:>7.0} tiles/s, with a filter {:>6.0}; looking at every point {:>5.0}",
            rate(one),
            rate(filtered),
            rate(naive)
        );
    }
    let near = timed(200, |run| {
        black_box(index.nearest(points[run * 4_987], 10, |_| true));
    });
    let naive = timed(5, |run| {
        let here = points[run * 4_987];
        let mut all: Vec<(f64, usize)> =
            points.iter().enumerate().map(|(at, point)| (here.metres_to(*point), at)).collect();
        all.select_nth_unstable_by(10, |a, b| a.0.total_cmp(&b.0));
        black_box(all);
    });
    println!(
        "ten nearest: {:.1} µs; looking at every point {:.1} ms",
        near.as_secs_f64() * 1e6,
        naive.as_secs_f64() * 1e3
    );
}
