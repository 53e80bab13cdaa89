// A browser for the tests in this folder. Each is a script that is given an address and a folder:
//
//   node assets/tests/scoreboard.mjs http://127.0.0.1:4000 test-artefacts
//
//   import { inBrowser } from "./harness.mjs";
//   await inBrowser(async ({ open }) => {
//     const page = await open("/programmes/330200-2024", { width: 390, scheme: "dark" });
//     await page.expectText("77.7");
//     await page.sound("scoreboard-390-dark");
//   });
//
// Errors of the page, breaches of its content security policy and requests to other hosts are collected from the
// first byte on; `noConsoleErrors` fails with all of them. A script exits with 1 at the first thing that is wrong.
import { readFile, mkdir } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { chromium } from "playwright-core";

const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";
const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
/** Maps are drawn by WebGL, which runs on the processor here; everything else is faster without. */
const PAINTED = ["--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"];
/** Milliseconds for anything to appear; a test that passes never waits that long. */
const PATIENCE = 15_000;

/** The same as `inBrowser`, for pages with a map. */
export async function inBrowserWithMaps(test) {
  await inBrowser(test, process.argv[2], process.argv[3] ?? "test-artefacts", PAINTED);
}

/** Starts Chromium with an empty profile, runs `test`, and ends the process: 0 when all was well, else 1. */
export async function inBrowser(test, address = process.argv[2], artefacts = process.argv[3] ?? "test-artefacts", painting = ["--disable-gpu"]) {
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: [...FLAGS, ...painting] });
  const open = (path, options) => openPage(browser, new URL(path, address), artefacts, options);
  try {
    await mkdir(artefacts, { recursive: true });
    await test({ open, browser, address });
  } catch (error) {
    console.error(error.stack ?? error);
    process.exitCode = 1;
  } finally {
    await browser.close();
  }
}

/** A page at a desk and on a phone, by day and by night. */
export const SIGHTS = [[1280, "light"], [1280, "dark"], [390, "light"], [390, "dark"]];

/** Opens `path` at every sight, or at those named, hands the page to `look`, and checks that it is sound. */
export async function everywhere(open, path, name, look = async () => {}, { sights = SIGHTS } = {}) {
  for (const [width, scheme] of sights) {
    const page = await open(path, { width, scheme });
    await look(page, width);
    await page.sound(`${name}-${width}-${scheme}`);
    await page.close();
  }
}

/** Opens `path` without script and looks at it there too. */
export async function withoutScript(open, path, name, look) {
  const page = await open(path, { width: 390, javascript: false });
  await look(page);
  await page.sound(`${name}-no-script`);
  await page.close();
}

/** Opens `path`, signs in as `name` on the way there, and gives the page. */
export async function signedIn(open, path, name, options) {
  const page = await open(path, options);
  await page.signIn(name);
  await page.tab.waitForURL(`**${path}`);
  return page;
}

async function openPage(browser, address, artefacts, options = {}) {
  const { width = 1280, height = 860, scheme = "light", lang = "zh-CN", javascript = true, cookies = [] } = options;
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: scheme,
    locale: lang,
    timezoneId: "Asia/Shanghai",
    javaScriptEnabled: javascript,
    reducedMotion: "reduce",
  });
  await context.addCookies(cookies);
  context.setDefaultTimeout(PATIENCE);
  const page = new Page(await context.newPage(), address.origin, artefacts, javascript);
  await page.go(address);
  return page;
}

/** One tab, with the questions that a test asks. `tab` is Playwright's own page for everything else. */
class Page {
  #allowed = [];
  #artefacts;
  #hosts = [];
  #origin;
  #scripts;
  #troubles = [];

