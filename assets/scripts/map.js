// Draws a map into each <div data-map>, which stays hidden without script or WebGL; the lists beside it say the same.
//
//   <div class="map-box" data-map data-mode="all" data-bounds="120.9,28.8,122.4,30.5" data-tiles="?programme=…"
//     data-worker="/assets/map-worker-….js" data-words-map="…" data-words-sketch="…" hidden></div>
//
// data-mode: "all" – the sites of the query in data-tiles, clustered, over places coloured by the table data-regions;
// "points" – the entries of the GeoJSON at data-points; "site" – one place at data-lng, data-lat; "pick" – a click fills in the form's longitude and latitude.
// The address carries the view (#map=zoom/lat/lng), so every view can be sent to somebody.
import { AttributionControl, Map as Chart, Marker, NavigationControl, Popup, setWorkerUrl } from "maplibre-gl";
import { readInk } from "./charts/ink.js";
import { addIcons } from "./map/icons.js";
import { openPoints } from "./map/points.js";
import { styleOf } from "./map/style.js";

const LOCALE = {
  zh: {
    "NavigationControl.ZoomIn": "放大",
    "NavigationControl.ZoomOut": "缩小",
    "AttributionControl.ToggleAttribution": "数据来源",
    "Popup.Close": "关闭",
    "Map.Title": "地图",
  },
  en: {},
};

export function drawMaps() {
  for (const box of document.querySelectorAll("[data-map]:not([data-drawn])")) draw(box);
}

function draw(box) {
  box.dataset.drawn = "";
  box.hidden = false;
  setWorkerUrl(box.dataset.worker);
  const regions = lightsOf(document.querySelector("table[data-regions]"));
  const letters = getComputedStyle(box).fontFamily;
  const style = () => styleOf({ ink: readInk(box), tiles: box.dataset.tiles ?? "", regions, letters, mode: box.dataset.mode, spot: spotOf(box), points: pointsOf(box) });
  const { bounds, centre } = view(box);
  let chart;
  try {
    chart = new Chart({
      container: box,
      style: style(),
      hash: box.dataset.mode === "all" ? "map" : false,
      ...(bounds ? { bounds, fitBoundsOptions: { padding: 16 } } : { center: centre, zoom: 13 }),
      minZoom: 4,
      maxZoom: 18,
      dragRotate: false,
      pitchWithRotate: false,
      touchPitch: false,
      attributionControl: false,
      localIdeographFontFamily: letters,
      locale: LOCALE[document.documentElement.lang.startsWith("zh") ? "zh" : "en"],
      // Printing reads the picture after it was shown.
      canvasContextAttributes: { preserveDrawingBuffer: true },
      fadeDuration: 0,
      cooperativeGestures: false,
    });
  } catch {
    box.hidden = true;
    return;
  }
  chart.touchZoomRotate.disableRotation();
  chart.keyboard.disableRotation();
  chart.addControl(new NavigationControl({ showCompass: false }), "top-right");
  chart.addControl(new AttributionControl({ compact: false, customAttribution: [box.dataset.wordsSketch, "GeoNames CC BY 4.0"] }));
  chart.getCanvas().setAttribute("aria-label", box.dataset.wordsMap);
  chart.on("style.load", () => addIcons(chart, readInk(box)));
  chart.once("idle", () => {
    box.dataset.idle = "";
  });
  document.documentElement.addEventListener("themechange", () => chart.setStyle(style()));
  if (box.dataset.mode === "pick") pickOn(chart, box);
  else if (box.dataset.points) openPoints(chart, box, tell);
  else openOn(chart, box, regions);
  if (box.dataset.nearLng) {
    new Marker({ element: dot("map-here") }).setLngLat([Number(box.dataset.nearLng), Number(box.dataset.nearLat)]).addTo(chart);
    if (!location.hash.includes("map=")) chart.jumpTo({ center: [Number(box.dataset.nearLng), Number(box.dataset.nearLat)], zoom: 13 });
  }
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
  const shape = dataset.shape ? JSON.parse(dataset.shape) : null;
  return { point: [Number(dataset.lng), Number(dataset.lat)], light: dataset.light || "none", shape };
}

