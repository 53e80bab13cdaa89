// What the map looks like: paper, outlines in ink, places washed in the colour of their light, sites as lights, charging
// stations as drops. Where the office has a key, 天地图 lies below instead of paper.
import { pointLayers, pointSource } from "./points.js";

/** The style for MapLibre, made of the tokens of the theme that is on. */
export function styleOf({ ink, box, regions, letters, spot, words }) {
  const font = [letters];
  const sources = { regions: tiles("regions", "", 12) };
  const layers = [{ id: "paper", type: "background", paint: { "background-color": ink.well } }];
  if (box.ground) {
    sources.ground = ground(box.ground);
    sources.names = ground(box.groundNames);
    layers.push({ id: "ground", type: "raster", source: "ground" }, { id: "names", type: "raster", source: "names" });
  }
  layers.push(...places({ ink, font, wash: washes(regions, ink), onGround: Boolean(box.ground) }));
  if (spot) {
    sources.spot = { type: "geojson", data: spotData(spot) };
    // A station's sign stands on its place, a site's lies over it. The ring lies below signs and names.
    layers.push(...spotShape(ink), spotRing(ink, "sites" in box ? 0 : -15));
  }
  if ("sites" in box) {
    sources.sites = tiles("sites", box.sites, 16);
    // Around one site its neighbours stand for themselves, however far away they are.
    if (spot) sources.near = { type: "geojson", data: nearData(spot) };
    layers.push(...siteLayers(ink, font, Boolean(spot)));
  }
  if ("piles" in box) {
    sources.piles = tiles("chargers", box.piles, 16);
    layers.push(...pileLayers({ ink, font, words, aside: "sites" in box }));
  }
  if (box.points) {
    // The worker that reads it knows no page to which an address could be relative.
    sources.points = pointSource(new URL(box.points, location.href).href);
    layers.push(...pointLayers(ink, font));
  }
  return { version: 8, sources, layers };
}

function tiles(layer, query, maxzoom) {
  return { type: "vector", tiles: [`${location.origin}/tiles/${layer}/{z}/{x}/{y}.mvt${query}`], maxzoom };
}

function ground(address) {
  return { type: "raster", tiles: [address], tileSize: 256, minzoom: 1, maxzoom: 18 };
}

/** Code → wash, for what has a light; none where nothing has. */
function washes(regions, ink) {
  const wash = [...regions].filter(([, { light }]) => light).flatMap(([code, { light }]) => [code, ink[`${light}-wash`]]);
  return wash.length > 0 ? wash : null;
}

/** Outlines and names of places. On a real map only real boundaries are drawn: a sketch would contradict what lies below. */
function places({ ink, font, wash, onGround }) {
  const level = ["get", "level"];
  const real = ["==", ["get", "official"], true];
  const shown = (filter) => (onGround ? ["all", filter, real] : filter);
  const at = { source: "regions", "source-layer": "regions" };
  const washed = wash ? ["match", ["get", "code"], ...wash] : null;
  const areas = { id: "regions", type: "fill", ...at, filter: shown(["!=", level, ""]) };
  const line = (id, which, colour, width, dash) => ({
    id,
    type: "line",
    ...at,
    filter: shown(["==", level, which]),
    layout: { "line-join": "round" },
    paint: { "line-color": colour, "line-width": width, ...(dash ? { "line-dasharray": dash } : {}) },
  });
  const named = (id, which, from, to, size) => ({
    id,
    type: "symbol",
    source: "regions",
    "source-layer": "labels",
    filter: ["==", level, which],
    minzoom: from,
    maxzoom: to,
    layout: {
      "text-field": ["get", "name"],
      "text-font": font,
      "text-size": size,
      "text-padding": 4,
      "text-letter-spacing": 0.06,
      // A name makes room for the clusters and lights that lie over it.
      "text-variable-anchor": ["center", "top", "bottom", "left", "right"],
      "text-radial-offset": 1.8,
    },
    paint: { "text-color": ink.soft, "text-halo-color": ink.sheet, "text-halo-width": 1.6 },
  });
  const outlines = [
    { ...areas, paint: { "fill-color": washed ? [...washed, onGround ? "rgba(0,0,0,0)" : ink.sheet] : onGround ? "rgba(0,0,0,0)" : ink.sheet, "fill-opacity": onGround ? 0.55 : 1 } },
    line("county-line", "county", ink.edge, ["interpolate", ["linear"], ["zoom"], 7, 0.5, 11, 1.2], [3, 2]),
    line("town-line", "town", ink.line, 0.6),
    line("city-line", "city", ink.soft, ["interpolate", ["linear"], ["zoom"], 6, 1, 11, 2]),
  ];
  // The ground has names of its own.
  if (onGround) return outlines;
  return [...outlines, named("city-name", "city", 4, 7.5, 14), named("county-name", "county", 7.5, 14, 13), named("town-name", "town", 10.5, 18, 12)];
}

const single = ["!", ["has", "count"]];
const many = ["has", "count"];

