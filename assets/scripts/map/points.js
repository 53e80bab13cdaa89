// The entries of a register on the map: one GeoJSON file of what the list beside it shows, put together where they are
// close, each opening what is known of it.
import { tell } from "./opening.js";

/** The source of the entries behind `address`. */
export function pointSource(address) {
  return { type: "geojson", data: address, cluster: true, clusterMaxZoom: 14, clusterRadius: 44 };
}

/** How entries and clusters of them look. */
export function pointLayers(ink, font) {
  const clustered = ["has", "point_count"];
  return [
    {
      id: "points-cluster",
      type: "circle",
      source: "points",
      filter: clustered,
      paint: {
        "circle-color": ink.accent,
        "circle-stroke-color": ink.sheet,
        "circle-stroke-width": 2,
        "circle-radius": ["interpolate", ["linear"], ["log10", ["get", "point_count"]], 0, 12, 2, 18, 4, 26],
      },
    },
    {
      id: "points-count",
      type: "symbol",
      source: "points",
      filter: clustered,
      layout: { "text-field": ["get", "point_count_abbreviated"], "text-font": font, "text-size": 12, "text-allow-overlap": true },
      paint: { "text-color": ink["on-accent"] },
    },
    {
      id: "point",
      type: "circle",
      source: "points",
      filter: ["!", clustered],
      paint: {
        // What can be used now is full; what is closed or not there yet is a ring.
        "circle-color": ["case", ["==", ["get", "open"], false], ink.sheet, ["in", ["get", "stage"], ["literal", ["planned", "started", "closed"]]], ink.sheet, ink.seal],
        "circle-stroke-color": ink.seal,
        "circle-stroke-width": 2,
        "circle-radius": 7,
      },
    },
    {
      id: "point-name",
      type: "symbol",
      source: "points",
      filter: ["!", clustered],
      minzoom: 11,
      layout: { "text-field": ["get", "name"], "text-font": font, "text-size": 12, "text-anchor": "top", "text-offset": [0, 0.8], "text-max-width": 9 },
      paint: { "text-color": ink.ink, "text-halo-color": ink.sheet, "text-halo-width": 1.5 },
    },
  ];
}

/** A click on a cluster goes nearer, on an entry tells what it is. */
export function openPoints(chart, box) {
  chart.on("click", "points-cluster", async ({ features: [first] }) => {
    const zoom = await chart.getSource("points").getClusterExpansionZoom(first.properties.cluster_id);
    chart.easeTo({ center: first.geometry.coordinates, zoom });
  });
  chart.on("click", "point", ({ features: [first] }) => {
    const { name, address, hours } = first.properties;
    const lines = [address, hours].filter((line) => line && line !== "null");
    const href = `${location.pathname}?q=${encodeURIComponent(name)}#entries`;
    tell(chart, first.geometry.coordinates, { title: name, lines, href, word: box.dataset.wordsOpen });
  });
  for (const layer of ["points-cluster", "point"]) {
    chart.on("mouseenter", layer, () => chart.getCanvas().classList.add("over"));
    chart.on("mouseleave", layer, () => chart.getCanvas().classList.remove("over"));
  }
}
