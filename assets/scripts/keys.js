// Keys for people who work down a queue all day, only while the focus is inside a region marked data-keys:
// j and k go to the next and the last row (an element marked data-row), and a letter in aria-keyshortcuts
// presses that button. Outside such a region letters stay letters, for those who dictate or use a screen reader.
document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  const region = event.target.closest?.("[data-keys]");
  if (!region || event.target.closest("input, textarea, select, [contenteditable]")) return;

  const key = event.key.toLowerCase();
  if (key === "j" || key === "k") {
    step(region, key === "j" ? 1 : -1);
    event.preventDefault();
    return;
  }
  const control = [...region.querySelectorAll("[aria-keyshortcuts]")].find((candidate) =>
    candidate.getAttribute("aria-keyshortcuts").toLowerCase().split(" ").includes(key),
  );
  if (control) {
    control.click();
    event.preventDefault();
  }
});

function step(region, by) {
  const rows = [...region.querySelectorAll("[data-row]")];
  const at = rows.findIndex((row) => row.contains(document.activeElement));
  const row = rows[Math.min(Math.max(at + by, 0), rows.length - 1)];
  (row?.matches("a, button, [tabindex]") ? row : row?.querySelector("a, button"))?.focus();
}
