// Runs in the head, before anything is painted, so that a page never flashes in the other theme.
// A block, not a module: a plain script blocks painting, and the block keeps its names to itself.
{
  let chosen = null;
  try {
    chosen = localStorage.getItem("theme");
  } catch {
    // Storage may be forbidden; the system's theme is a good answer.
  }
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
}
