// Parts side by side: a bar a row, with the figure at its end, in the order of the table.
import { frame, strokeOf } from "./ink.js";

export function barOptions(numbers, ink, width) {
  const { rows, series } = numbers;
  return {
    ...frame(numbers, ink),
    grid: { left: 4, right: 72, top: 4, bottom: 4, containLabel: true },
    xAxis: { type: "value", show: false },
    yAxis: {
      type: "category",
      inverse: true,
      data: rows.map(({ label }) => label),
      axisLine: { show: false },
      axisTick: { show: false },
      axisLabel: { color: ink.ink, width: Math.round(width * 0.38), overflow: "truncate" },
    },
    series: series.map(({ name, role, cells }) => {
      const { color } = strokeOf(role, ink);
      return {
        name,
        type: "bar",
        barMaxWidth: 14,
        data: cells.map(({ value }) => value),
        itemStyle: role === "actual" ? { color } : { color: "transparent", borderColor: color, borderWidth: 1.5 },
        label: { show: true, position: "right", color: ink.ink, formatter: ({ dataIndex }) => cells[dataIndex].text },
      };
    }),
  };
}
