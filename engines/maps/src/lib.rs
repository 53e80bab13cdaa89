//! Maps: coordinate systems used in China, a point index, polygons, vector tiles.
