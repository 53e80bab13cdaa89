// Everything here makes a working page more comfortable; nothing works only with it.
import "./requests.js";
import "./themes.js";
import "./choosers.js";
import "./panel.js";
import "./forms.js";
import "./keys.js";

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

// Charts are most of what we would load, and few pages have one.
if (document.querySelector("figure[data-chart]")) {
  const { drawAll } = await import("./charts.js");
  drawAll();
}
