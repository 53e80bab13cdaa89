// Our scripts on a page made for them: they work, and the strict content security policy has nothing to report.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname } from "node:path";
import { inBrowser } from "./harness.mjs";

const POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'";
const TYPES = { ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css" };
const TRAIL = '<!doctype html><html lang="zh-CN"><title>来历</title><main><div data-fragment><h2>这个数字从哪里来</h2><p>核定，入台账</p></div></main></html>';

const bundle = new URL("../bundle/", import.meta.url);
const manifest = JSON.parse(await readFile(new URL("manifest.json", bundle), "utf8"));

async function answer(path) {
  if (path === "/favicon.ico") return ["", ".html"];
  if (path === "/trail") return [TRAIL, ".html"];
  if (path === "/" || path === "/saved") return [await readFile(new URL("components.html", import.meta.url)), ".html"];
  const name = path.slice(1);
  return [await readFile(new URL(manifest[name] ?? name, bundle)), extname(name)];
}

const server = createServer(async (request, response) => {
  const [body, kind] = await answer(new URL(request.url, "http://localhost").pathname);
  response.writeHead(200, { "content-type": TYPES[kind], "content-security-policy": POLICY }).end(body);
});
await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
const address = `http://127.0.0.1:${server.address().port}`;

await inBrowser(async ({ open }) => {
  for (const [width, scheme] of [[1280, "light"], [1280, "dark"], [390, "light"]]) {
    const page = await open("/", { width, scheme });
    await chartsAreDrawn(page);
    if (scheme === "dark") await chartsFitOnPaper(page);
    await page.sound(`components-${width}-${scheme}`);
    await page.close();
  }
  const page = await open("/");
  await trailOpensBeside(page);
  await themeIsKept(page);
  await chooserCloses(page);
  await keysWalkTheQueue(page);
  page.noConsoleErrors();
  await formAsksBeforeItIsLost(page);
  await page.close();

  const phone = await open("/", { width: 390 });
  await phone.tab.click("[data-trail]");
  await phone.tab.waitForURL("**/trail");
  await phone.close();

  const plain = await open("/", { javascript: false });
  await plain.expectText("2,980", "figure");
  await plain.expectNoText("打印", "button");
  await plain.sound("components-no-script");
}, address);
server.close();

async function chartsAreDrawn({ tab }) {
  await tab.waitForFunction(() => document.querySelectorAll("figure[data-drawn] .drawing svg path").length > 8);
  const [history, bars] = await tab.locator(".drawing").all();
  assert.match(await history.textContent(), /完成.*3,645/s, "the line carries its name and its last figure");
  assert.match(await history.textContent(), /序时/, "the schedule line is always drawn");
  assert.match(await bars.textContent(), /完成 1,518/);
  assert.match(await bars.textContent(), /未报/, "what is missing is said, not drawn as nothing");
  assert.match(await history.getAttribute("aria-label"), /充电桩.*完成 6月30日 3,645个/);
  assert.equal(await tab.locator("figure table").first().isVisible(), false, "the table is folded away");
  await history.hover({ position: { x: 100, y: 100 } });
  await tab.locator("figure summary").first().click();
  await tab.locator("figure table").first().waitFor({ state: "visible" });
}

async function chartsFitOnPaper({ tab }) {
  const svg = tab.locator(".drawing svg").first();
  const ink = () => svg.locator("text").first().getAttribute("fill");
  const onScreen = await ink();
  await tab.evaluate(() => dispatchEvent(new Event("beforeprint")));
  assert.equal(await svg.getAttribute("width"), "670");
  assert.notEqual(await ink(), onScreen, "dark words would be lost on paper");
  await tab.evaluate(() => dispatchEvent(new Event("afterprint")));
  assert.equal(await ink(), onScreen);
  assert.notEqual(await svg.getAttribute("width"), "670");
}

async function trailOpensBeside({ tab }) {
  await tab.click("[data-trail]");
  const panel = tab.locator("[data-panel]");
  await panel.getByText("核定，入台账").waitFor();
  assert.equal(new URL(tab.url()).pathname, "/", "the address stays");
  assert.equal(await panel.evaluate((element) => element === document.activeElement), true, "the panel has the focus");
  await tab.keyboard.press("Escape");
  await panel.waitFor({ state: "hidden" });
  assert.equal(await tab.evaluate(() => document.activeElement.matches("[data-trail]")), true, "the focus returns");
}

async function themeIsKept({ tab }) {
  const theme = () => tab.evaluate(() => document.documentElement.dataset.theme);
  const button = tab.locator("[data-theme-switch]");
  assert.equal(await button.textContent(), "跟随系统");
  const ink = () => tab.locator(".drawing svg text").first().getAttribute("fill");
  const before = await ink();
  await button.click();
  await button.click();
  assert.equal(await theme(), "dark");
  assert.notEqual(await ink(), before, "charts follow the theme");
  await tab.reload();
  assert.equal(await theme(), "dark");
  assert.equal(await button.textContent(), "深色");
}

async function chooserCloses({ tab }) {
  await tab.click(".chooser summary");
  await tab.keyboard.press("Escape");
  assert.equal(await tab.locator(".chooser").getAttribute("open"), null);
}

async function keysWalkTheQueue({ tab }) {
  const focused = () => tab.evaluate(() => document.activeElement.textContent);
  await tab.focus("[data-row]");
  await tab.keyboard.press("j");
  assert.equal(await focused(), "第二件");
  await tab.keyboard.press("k");
  assert.equal(await focused(), "第一件");
  await tab.evaluate(() => {
    const button = document.querySelector("[aria-keyshortcuts]");
    button.addEventListener("click", () => button.setAttribute("data-clicked", ""));
  });
  await tab.keyboard.press("a");
  await tab.waitForSelector("[data-clicked]");
}

async function formAsksBeforeItIsLost({ tab }) {
  const asked = new Promise((done) => tab.once("dialog", (dialog) => dialog.dismiss().then(() => done(dialog.type()))));
  await tab.fill("[name=note]", "写了一半");
  await tab.evaluate(() => setTimeout(() => location.reload()));
  assert.equal(await asked, "beforeunload");
  await tab.click("form[data-guard] button");
  await tab.waitForURL("**/saved*");
}
