// The trail of a figure beside the page instead of on a page of its own, where there is room for it.
//
//   <a href="/entries/…" data-trail>3,645</a>
//   <section data-panel hidden tabindex="-1" data-close="关闭" data-failed="没有读到，请打开整页">…</section>
//
// The address stays; the panel's content is the [data-fragment] (or else the <main>) of the page that the link leads to.
import htmx from "./requests.js";

const ROOM = matchMedia("(min-width: 72rem)");
const panel = document.querySelector("[data-panel]");
let opener = null;
let request = null;

if (panel) {
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[data-trail]");
    const plain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
    if (!link || !plain || !ROOM.matches || event.defaultPrevented) return;
    event.preventDefault();
    if (!panel.contains(link)) opener = link;
    show(link.href);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !panel.hidden && !event.defaultPrevented) close();
  });
  // A page that is printed or photographed is narrow for an instant only, and keeps its panel.
  ROOM.addEventListener("change", () => {
    setTimeout(() => {
      if (!ROOM.matches) close();
    }, 500);
  });
}

async function show(address) {
  request?.abort();
  request = new AbortController();
  const { signal } = request;
  panel.setAttribute("aria-busy", "true");
  mark(opener);
  try {
    const response = await fetch(address, { signal, headers: { "HX-Request": "true", Accept: "text/html" } });
    if (!response.ok) throw new Error(`${response.status}`);
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const content = page.querySelector("[data-fragment]") ?? page.querySelector("main") ?? page.body;
    panel.replaceChildren(closeButton(), ...content.childNodes);
    htmx.process(panel);
  } catch (error) {
    if (error.name === "AbortError") return;
    const whole = document.createElement("a");
    whole.href = address;
    whole.textContent = panel.dataset.failed ?? address;
    panel.replaceChildren(closeButton(), whole);
  }
  panel.removeAttribute("aria-busy");
  panel.hidden = false;
  panel.focus({ preventScroll: true });
  panel.scrollIntoView({ block: "nearest" });
}

function close() {
  request?.abort();
  panel.hidden = true;
  panel.removeAttribute("aria-busy");
  panel.replaceChildren();
  mark(null);
  opener?.focus();
  opener = null;
}

function mark(link) {
  document.querySelector("a[data-trail][aria-current]")?.removeAttribute("aria-current");
  link?.setAttribute("aria-current", "true");
}

function closeButton() {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "close";
  button.textContent = panel.dataset.close ?? "×";
  button.addEventListener("click", close);
  return button;
}
