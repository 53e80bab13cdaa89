// Keeps what an inspector has opened readable without a network: pages of sites, their notes, and what these need.
// With a network everything comes from there, so nothing old is shown without need; signing out forgets the office pages.
const PAGES = "pages-1";
const ASSETS = "assets-1";

const kept = (url) => /^\/(s\/[^/]+|office\/site\/[^/]+\/notes)$/.test(url.pathname);
const asset = (url) => url.pathname.startsWith("/assets/");

self.addEventListener("install", () => self.skipWaiting());

self.addEventListener("activate", (event) => {
  const forget = async () => {
    for (const name of await caches.keys()) if (name !== PAGES && name !== ASSETS) await caches.delete(name);
    await self.clients.claim();
  };
  event.waitUntil(forget());
});

self.addEventListener("message", (event) => {
  if (event.data === "forget") event.waitUntil(caches.delete(PAGES));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (asset(url)) event.respondWith(assetOf(request));
  else if (kept(url)) event.respondWith(pageOf(request));
});

/** Assets carry a hash in their name: what is kept is right. */
async function assetOf(request) {
  const held = await caches.match(request);
  if (held) return held;
  const fresh = await fetch(request);
  if (fresh.ok) (await caches.open(ASSETS)).put(request, fresh.clone());
  return fresh;
}

/** The network first; without one, the page as it was last seen. */
async function pageOf(request) {
  try {
    const fresh = await fetch(request);
    if (fresh.ok && !fresh.redirected) (await caches.open(PAGES)).put(request.url, fresh.clone());
    return fresh;
  } catch (error) {
    const held = await caches.match(request.url);
    if (held) return held;
    throw error;
  }
}
