// On a phone what is long waits behind its heading: a <details data-fold open> is closed there, unless something in it is
// chosen or the address leads into it. Without a script everything stays open.
const phone = matchMedia("(max-width: 47.5rem)").matches;
const target = document.getElementById(location.hash.slice(1));

for (const details of phone ? document.querySelectorAll("details[data-fold]") : []) {
  const chosen = [...details.querySelectorAll("select")].some((select) => select.selectedIndex > 0);
  details.open = chosen || details.contains(target);
}
