// A click on a cluster goes nearer; on a site, a charging station or a place it opens what is known of it.
import { Popup } from "maplibre-gl";
import { WORDS, clock } from "./words.js";

/** The first that lies under a click counts. */
const LAYERS = ["pile", "pile-cluster", "site", "cluster", "shape-line", "shape-area", "regions"];
const POINTED = LAYERS.slice(0, -1);

export function openOn(chart, box, regions) {
  const here = (point) => chart.queryRenderedFeatures(point, { layers: LAYERS.filter((name) => chart.getLayer(name)) });
  chart.on("click", ({ point, lngLat }) => {
    const found = here(point).sort((a, b) => LAYERS.indexOf(a.layer.id) - LAYERS.indexOf(b.layer.id));
    if (found.length > 0) open(found, lngLat);
  });
  chart.on("mousemove", ({ point }) => {
    const over = here(point).some(({ layer }) => POINTED.includes(layer.id));
    chart.getCanvas().classList.toggle("over", over);
  });

  function open(found, lngLat) {
    const [{ layer, properties, geometry }] = found;
    const word = box.dataset.wordsOpen;
    if (layer.id === "cluster" || layer.id === "pile-cluster") {
      chart.easeTo({ center: geometry.coordinates, zoom: Math.min(chart.getZoom() + 2, 17) });
    } else if (layer.id === "pile") {
      const popup = tell(chart, geometry.coordinates, { title: properties.name, lines: [counted(properties)], href: `/chargers/${properties.id}`, word });
      describe(properties.id).then((lines) => popup.isOpen() && popup.setDOMContent(card({ title: properties.name, lines, href: `/chargers/${properties.id}`, word })), () => {});
    } else if (layer.id === "regions") {
      // Counties lie over cities; the one that the table knows is meant.
      const known = found.find((one) => regions.has(one.properties.code));
      if (!known) return;
      const { words, href } = regions.get(known.properties.code);
      tell(chart, lngLat, { title: words[0], lines: words.slice(1, 3), href, word });
    } else {
      const at = layer.id === "site" ? geometry.coordinates : lngLat;
      tell(chart, at, { title: properties.name, lines: [], href: `/s/${properties.code}`, word });
    }
  }
}

function counted({ free, all }) {
  return `${WORDS.free} ${free} / ${all}`;
}

/** How a station stands at this moment, with power, price and hours. */
async function describe(id) {
  const response = await fetch(`/api/v1/chargers/${id}`, { headers: { accept: "application/json" } });
  if (!response.ok) throw new Error(response.statusText);
  const it = await response.json();
  const sorts = [
    [WORDS.fast, it.fast_free, it.fast],
    [WORDS.slow, it.slow_free, it.slow],
  ].filter(([, , all]) => all > 0);
  const free = `${WORDS.free} ${it.fast_free + it.slow_free} / ${it.fast + it.slow} · ${sorts.map(([name, some, all]) => `${name} ${some}/${all}`).join(" · ")}`;
  const price = it.price_low && `${it.price_low === it.price_high ? it.price_low : `${it.price_low}–${it.price_high}`} ${WORDS.price}`;
  const hours = [it.hours, it.open === true && WORDS.open, it.open === false && WORDS.closed].filter(Boolean).join(" ");
  const heard = it.as_of_ms ? `${WORDS.asOf} ${clock(it.as_of_ms)}` : WORDS.unheard;
  return [free, [it.power && `${it.power} kW`, price].filter(Boolean).join(" · "), hours, heard].filter(Boolean);
}

/** Opens what is known of a place. */
export function tell(chart, at, content) {
  return new Popup({ maxWidth: "17rem", focusAfterOpen: true }).setLngLat(at).setDOMContent(card(content)).addTo(chart);
}

function card({ title, lines, href, word }) {
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
  return body;
}
