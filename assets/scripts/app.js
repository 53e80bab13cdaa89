// Everything here makes a working page more comfortable; nothing works only with it.
import "./requests.js";
import "./themes.js";
import "./choosers.js";
import "./panel.js";
import "./folding.js";
import "./forms.js";
import "./files.js";
import "./checks.js";
import "./keys.js";
import "./live.js";
import "./manuscript.js";
import "./position.js";
import "./proof.js";
import "./offline.js";

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

// Charts are most of what we would load, and few pages have one.
async function drawCharts() {
  if (!document.querySelector("figure[data-chart]:not([data-drawn])")) return;
  const { drawAll } = await import("./charts.js");
  drawAll();
}
drawCharts();
document.addEventListener("htmx:after:swap", drawCharts);
document.addEventListener("live:swapped", drawCharts);

// The map is more than all the rest together, and two or three pages have one.
async function drawMaps() {
  if (!document.querySelector("[data-map]:not([data-drawn])")) return;
  const maps = await import("./map.js");
  maps.drawMaps();
}
drawMaps();
