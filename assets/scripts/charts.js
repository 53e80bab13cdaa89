// Draws a chart above the table that holds its numbers; the table stays one click away.
//
//   <figure data-chart="history" data-unit="个" data-table="表格">
//     <figcaption>电动汽车充电桩</figcaption>
//     <table>
//       <thead><tr><th>截至</th><th data-series="actual">完成</th><th data-series="schedule">序时</th></tr></thead>
//       <tbody><tr><th data-value="2024-06-30">6月30日</th><td data-value="3645">3,645</td><td data-value="2000">2,000</td></tr></tbody>
//     </table>
//   </figure>
//
// "history" is a line per column over the dates of the rows, "bars" a bar per row. A cell without data-value is a
// gap, never a zero. Words come from the cells, so they are printed as the ledger prints them. Series are named
// actual, target, schedule or forecast: that is what they look like everywhere.
import { BarChart, LineChart } from "echarts/charts";
import { AriaComponent, GridComponent, TooltipComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { LabelLayout } from "echarts/features";
import { SVGRenderer } from "echarts/renderers";
import { barOptions } from "./charts/bars.js";
import { historyOptions } from "./charts/history.js";
import { readNumbers } from "./charts/numbers.js";
import { readInk } from "./charts/ink.js";

use([AriaComponent, BarChart, GridComponent, LabelLayout, LineChart, SVGRenderer, TooltipComponent]);

/** Width of the text on A4 with our margins, in CSS pixels. */
const PAPER = 670;

const OPTIONS = { history: historyOptions, bars: barOptions };

export function drawAll() {
  for (const figure of document.querySelectorAll("figure[data-chart]:not([data-drawn])")) draw(figure);
}

function draw(figure) {
  const table = figure.querySelector("table");
  const options = OPTIONS[figure.dataset.chart];
  const numbers = table && options && readNumbers(table, figure);
  if (!numbers?.series.length) return;
  figure.dataset.drawn = "";

  const drawing = document.createElement("div");
  drawing.className = "drawing";
  drawing.style.blockSize = `${height(figure.dataset.chart, numbers)}px`;
  figure.querySelector("svg.chart")?.remove();
  table.before(drawing);
  fold(table, figure);

  const chart = init(drawing, null, { renderer: "svg" });
  const paint = (scheme) => chart.setOption(options(numbers, readInk(figure, scheme), chart.getWidth()), { notMerge: true });
  const fit = () => {
    chart.resize({ width: "auto" });
    paint();
  };
  paint();
  drawing.setAttribute("role", "img");
  new ResizeObserver(fit).observe(drawing);
  document.documentElement.addEventListener("themechange", () => paint());
  // Paper is white and narrower than most windows, and the browser tells before it lays the page out for it.
  addEventListener("beforeprint", () => {
    chart.resize({ width: Math.min(chart.getWidth(), PAPER) });
    paint("light");
  });
  addEventListener("afterprint", fit);
}

/** Puts the table into a <details>, so that it is one click away, by mouse, keyboard or reader. */
function fold(table, figure) {
  const details = document.createElement("details");
  const summary = document.createElement("summary");
  summary.textContent = figure.dataset.table ?? "表格";
  table.before(details);
  details.append(summary, table);
}

function height(kind, { rows, series }) {
  return kind === "bars" ? 24 + rows.length * (12 + 18 * series.length) : 260;
}
