// Keeps marked regions current: listens until the server says that something changed, fetches the page again and puts the
// new region in place of the old. What the reader is doing there – scrolling, a field half filled in – is left alone.
//
//   <section id="board" data-live="/office/watch/…/live" data-live-since="4711">…</section>
import htmx from "./requests.js";

const SETTLE = 400;
/** What changes all the time is fetched this often at most: two hundred open boards must not keep a server busy. */
const GAP = 5_000;
const english = document.documentElement.lang.startsWith("en");
const say = (zh, en) => (english ? en : zh);

const first = document.querySelector("[data-live][id]");
if (first && window.EventSource) {
  let since = first.dataset.liveSince ?? "";
  let source = null;
  let waiting = 0;
  let renewed = -GAP;
  const status = document.createElement("p");
  status.className = "live-status";
  status.setAttribute("role", "status");
  first.before(status);

  const listen = () => {
    if (source || document.hidden) return;
    const address = new URL(first.dataset.live, location.href);
    if (since) address.searchParams.set("since", since);
    source = new EventSource(address);
    source.addEventListener("changed", (event) => {
      since = event.lastEventId;
      clearTimeout(waiting);
      waiting = setTimeout(renew, Math.max(SETTLE, renewed + GAP - performance.now()));
    });
    source.addEventListener("ended", () => stop(say("登录已结束，内容不再更新", "Signed out: no more updates")));
  };
  const rest = () => {
    source?.close();
    source = null;
  };
  const stop = (words) => {
    rest();
    document.removeEventListener("visibilitychange", turn);
    status.textContent = words;
  };
  // Nobody looks at a hidden page; what happened meanwhile is told when it is seen again.
  const turn = () => (document.hidden ? rest() : listen());
  document.addEventListener("visibilitychange", turn);
  listen();

  async function renew() {
    renewed = performance.now();
    let page;
    try {
      const response = await fetch(location.href, { headers: { "X-Quiet": "1", Accept: "text/html" } });
      if (response.redirected) return stop(say("登录已结束，内容不再更新", "Signed out: no more updates"));
      if (!response.ok) return;
      page = new DOMParser().parseFromString(await response.text(), "text/html");
    } catch {
      return;
    }
    let left = false;
    for (const old of document.querySelectorAll("[data-live][id]")) {
      const fresh = page.getElementById(old.id);
      if (!fresh || fresh.innerHTML === old.innerHTML) continue;
      if (isBeingFilledIn(old)) left = true;
      else swap(old, document.importNode(fresh, true));
    }
    const time = new Date().toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
    status.textContent = left
      ? say("有更新；保存或刷新后显示", "There is news: save or reload to see it")
      : say(`已更新 ${time}`, `Updated ${time}`);
  }
}

function isBeingFilledIn(region) {
  const changed = (field) =>
    field.type === "checkbox" || field.type === "radio"
      ? field.checked !== field.defaultChecked
      : "defaultValue" in field && field.value !== field.defaultValue;
  return [...region.querySelectorAll("input, textarea")].some(changed) || region.contains(openDialog());
}

const openDialog = () => document.querySelector("dialog[open]");

function swap(old, fresh) {
  const active = old.contains(document.activeElement) ? document.activeElement : null;
  const path = active && way(old, active);
  const scrolled = [...old.querySelectorAll("*")].filter((one) => one.scrollLeft || one.scrollTop);
  const places = scrolled.map((one) => [way(old, one), one.scrollLeft, one.scrollTop]);
  const opened = [...old.querySelectorAll("details[open]")].map((one) => way(old, one));
  const { scrollX, scrollY } = window;
  old.replaceWith(fresh);
  htmx.process(fresh);
  for (const one of opened) follow(fresh, one)?.setAttribute("open", "");
  for (const [one, left, top] of places) follow(fresh, one)?.scrollTo(left, top);
  if (path) (active.id ? document.getElementById(active.id) : follow(fresh, path))?.focus({ preventScroll: true });
  window.scrollTo(scrollX, scrollY);
  document.dispatchEvent(new CustomEvent("live:swapped", { detail: { region: fresh } }));
}

// From a region down to an element inside it: by names where there are any, else by places.
function way(region, element) {
  const steps = [];
  for (let at = element; at !== region; at = at.parentElement) steps.unshift(at.id || [...at.parentElement.children].indexOf(at));
  return steps;
}

function follow(region, steps) {
  return steps.reduce((at, step) => at && (typeof step === "string" ? at.querySelector(`#${CSS.escape(step)}`) : at.children[step]), region);
}
