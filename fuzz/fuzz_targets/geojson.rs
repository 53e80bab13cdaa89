//! No bytes make the reader of GeoJSON panic, it never hands on more than its limits, and what it reads can be written and
//! judged: `cargo +nightly fuzz run geojson --no-default-features fuzz/found/geojson fuzz/corpus/geojson`.
#![no_main]

use libfuzzer_sys::fuzz_target;
use minsheng_maps::geojson::{self, Limits};
use minsheng_maps::tile::{Layer, encode};
use minsheng_maps::{Crs, Shape, TileId, polygon, suspect};

fuzz_target!(|bytes: &[u8]| {
    let limits = Limits { features: 50, vertices: 500 };
    let (mut features, mut vertices) = (0, 0);
    let tile = TileId::new(4, 13, 6).expect("a tile");
    let mut layer = Layer::new(tile, "fuzz");
    let outcome = geojson::read(bytes, &limits, &mut |feature| {
        features += 1;
        let Some(shape) = feature.shape else { return };
        vertices += shape.vertices();
        let _ = shape.points().map(suspect::suspicion).count();
        let moved = shape.between(Crs::Bd09, Crs::Wgs84);
        let _ = (moved.anchor(), moved.bounds());
        if let Shape::Area(polygons) = &shape {
            for one in polygons {
                let _ = (polygon::check_ring(&one.outer), polygon::area(one));
            }
        }
        layer.shape(1, &shape, []);
    });
    let _ = encode(&[layer]);
    assert!(features <= limits.features && vertices <= limits.vertices);
    drop(outcome);
});
