// What the map looks like: paper, outlines in ink, places washed in the colour of their light, sites as lights.
import { pointLayers, pointSource } from "./points.js";

/** The style for MapLibre, made of the tokens of the theme that is on. */
export function styleOf({ ink, tiles, regions, letters, mode, spot, points }) {
  const origin = location.origin;
  const font = [letters];
  const wash = ["match", ["get", "code"]];
  for (const [code, { light }] of regions) {
    if (light) wash.push(code, ink[`${light}-wash`]);
  }
  const washed = wash.length > 2;
  const sources = {
    regions: { type: "vector", tiles: [`${origin}/tiles/regions/{z}/{x}/{y}.mvt`], maxzoom: 12 },
    ...(points ? { points: pointSource(points) } : {}),
    ...(mode === "pick" || points ? {} : { sites: { type: "vector", tiles: [`${origin}/tiles/sites/{z}/{x}/{y}.mvt${tiles}`], maxzoom: 16 } }),
    ...(spot ? { spot: { type: "geojson", data: spotData(spot) } } : {}),
  };
  const named = (id, level, from, to, size) => ({
    id,
    type: "symbol",
    source: "regions",
    "source-layer": "labels",
    filter: ["==", ["get", "level"], level],
    minzoom: from,
    maxzoom: to,
    layout: { "text-field": ["get", "name"], "text-font": font, "text-size": size, "text-padding": 4 },
    paint: { "text-color": ink.soft, "text-halo-color": ink.sheet, "text-halo-width": 1.5 },
  });
  const layers = [
    { id: "paper", type: "background", paint: { "background-color": ink.well } },
    area("regions", ["!=", ["get", "level"], ""], washed ? [...wash, ink.sheet] : ink.sheet),
    outline("county-line", "county", ink.edge, 0.6),
    outline("town-line", "town", ink.line, 0.5),
    outline("city-line", "city", ink.soft, 1.2),
    named("city-name", "city", 4, 7.5, 14),
    named("county-name", "county", 7.5, 14, 13),
    named("town-name", "town", 10.5, 18, 12),
  ];
  if (points) layers.push(...pointLayers(ink, font));
  else if (mode !== "pick") layers.push(...siteLayers(ink, font));
  if (spot) layers.push(...spotLayers(ink));
  return { version: 8, sources, layers };
}

function area(id, filter, colour) {
  return { id, type: "fill", source: "regions", "source-layer": "regions", filter, paint: { "fill-color": colour } };
}

function outline(id, level, colour, width) {
  return {
    id,
    type: "line",
    source: "regions",
    "source-layer": "regions",
    filter: ["==", ["get", "level"], level],
    paint: { "line-color": colour, "line-width": width },
  };
}

const single = ["!", ["has", "count"]];

function siteLayers(ink, font) {
  const byLight = ["match", ["get", "light"], "done", ink.done, "steady", ink.steady, "behind", ink.behind, "late", ink.late, ink.soft];
  const shapes = { source: "sites", "source-layer": "shapes" };
  const sites = { source: "sites", "source-layer": "sites" };
  return [
    { id: "shape-area", type: "fill", ...shapes, filter: ["==", ["geometry-type"], "Polygon"], paint: { "fill-color": byLight, "fill-opacity": 0.18 } },
    { id: "shape-line", type: "line", ...shapes, paint: { "line-color": byLight, "line-width": 2.5 } },
    {
      id: "cluster",
      type: "circle",
      ...sites,
      filter: ["has", "count"],
      paint: {
        "circle-color": ink.accent,
        "circle-stroke-color": ink.sheet,
        "circle-stroke-width": 2,
        "circle-radius": ["interpolate", ["linear"], ["log10", ["get", "count"]], 0, 11, 2, 16, 4, 24, 6, 30],
      },
    },
    {
      id: "cluster-count",
      type: "symbol",
      ...sites,
      filter: ["has", "count"],
      layout: { "text-field": ["to-string", ["get", "count"]], "text-font": font, "text-size": 12, "text-allow-overlap": true },
      paint: { "text-color": ink["on-accent"] },
    },
    {
      id: "site",
      type: "symbol",
      ...sites,
      filter: single,
      layout: { "icon-image": ["get", "light"], "icon-allow-overlap": true },
    },
    {
      id: "site-name",
      type: "symbol",
      ...sites,
      filter: single,
      minzoom: 12,
      layout: { "text-field": ["get", "name"], "text-font": font, "text-size": 12, "text-anchor": "top", "text-offset": [0, 0.9], "text-max-width": 9 },
      paint: { "text-color": ink.ink, "text-halo-color": ink.sheet, "text-halo-width": 1.5 },
    },
  ];
}

function spotData({ point, shape }) {
  const feature = (geometry) => ({ type: "Feature", properties: {}, geometry });
  const features = [feature({ type: "Point", coordinates: point })];
  if (shape) features.push(feature(shape));
  return { type: "FeatureCollection", features };
}

function spotLayers(ink) {
  return [
    { id: "spot-line", type: "line", source: "spot", filter: ["!=", ["geometry-type"], "Point"], paint: { "line-color": ink.seal, "line-width": 3 } },
    {
      id: "spot",
      type: "circle",
      source: "spot",
      filter: ["==", ["geometry-type"], "Point"],
      paint: { "circle-radius": 17, "circle-color": ink.seal, "circle-opacity": 0, "circle-stroke-color": ink.seal, "circle-stroke-width": 3 },
    },
  ];
}