/** The worker that reads it knows no page to which an address could be relative. */
function pointsOf({ dataset }) {
  return dataset.points ? new URL(dataset.points, location.href).href : null;
}

function view({ dataset }) {
  if (dataset.mode === "site") return { centre: [Number(dataset.lng), Number(dataset.lat)] };
  const [west, south, east, north] = dataset.bounds.split(",").map(Number);
  return { bounds: [[west, south], [east, north]] };
}

/** A click on a cluster goes nearer, on a site or a place opens what is known of it. */
function openOn(chart, box, regions) {
  const layers = ["site", "cluster", "regions"];
  chart.on("click", ({ point, lngLat }) => {
    const found = chart.queryRenderedFeatures(point, { layers: layers.filter((name) => chart.getLayer(name)) });
    const [first] = found.sort((a, b) => layers.indexOf(a.layer.id) - layers.indexOf(b.layer.id));
    if (!first) return;
    const { properties, geometry } = first;
    if (first.layer.id === "cluster") {
      chart.easeTo({ center: geometry.coordinates, zoom: Math.min(chart.getZoom() + 2, 17) });
    } else if (first.layer.id === "site") {
      tell(chart, geometry.coordinates, properties.name, [], `/s/${properties.code}`, box.dataset.wordsOpen);
    } else {
      // Counties lie over cities; the one that the table knows is meant.
      const known = found.find((one) => regions.has(one.properties.code));
      if (known) {
        const { words, href } = regions.get(known.properties.code);
        tell(chart, lngLat, words[0], words.slice(1, 3), href, box.dataset.wordsOpen);
      }
    }
  });
  for (const name of ["site", "cluster"]) {
    chart.on("mouseenter", name, () => chart.getCanvas().classList.add("over"));
    chart.on("mouseleave", name, () => chart.getCanvas().classList.remove("over"));
  }
}

function tell(chart, at, title, lines, href, word) {
  const body = document.createElement("div");
  const heading = document.createElement("strong");
  heading.textContent = title;
  body.append(heading);
  for (const line of lines) {
    const paragraph = document.createElement("p");
    paragraph.textContent = line;
    body.append(paragraph);
  }
  if (href) {
    const link = document.createElement("a");
    link.href = href;
    link.textContent = word ?? title;
    body.append(link);
  }
  new Popup({ maxWidth: "16rem", focusAfterOpen: true }).setLngLat(at).setDOMContent(body).addTo(chart);
}

/** A click fills in the form; typing moves the dot. */
function pickOn(chart, box) {
  const form = box.closest("form");
  const [longitude, latitude, system] = ["longitude", "latitude", "crs"].map((name) => form.elements[name]);
  const marker = new Marker({ element: dot("map-pick") });
  const show = () => {
    // Another system's numbers lie up to a kilometre off on this map.
    const [lng, lat] = [longitude.value, latitude.value].map(Number);
    if (longitude.value && latitude.value && system.value === "wgs84" && Math.abs(lat) <= 90) marker.setLngLat([lng, lat]).addTo(chart);
    else marker.remove();
    return longitude.value && latitude.value ? [lng, lat] : null;
  };
  const start = show();
  if (start) chart.jumpTo({ center: start, zoom: 12 });
  for (const field of [longitude, latitude, system]) field.addEventListener("input", show);
  chart.on("click", ({ lngLat }) => {
    longitude.value = lngLat.lng.toFixed(6);
    latitude.value = lngLat.lat.toFixed(6);
    system.value = "wgs84";
    longitude.dispatchEvent(new Event("input", { bubbles: true }));
    show();
  });
}

function dot(name) {
  const element = document.createElement("span");
  element.className = name;
  return element;
}
