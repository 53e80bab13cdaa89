// Where a figure comes from: beside the page where there is room, else on a page of its own.
import assert from "node:assert/strict";
import { everywhere, inBrowser, withoutScript } from "./harness.mjs";

const STEPS = ["3645个", "宁波市2024年上半年民生实事进展", "现行值", "没有更正过", "SM3", "公布值", "2024年6月30日"];

await inBrowser(async ({ open }) => {
  const desk = await open("/programmes/330200-2024");
  await figure(desk).click();
  await desk.expectAll(["这个数字从哪里来", "3645个", "没有更正过"], "[data-panel]");
  assert.equal(new URL(desk.tab.url()).pathname, "/programmes/330200-2024", "the page stays");
  await desk.sound("panel-1280-light");
  await desk.tab.keyboard.press("Escape");
  await desk.tab.locator("[data-panel]").waitFor({ state: "hidden" });
  const address = await figure(desk).getAttribute("href");
  await desk.close();

  const phone = await open("/programmes/330200-2024", { width: 390 });
  await figure(phone).click();
  await phone.tab.waitForURL("**/entries/*");
  await phone.expectText("这个数字从哪里来", "h1");
  await phone.close();

  await everywhere(open, address, "trail", (page) => page.expectAll(STEPS));
  await withoutScript(open, "/programmes/330200-2024", "trail", async (page) => {
    await figure(page).click();
    await page.expectAll(STEPS);
  });
});

/** The figure of the charging piles. */
function figure({ tab }) {
  return tab.locator("a.figure").filter({ hasText: /^3,645$/ }).first();
}
