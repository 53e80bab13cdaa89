//! Maps: the coordinate systems used in China, a point index, polygons, GeoJSON and vector tiles.
//!
//! Everything here is a pure function of its arguments and fails only for what it is given. Degrees are longitude first,
//! as in GeoJSON; distances are metres on a sphere, which is within 0.6 % of the ellipsoid.
//!
//! Deliberately absent: projections other than the web's Mercator, and anything that knows what a point stands for.

pub mod clip;
pub mod crs;
pub mod geojson;
pub mod index;
pub mod mercator;
pub mod polygon;
pub mod shape;
pub mod simplify;
pub mod suspect;
pub mod tile;

pub use crs::Crs;
pub use index::{Cell, PointIndex};
pub use mercator::TileId;
pub use shape::{BoundingBox, LngLat, Shape};