  constructor(tab, origin, artefacts, scripts) {
    this.tab = tab;
    this.#scripts = scripts;
    this.#origin = origin;
    this.#artefacts = artefacts;
    tab.on("console", (message) => {
      if (message.type() === "error") this.#troubles.push(`console: ${message.text()}`);
    });
    tab.on("pageerror", (error) => this.#troubles.push(`script: ${error.message}`));
    tab.on("request", (request) => {
      const url = request.url();
      const own = url.startsWith(this.#origin) || /^(data|blob|about):/.test(url);
      if (!own && !this.#hosts.includes(new URL(url).origin)) this.#troubles.push(`request to another host: ${url}`);
    });
  }

  /** Opens a path of the same server and returns the status. */
  async go(path) {
    const response = await this.tab.goto(new URL(path, this.#origin).href, { waitUntil: "load" });
    return response.status();
  }

  /** Waits until `text` (a string or regular expression) can be read in the first `selector` that has it. */
  async expectText(text, selector = "body") {
    const place = this.tab.locator(selector).filter({ hasText: text }).first();
    await place.waitFor({ state: "visible" }).catch(async () => {
      const seen = await this.tab.locator(selector).first().innerText({ timeout: 1000 }).catch(() => "nothing");
      throw new Error(`${this.tab.url()}: no ${text} in ${selector}, which reads:\n${seen.slice(0, 2000)}`);
    });
  }

  /** Waits for each of `texts` in turn. */
  async expectAll(texts, selector = "main") {
    for (const text of texts) await this.expectText(text, selector);
  }

  /** Signs in and waits for the page that it leads to. */
  async signIn(name, password = "Shishi-demo-2024") {
    await this.tab.fill("[name=sign_in_name]", name);
    await this.tab.fill("[name=password]", password);
    await this.tab.getByRole("button", { name: "登录" }).click();
    await this.tab.waitForURL((address) => address.pathname !== "/sign-in");
  }

  /** Fails when the text can be read. */
  async expectNoText(text, selector = "body") {
    const count = await this.tab.locator(selector).filter({ hasText: text, visible: true }).count();
    if (count > 0) throw new Error(`${this.tab.url()}: ${text} in ${selector}, where it should not be`);
  }

  /** Fails when the page is wider than its window, and names the elements that stick out. */
  async noSidewaysScroll() {
    const wide = await this.tab.evaluate(() => {
      const room = document.documentElement.clientWidth;
      if (document.documentElement.scrollWidth <= room) return null;
      const out = [...document.body.querySelectorAll("*")].filter((element) => element.getBoundingClientRect().right > room + 1);
      return out.slice(0, 5).map((element) => element.outerHTML.slice(0, 120));
    });
    if (wide) throw new Error(`${this.tab.url()}: scrolls sideways because of\n${wide.join("\n")}`);
  }

  /** From now on, answers with this status are what the test wants: the browser's own word about them is no trouble. */
  allow(...statuses) {
    this.#allowed.push(...statuses.map((status) => `the server responded with a status of ${status} `));
  }

  /** From now on, requests to this other host are what the test wants. */
  allowHost(origin) {
    this.#hosts.push(origin);
  }

  /** Fails on script errors, breaches of the content security policy and requests to other hosts so far. */
  noConsoleErrors() {
    const troubles = this.#troubles.filter((trouble) => !this.#allowed.some((text) => trouble.includes(text)));
    if (troubles.length > 0) throw new Error(`${this.tab.url()}:\n${troubles.join("\n")}`);
  }

  /** WCAG 2.2 AA as far as axe-core can judge it; it is a script itself, so pages without script go unjudged. */
  async axe() {
    if (!this.#scripts) return;
    const before = this.#troubles.length;
    await this.tab.evaluate(await axeSource());
    const violations = await this.tab.evaluate(async () => {
      const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
      const { violations } = await window.axe.run(document, { runOnly: { type: "tag", values: tags } });
      return violations.map(({ id, help, nodes }) => {
        const places = nodes.slice(0, 3).map((node) => `  ${node.target.join(" ")}: ${node.html.slice(0, 160)}\n    ${node.failureSummary.replaceAll("\n", "\n    ")}`);
        return `${id} (${nodes.length}): ${help}\n${places.join("\n")}`;
      });
    });
    // What axe itself does on the page is not the page's fault.
    this.#troubles.length = before;
    if (violations.length > 0) throw new Error(`${this.tab.url()}: axe says\n${violations.join("\n")}`);
  }

  /** Saves a picture of the whole page. */
  async shot(name) {
    await this.tab.screenshot({ path: join(this.#artefacts, `${name}.png`), fullPage: true });
  }

  /** Takes the picture, then checks all that must hold on any page, at any width, in any theme. */
  async sound(name) {
    await this.shot(name);
    await this.noSidewaysScroll();
    this.noConsoleErrors();
    await this.axe();
  }

  /** Takes this tab to `path` at every sight, which keeps the session, and checks that it is sound there. */
  async soundEverywhere(path, name = path.replaceAll(/[^a-z]+/g, "-").slice(1)) {
    for (const [width, colorScheme] of SIGHTS) {
      await this.tab.setViewportSize({ width, height: 860 });
      await this.tab.emulateMedia({ colorScheme });
      await this.go(path);
      await this.sound(`${name}-${width}-${colorScheme}`);
    }
    await this.tab.setViewportSize({ width: 1280, height: 860 });
  }

  async close() {
    await this.tab.context().close();
  }
}

let axe;
function axeSource() {
  axe ??= readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
  return axe;
}
