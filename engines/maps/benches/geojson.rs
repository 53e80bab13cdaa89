//! Large boundaries: two million points, which is what is taken, and ten million, which is refused.
//!
//! `cargo bench -p minsheng-maps --bench geojson` prints seconds and memory, the same file read whole as JSON in the same run.
#![expect(clippy::print_stdout, reason = "a benchmark prints")]

use std::fmt::Write as _;
use std::hint::black_box;
use std::io::Read;
use std::time::Instant;

use minsheng_maps::geojson::{Limits, read};

/// Points of each area.
const EACH: usize = 1_000;

/// A file of areas that is written while it is read.
struct Areas {
    left: usize,
    part: Vec<u8>,
    at: usize,
}

impl Areas {
    fn of(vertices: usize) -> Self {
        Self { left: vertices / EACH, part: br#"{"type":"FeatureCollection","features":["#.to_vec(), at: 0 }
    }

    fn next(&mut self) {
        (self.at, self.left) = (0, self.left - 1);
        let mut text = String::from(
            r#"{"type":"Feature","properties":{"code":"330203001"},"geometry":{"type":"Polygon","coordinates":[["#,
        );
        for point in 0..EACH {
            let turn = (point % (EACH - 1)) as f64 / (EACH - 1) as f64 * std::f64::consts::TAU;
            let _ = write!(text, "[{:.7},{:.7}],", 121.5 + 0.1 * turn.cos(), 29.8 + 0.1 * turn.sin());
        }
        text.pop();
        text += if self.left > 0 { "]]}}," } else { "]]}}]}" };
        self.part = text.into_bytes();
    }
}

impl Read for Areas {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        if self.at == self.part.len() && self.left > 0 {
            self.next();
        }
        let count = into.len().min(self.part.len() - self.at);
        into[..count].copy_from_slice(&self.part[self.at..self.at + count]);
        self.at += count;
        Ok(count)
    }
}

/// What this process has held at most, in MB, where the system tells.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok()).unwrap_or(0) / 1_000
}

fn main() {
    let limits = Limits::default();
    for vertices in [10_000_000, 2_000_000] {
        let (mut features, begun) = (0, Instant::now());
        // As an import does: each area is looked at and let go.
        let outcome = read(std::io::BufReader::new(Areas::of(vertices)), &limits, &mut |feature| {
            black_box(&feature);
            features += 1;
        });
        let seconds = begun.elapsed().as_secs_f64();
        println!("{vertices} points: {features} areas in {seconds:.2} s, {outcome:?}, peak {} MB", peak());
    }
    let mut text = Vec::new();
    Areas::of(2_000_000).read_to_end(&mut text).expect("memory");
    let megabytes = text.len() as f64 / 1e6;
    let begun = Instant::now();
    read(text.as_slice(), &limits, &mut |feature| drop(black_box(feature))).expect("GeoJSON");
    let ours = begun.elapsed().as_secs_f64();
    println!("2000000 points from memory: {:.0} MB/s ({megabytes:.0} MB), peak {} MB", megabytes / ours, peak());
    let begun = Instant::now();
    black_box(serde_json::from_slice::<serde_json::Value>(&text).expect("JSON"));
    let whole = begun.elapsed().as_secs_f64();
    println!("the same read whole as JSON: {:.0} MB/s, peak {} MB", megabytes / whole, peak());
}
