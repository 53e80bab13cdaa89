// A form marked data-guard asks before what was typed into it is lost.
const changed = new Set();

document.addEventListener("input", ({ target }) => {
  const form = target.closest?.("form[data-guard]");
  if (form) changed.add(form);
});
document.addEventListener("reset", ({ target }) => changed.delete(target));
document.addEventListener("submit", (event) => {
  if (!event.defaultPrevented) changed.delete(event.target);
});
document.addEventListener("htmx:after:request", ({ target }) => changed.delete(target.closest?.("form")));

window.addEventListener("beforeunload", (event) => {
  if ([...changed].some((form) => form.isConnected)) event.preventDefault();
});
