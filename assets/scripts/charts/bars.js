// Parts side by side: a bar a row, with the figure at its end, in the order of the table.
import { frame, strokeOf } from "./ink.js";

export function barOptions(numbers, ink, width) {
  const { rows, series } = numbers;
  const several = series.length > 1;
  return {
    ...frame(numbers, ink),
    grid: { left: 4, right: 96, top: 4, bottom: 4, containLabel: true },
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
        // What was not reported has a place and a word, but no bar.
        data: cells.map(({ value }) => (value === null ? { value: 0, itemStyle: { color: "transparent", borderWidth: 0 } } : value)),
        itemStyle: role === "actual" ? { color } : { color: "transparent", borderColor: color, borderWidth: 1.5 },
        label: {
          show: true,
          position: "right",
          color: ink.ink,
          // The first row names the series, so that no legend is needed.
          formatter: ({ dataIndex: row }) => (row === 0 && several ? `${name} ${cells[row].text}` : cells[row].text),
        },
      };
    }),
  };
}
