// An inspector where there is no network: the page of a site stays readable, notes with pictures wait on the device, and are
// sent once and in order when the network is back. The network is a relay in between that can be cut: that also holds for
// the service worker, which a browser's own switch does not reach. The switch is used beside it, because it is what tells
// a page that it is off-line.
import assert from "node:assert/strict";
import { createServer, request } from "node:http";
import { inBrowser, signedIn } from "./harness.mjs";

const PROGRAMME = "330200-2024-yanshi";

/** Hands everything on to `address` until it is cut; answers can be lost on the way back. */
async function relayTo(address) {
  const { hostname, port } = new URL(address);
  const state = { cut: false, loses: 0, posts: 0 };
  const server = createServer((from, to) => {
    if (state.cut) return from.socket.destroy();
    if (from.method === "POST" && from.url.endsWith("/notes")) state.posts += 1;
    const onward = request({ hostname, port, path: from.url, method: from.method, headers: from.headers }, (answer) => {
      if (state.loses > 0 && from.method === "POST") {
        state.loses -= 1;
        answer.resume();
        return from.socket.destroy();
      }
      to.writeHead(answer.statusCode, answer.headers);
      return answer.pipe(to);
    });
    onward.on("error", () => from.socket.destroy());
    return from.pipe(onward);
  });
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  return { state, server, address: `http://127.0.0.1:${server.address().port}` };
}

const relay = await relayTo(process.argv[2]);
await inBrowser(async ({ open }) => {
  for (const width of [390, 1280]) await walk(open, width);
}, relay.address);
relay.server.close();
relay.server.closeAllConnections();

async function network(cdp, on) {
  relay.state.cut = !on;
  if (!on) relay.server.closeAllConnections();
  await cdp.send("Network.emulateNetworkConditions", { offline: !on, latency: 0, downloadThroughput: -1, uploadThroughput: -1 });
}

async function walk(open, width) {
  const page = await signedIn(open, `/office/sites/${PROGRAMME}?stage=building`, "ningbo", { width });
  const { tab } = page;
  // Each walk has a site of its own.
  const link = tab.locator("main table a[href^='/office/site/']").nth(width === 390 ? 0 : 1);
  const name = await link.innerText();
  await page.go(`${await link.getAttribute("href")}/notes`);
  const notes = new URL(tab.url()).pathname;
  await tab.evaluate(() => navigator.serviceWorker.ready);
  await tab.waitForFunction(() => navigator.serviceWorker.controller);
  // Once more, through the worker, which keeps it.
  await page.go(notes);
  const site = await tab.getByRole("link", { name: "公开页面" }).getAttribute("href");
  await page.go(site);
  await page.go(notes);
  await page.sound(`notes-${width}`);

  const cdp = await tab.context().newCDPSession(tab);
  await cdp.send("Network.enable");
  await network(cdp, false);
  await write(page, `第一条（${width}）`, true);
  await page.expectText("现在没有网络", "[data-offline-state]");
  await page.expectText("1 条记录待发送", "[data-offline-state]");
  await write(page, `第二条（${width}）`, false);
  await page.expectText("2 条记录待发送", "[data-offline-state]");
  const held = await tab.locator("[data-offline-list] li").allInnerTexts();
  assert.ok(held[0].startsWith(`第二条（${width}）`) && held[1].includes("1 个文件"), held.join("\n"));
  await page.shot(`notes-offline-${width}`);
  await page.noSidewaysScroll();
  // Everything is still there after the telephone was off: the page, the queue, and the public page of the site.
  await page.go(notes);
  await page.expectAll([name, "写一条"]);
  await page.expectText("2 条记录待发送", "[data-offline-state]");
  await page.go(site);
  await page.expectText(name);
  await page.go(notes);

  // The first answer is lost on the way: the note is sent again and still written once.
  relay.state.loses = 1;
  const before = relay.state.posts;
  await network(cdp, true);
  // The browser says that the network is back, and once more as when it flickers; the page may be renewed meanwhile.
  await tab.evaluate(() => window.dispatchEvent(new Event("online"))).catch(() => {});
  await page.expectText(`第二条（${width}）`, ".said:not(.waiting)");
  const said = await tab.locator(".said:not(.waiting) .words").allInnerTexts();
  assert.deepEqual(said.filter((text) => text.includes(`（${width}）`)), [`第二条（${width}）`, `第一条（${width}）`], "the latest first, each once");
  assert.equal(relay.state.posts - before, 3, "two notes, one of them twice");
  const image = tab.locator(".said img").first();
  await image.scrollIntoViewIfNeeded();
  await image.evaluate((one) => one.decode());
  await page.shot(`notes-sent-${width}`);
  await page.noSidewaysScroll();
  await page.axe();

  await refusedOne(page, width);
  await signedOut(page, notes);
  await forgotten(page, notes);
  await page.close();
}

async function write({ tab }, words, withPicture) {
  await tab.fill("[name=words]", words);
  if (withPicture) {
    const buffer = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==", "base64");
    await tab.setInputFiles("[name=evidence]", { name: "现场.png", mimeType: "image/png", buffer });
  }
  await tab.getByRole("button", { name: "保存" }).click();
  await tab.waitForFunction(() => document.querySelector("[name=words]").value === "");
}

/** What the server does not take stays, with the reason, and holds up what was written after it until it is discarded. */
async function refusedOne(page, width) {
  const { tab } = page;
  await tab.fill("[name=words]", "太长".repeat(1_001));
  await tab.getByRole("button", { name: "保存" }).click();
  await page.expectText("没有被接收", "[data-offline-state]");
  await page.expectText("最多 2000 字", "[data-offline-state]");
  await page.shot(`notes-refused-${width}`);
  await page.noSidewaysScroll();
  await tab.getByRole("button", { name: "删除这条" }).click();
  await tab.locator("[data-offline-state]").waitFor({ state: "hidden" });
}

/** A session that is over keeps nothing back for ever: what waits is sent after signing in. */
async function signedOut(page, notes) {
  const { tab } = page;
  await tab.context().clearCookies();
  await write(page, "登录过期后写的", false);
  await page.expectText("重新登录后自动发送", "[data-offline-state]");
  await page.go(notes);
  await page.signIn("ningbo");
  await page.expectText("登录过期后写的", ".said:not(.waiting)");
}

/** Signing out forgets the kept pages: without a network nothing of the office can be read any more. */
async function forgotten(page, notes) {
  const { tab } = page;
  await page.go(notes);
  await tab.evaluate(() => document.querySelector("form[action='/sign-out']").requestSubmit());
  await tab.waitForURL((address) => !address.pathname.startsWith("/office"));
  const kept = await tab.evaluate(async () => (await caches.open("pages-1")).keys().then((keys) => keys.map(({ url }) => new URL(url).pathname)));
  assert.ok(!kept.includes(notes), `still kept: ${kept}`);
}