function siteLayers(ink, font, ringed) {
  const byLight = ["match", ["get", "light"], "done", ink.done, "steady", ink.steady, "behind", ink.behind, "late", ink.late, ink.soft];
  const shapes = { source: "sites", "source-layer": "shapes" };
  const sites = ringed ? { source: "near" } : { source: "sites", "source-layer": "sites" };
  const area = ["==", ["geometry-type"], "Polygon"];
  return [
    { id: "shape-area", type: "fill", ...shapes, filter: area, paint: { "fill-color": byLight, "fill-opacity": 0.22 } },
    // Paper on both sides keeps a line apart from the outlines that it crosses.
    { id: "shape-case", type: "line", ...shapes, filter: ["!", area], layout: { "line-cap": "round", "line-join": "round" }, paint: { "line-color": ink.sheet, "line-width": ["interpolate", ["linear"], ["zoom"], 9, 3, 15, 9] } },
    { id: "shape-line", type: "line", ...shapes, layout: { "line-cap": "round", "line-join": "round" }, paint: { "line-color": byLight, "line-width": ["interpolate", ["linear"], ["zoom"], 9, 1.5, 15, 5] } },
    {
      id: "cluster",
      type: "circle",
      ...sites,
      filter: many,
      paint: {
        "circle-color": ink.sheet,
        "circle-stroke-color": ink.accent,
        "circle-stroke-width": 2.5,
        "circle-radius": ["interpolate", ["linear"], ["log10", ["get", "count"]], 0, 11, 2, 15, 4, 22, 6, 28],
      },
    },
    counted("cluster-count", sites, ["to-string", ["get", "count"]], ink.accent, font, 10),
    // What lies above finds its room first: names keep away from every sign, and begin below the ring where there is one.
    label("site-name", sites, ["get", "name"], ringed ? 0 : 12.5, [0, ringed ? 1.9 : 1.3], "top", ink, font),
    { id: "site", type: "symbol", ...sites, filter: single, layout: { "icon-image": ["get", "light"], "icon-allow-overlap": true } },
  ];
}

/** Numbers of clusters are all shown; what lies below keeps `room` pixels away from them. */
function counted(id, of, text, colour, font, room, offset = [0, 0]) {
  return {
    id,
    type: "symbol",
    ...of,
    filter: many,
    layout: { "text-field": text, "text-font": font, "text-size": 12, "text-offset": offset, "text-allow-overlap": true, "text-padding": room },
    paint: { "text-color": colour },
  };
}

function label(id, of, text, from, offset, anchor, ink, font) {
  return {
    id,
    type: "symbol",
    ...of,
    filter: single,
    minzoom: from,
    layout: { "text-field": text, "text-font": font, "text-size": 12, "text-anchor": anchor, "text-offset": offset, "text-max-width": 10, "text-optional": true },
    paint: { "text-color": ink.ink, "text-halo-color": ink.sheet, "text-halo-width": 1.6 },
  };
}

/** Where sites are shown too, clusters of stations stand a little above the middle, in which those of sites stand. */
function pileLayers({ ink, font, words, aside }) {
  const piles = { source: "piles", "source-layer": "piles" };
  const colour = ["match", ["get", "state"], "free", ink.steady, "busy", ink.behind, ink.soft];
  const free = ["concat", words.free, " ", ["to-string", ["get", "free"]], "/", ["to-string", ["get", "all"]]];
  const shown = ["step", ["zoom"], free, 14, ["concat", ["get", "name"], "\n", free]];
  return [
    { id: "pile-cluster", type: "symbol", ...piles, filter: many, layout: { "icon-image": ["concat", "many-", ["get", "state"]], "icon-offset": aside ? [0, -28] : [0, 0], "icon-allow-overlap": true, "icon-ignore-placement": true } },
    counted("pile-count", piles, ["to-string", ["get", "free"]], colour, font, 6, aside ? [0, -28 / 12] : [0, 0]),
    {
      id: "pile",
      type: "symbol",
      ...piles,
      filter: single,
      layout: { "icon-image": ["concat", "pile-", ["get", "state"]], "icon-anchor": "bottom", "icon-allow-overlap": true, "icon-ignore-placement": true },
    },
    label("pile-name", piles, shown, 11.5, [0, 0.3], "top", ink, font),
  ];
}

function spotData({ point, shape }) {
  const feature = (geometry) => ({ type: "Feature", properties: {}, geometry });
  const features = [feature({ type: "Point", coordinates: point })];
  if (shape) features.push(feature(shape));
  return { type: "FeatureCollection", features };
}

/** The site itself, whose sign lies above, and those around it. */
function nearData({ near }) {
  const features = near.map(([lng, lat, code, name, light]) => ({
    type: "Feature",
    properties: { code, name, light },
    geometry: { type: "Point", coordinates: [lng, lat] },
  }));
  return { type: "FeatureCollection", features };
}

function spotShape(ink) {
  const of = { source: "spot" };
  return [
    { id: "spot-area", type: "fill", ...of, filter: ["==", ["geometry-type"], "Polygon"], paint: { "fill-color": ink.seal, "fill-opacity": 0.16 } },
    { id: "spot-line", type: "line", ...of, filter: ["!=", ["geometry-type"], "Point"], layout: { "line-cap": "round", "line-join": "round" }, paint: { "line-color": ink.seal, "line-width": 12, "line-opacity": 0.35 } },
  ];
}

function spotRing(ink, above) {
  return {
    id: "spot",
    type: "circle",
    source: "spot",
    filter: ["==", ["geometry-type"], "Point"],
    paint: { "circle-translate": [0, above], "circle-radius": 19, "circle-color": ink.seal, "circle-opacity": 0, "circle-stroke-color": ink.seal, "circle-stroke-width": 3 },
  };
}
