// From a table to series: what the cells say, and the numbers behind what they say.

/**
 * @returns {{caption: string, unit: string, rows: {label: string, value: string}[],
 *   series: {name: string, role: string, cells: {value: number|null, text: string}[]}[]}}
 */
export function readNumbers(table, figure) {
  const caption = figure.querySelector("figcaption")?.textContent.trim() ?? table.caption?.textContent.trim() ?? "";
  const lines = [...table.tBodies].flatMap((body) => [...body.rows]);
  const rows = lines.map(({ cells: [head] }) => ({ label: text(head), value: head?.dataset.value ?? text(head) }));
  const heads = [...(table.tHead?.rows[0]?.cells ?? [])];
  const series = heads.flatMap((head, column) =>
    head.dataset.series
      ? [{ name: text(head), role: head.dataset.series, cells: lines.map((line) => cell(line.cells[column])) }]
      : [],
  );
  return { caption, unit: figure.dataset.unit ?? "", rows, series };
}

function cell(element) {
  const value = element?.dataset.value;
  const number = Number(value);
  return { value: value && Number.isFinite(number) ? number : null, text: text(element) };
}

function text(element) {
  return element?.textContent.trim().replace(/\s+/g, " ") ?? "";
}
