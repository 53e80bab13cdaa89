// The generated year: its June is the published one on the pages that residents see, and every page of it says 演示数据.
import assert from "node:assert/strict";
import { everywhere, inBrowser } from "./harness.mjs";

const PROGRAMME = "/programmes/330200-2024-yanshi";

await inBrowser(async ({ open }) => {
  await everywhere(open, PROGRAMME, "rich-scoreboard", async (page) => {
    await page.expectAll(["演示数据", "77.7", "56.0", "58.6", "22.47亿 ÷ 40.16亿", "8.6", "/ 37 个"]);
  });
  await everywhere(open, `${PROGRAMME}/money`, "rich-money", async (page) => {
    await page.expectAll(["演示数据", "40.16", "6.52亿 + 21.76亿 + 11.88亿 = 40.16亿元", "22.47", "58.6"]);
  });

  const page = await open(PROGRAMME);
  const seen = new Set();
  for (const path of await linksOf(page)) await labelled(page, path, seen);
  // A page of each sort behind those: an indicator, the trail of a figure of a district, the figures of a month.
  const number = [...seen].find((path) => path.startsWith(`${PROGRAMME}/indicators/`));
  await page.go(number);
  for (const path of (await linksOf(page)).slice(0, 12)) await labelled(page, path, seen);
  await page.sound("rich-indicator");
  const trail = [...seen].find((path) => path.startsWith("/entries/"));
  assert.ok(trail, "an indicator leads to the trail of its figures");
  await page.soundEverywhere(trail, "rich-trail");
  await page.soundEverywhere("/regions/330226", "rich-region");
  await page.close();
});

/** The paths that belong to the programme: its own pages and the trails of its figures. */
async function linksOf(page) {
  const all = await page.tab.locator("main a[href]").evaluateAll((links) => links.map((link) => new URL(link.href).pathname));
  const own = all.filter((path) => path.startsWith(PROGRAMME) || path.startsWith("/entries/"));
  return [...new Set(own)];
}

/** Opens a page once and looks for the label. */
async function labelled(page, path, seen) {
  if (seen.has(path)) return;
  seen.add(path);
  assert.equal(await page.go(path), 200, path);
  await page.expectText("演示数据", "main");
}
