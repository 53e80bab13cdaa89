// Draws a map into each <div data-map>, which stays hidden without script or WebGL; the lists beside it say the same.
//
//   <div class="map-box" data-map data-mode="all" data-bounds="120.9,28.8,122.4,30.5" data-sites="?programme=…"
//     data-piles="" data-worker="/assets/map-worker-….js" data-words-map="…" data-words-note="…" hidden></div>
//
// data-mode: "all" – many places, over places coloured by the table data-regions; "site" – one place at data-lng, data-lat,
// with data-near, the sites around it, as [lng, lat, code, name, light], itself first; "pick" – a click fills in the form's longitude and latitude. data-sites and data-piles are the queries of the tiles of
// sites and chargers, data-points the GeoJSON of a register's entries; a layer without its attribute is not shown. data-ground is the map of another host below ours.
// The address carries the view (#map=zoom/lat/lng), so every view can be sent to somebody.
import { AttributionControl, Map as Chart, Marker, NavigationControl, ScaleControl, setWorkerUrl } from "maplibre-gl";
import { readInk } from "./charts/ink.js";
import { addIcons } from "./map/icons.js";
import { openOn } from "./map/opening.js";
import { pickOn } from "./map/picking.js";
import { openPoints } from "./map/points.js";
import { styleOf } from "./map/style.js";
import { LOCALE, WORDS } from "./map/words.js";

/** Milliseconds after which chargers are asked for again while somebody looks. */
const AGAIN = 30_000;

export function drawMaps() {
  keepView();
  for (const box of document.querySelectorAll("[data-map]:not([data-drawn])")) draw(box);
}

function draw(box) {
  box.dataset.drawn = "";
  box.hidden = false;
  setWorkerUrl(box.dataset.worker);
  const { mode } = box.dataset;
  const regions = lightsOf(document.querySelector("table[data-regions]"));
  const letters = getComputedStyle(box).fontFamily;
  const style = () => styleOf({ ink: readInk(box), box: box.dataset, regions, letters, spot: spotOf(box), words: WORDS });
  // The map writes its view into the address as soon as it has one.
  const viewed = location.hash.includes("map=");
  let chart;
  try {
    chart = new Chart({
      container: box,
      style: style(),
      hash: mode === "all" ? "map" : false,
      ...viewOf(box),
      minZoom: 4,
      maxZoom: 18,
      dragRotate: false,
      pitchWithRotate: false,
      touchPitch: false,
      attributionControl: false,
      localIdeographFontFamily: letters,
      locale: LOCALE,
      // Printing reads the picture after it was shown.
      canvasContextAttributes: { preserveDrawingBuffer: true },
      fadeDuration: 0,
      // On a phone the page must still scroll past a map that fills it.
      cooperativeGestures: matchMedia("(pointer: coarse)").matches,
    });
  } catch {
    box.hidden = true;
    return;
  }
  chart.touchZoomRotate.disableRotation();
  chart.keyboard.disableRotation();
  chart.addControl(new NavigationControl({ showCompass: false }), "top-right");
  chart.addControl(new AttributionControl({ compact: false, customAttribution: [box.dataset.wordsNote] }));
  chart.addControl(new ScaleControl({ maxWidth: 90 }), "bottom-left");
  chart.getCanvas().setAttribute("aria-label", box.dataset.wordsMap);
  chart.on("style.load", () => addIcons(chart, readInk(box)));
  chart.once("idle", () => {
    box.dataset.idle = "";
  });
  document.documentElement.addEventListener("themechange", () => chart.setStyle(style()));
  if (mode === "pick") pickOn(chart, box, dot);
  else if (box.dataset.points) openPoints(chart, box);
  else openOn(chart, box, regions);
  if ("piles" in box.dataset) askAgain(chart, box);
  if (box.dataset.hereLng) {
    const here = [Number(box.dataset.hereLng), Number(box.dataset.hereLat)];
    new Marker({ element: dot("map-here") }).setLngLat(here).addTo(chart);
    // What is nearest fits the map already where only chargers are shown.
    if ("sites" in box.dataset && !viewed) chart.jumpTo({ center: here, zoom: 13 });
  }
}

/** Filters and layers marked data-keep-view lead to the same view of another map. */
function keepView() {
  document.addEventListener("submit", ({ target }) => {
    if (target.matches("[data-keep-view]")) target.action = withView(target.action);
  });
  document.addEventListener("click", ({ target }) => {
    const link = target.closest("a[data-keep-view]");
    if (link) link.href = withView(link.href);
  });
}

function withView(address) {
  const to = new URL(address);
  to.hash = location.hash;
  return to.href;
}

/** Code → light and the row's link, from the table that says the same in words. */
function lightsOf(table) {
  const lights = new Map();
  for (const row of table?.querySelectorAll("tr[data-code]") ?? []) {
    const cells = [...row.cells].map((cell) => cell.textContent.trim());
    lights.set(row.dataset.code, { light: row.dataset.light, words: cells, href: row.querySelector("a")?.href });
  }
  return lights;
}

function spotOf({ dataset }) {
  if (dataset.mode !== "site") return null;
  return {
    point: [Number(dataset.lng), Number(dataset.lat)],
    shape: dataset.shape ? JSON.parse(dataset.shape) : null,
    near: dataset.near ? JSON.parse(dataset.near) : [],
  };
}

function viewOf({ dataset }) {
  // Near enough for the place to stand for itself and in no cluster.
  if (!dataset.bounds) return { center: [Number(dataset.lng), Number(dataset.lat)], zoom: 15 };
  const [west, south, east, north] = dataset.bounds.split(",").map(Number);
  // A single station would else fill the map with its parking space; names of neighbours need room below them.
  return { bounds: [[west, south], [east, north]], fitBoundsOptions: { padding: dataset.near ? 48 : 28, maxZoom: 15 } };
}

/** How chargers stand changes every minute: while the page is seen, their tiles are fetched again. */
function askAgain(chart, box) {
  setInterval(() => {
    if (document.hidden || !chart.getSource("piles")) return;
    chart.refreshTiles("piles");
    box.dataset.refreshed = String(Number(box.dataset.refreshed ?? 0) + 1);
  }, AGAIN);
}

function dot(name) {
  const element = document.createElement("span");
  element.className = name;
  return element;
}
