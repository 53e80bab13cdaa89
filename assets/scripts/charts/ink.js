// Colours and letters from the stylesheet's tokens, as they are in the theme that is on.

const LIGHTS = ["done", "steady", "behind", "late"];
const TOKENS = ["ink", "soft", "line", "edge", "accent", "on-accent", "seal", "sheet", "well", ...LIGHTS, ...LIGHTS.map((light) => `${light}-wash`)];

/** The tokens as plain colours: light-dark() and color-mix() are resolved by the browser, not by us. */
export function readInk(figure, scheme = "inherit") {
  const probe = document.createElement("i");
  probe.hidden = true;
  probe.style.colorScheme = scheme;
  figure.append(probe);
  const colour = (name) => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  };
  const ink = Object.fromEntries(TOKENS.map((name) => [name, colour(name)]));
  ink.letters = getComputedStyle(figure).fontFamily;
  probe.remove();
  return ink;
}

/** How a series looks, wherever it appears: what is done is solid, what should be is dashed, what is expected dotted. */
export function strokeOf(role, ink) {
  const strokes = {
    actual: { color: ink.accent, width: 2, type: "solid" },
    target: { color: ink.seal, width: 1.5, type: "solid" },
    schedule: { color: ink.soft, width: 1.5, type: [5, 4] },
    // What is only expected is dotted, so that nobody takes it for a report.
    forecast: { color: ink.accent, width: 1.5, type: "dotted" },
  };
  return strokes[role] ?? { color: ink.edge, width: 1.5, type: "solid" };
}

/** What every chart has in common: no movement, our letters, a word for those who do not see it. */
export function frame({ caption, rows, series, unit }, ink) {
  return {
    animation: false,
    textStyle: { fontFamily: ink.letters, color: ink.soft, fontSize: 12 },
    aria: { enabled: true, label: { description: describe(caption, rows, series, unit) } },
    tooltip: {
      trigger: "axis",
      // Drawn into the picture: the HTML kind writes style attributes, which our policy forbids.
      renderMode: "richText",
      confine: true,
      backgroundColor: ink.sheet,
      borderColor: ink.edge,
      textStyle: { color: ink.ink, fontSize: 12, fontFamily: ink.letters },
      formatter: (points) => tip([points].flat()[0]?.dataIndex ?? 0, rows, series),
    },
  };
}

function tip(index, rows, series) {
  const lines = series.filter(({ cells }) => cells[index].text).map(({ name, cells }) => `${name}  ${cells[index].text}`);
  return [rows[index].label, ...lines].join("\n");
}

function describe(caption, rows, series, unit) {
  const last = rows.length - 1;
  const said = series.map(({ name, cells }) => {
    const at = cells.findLastIndex(({ value }) => value !== null);
    if (at < 0) return name;
    // Some tables print the unit in every cell.
    const { text } = cells[at];
    return `${name} ${rows[Math.min(at, last)].label} ${text.endsWith(unit) ? text : text + unit}`;
  });
  return `${caption}：${said.join("；")}`;
}
