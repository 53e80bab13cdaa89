// How a figure went over the cut-offs it was recorded for: lines with their names at the end, no legend.
import { frame, strokeOf } from "./ink.js";

export function historyOptions(numbers, ink, width) {
  const { rows, series, unit } = numbers;
  const narrow = width < 480;
  const days = rows.map(({ value }) => Date.parse(value));
  return {
    ...frame(numbers, ink),
    grid: { left: 8, right: narrow ? 76 : 120, top: 28, bottom: 8, containLabel: true },
    xAxis: {
      type: "time",
      axisLine: { lineStyle: { color: ink.edge } },
      // Only days that have a row are named, in the words of the table.
      axisTick: { customValues: days, lineStyle: { color: ink.edge } },
      axisLabel: {
        customValues: days,
        color: ink.soft,
        hideOverlap: true,
        formatter: (day) => rows[days.indexOf(day)]?.label ?? "",
      },
    },
    yAxis: {
      type: "value",
      name: unit,
      nameTextStyle: { color: ink.soft, align: "right" },
      axisLabel: { color: ink.soft },
      splitLine: { lineStyle: { color: ink.line } },
    },
    series: series.map(({ name, role, cells }) => {
      const stroke = strokeOf(role, ink);
      const last = cells.findLastIndex(({ value }) => value !== null);
      return {
        name,
        type: "line",
        data: cells.map(({ value }, row) => [days[row], value]),
        connectNulls: false,
        symbol: role === "actual" ? "circle" : "none",
        symbolSize: 7,
        lineStyle: stroke,
        itemStyle: { color: stroke.color },
        endLabel: {
          show: true,
          color: stroke.color,
          fontWeight: role === "actual" ? 600 : 400,
          formatter: () => (narrow ? `${name}\n${cells[last].text}` : `${name} ${cells[last].text}`),
        },
        labelLayout: { moveOverlap: "shiftY" },
      };
    }),
  };
}
