// Menus and choosers are <details>, which open and close by themselves; Escape and a click elsewhere close them too.
const OPEN = "details.chooser[open], details[data-menu][open]";

document.addEventListener("click", ({ target }) => {
  for (const details of document.querySelectorAll(OPEN)) {
    if (!details.contains(target)) details.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const details of document.querySelectorAll(OPEN)) {
    details.open = false;
    if (details.contains(document.activeElement)) details.querySelector("summary")?.focus();
    event.preventDefault();
  }
});
