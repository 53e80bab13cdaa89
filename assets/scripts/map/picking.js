// A click on the map fills in the form's longitude and latitude; typing moves the dot.
import { Marker } from "maplibre-gl";

export function pickOn(chart, box, dot) {
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
