// Scoreboards of the sample years: every printed figure is there, says where it comes from, and can be reached by
// keyboard alone.
import assert from "node:assert/strict";
import { everywhere, inBrowser, withoutScript } from "./harness.mjs";

const NINGBO = [
  "15 类 37 项", "截至 2024年6月30日", "77.7", "公布值", "计算值", "提前完成", "6", "16", "56.0", "58.6", "8.6",
  "22.47亿 ÷ 40.16亿元", "6.52亿 + 21.76亿 + 11.88亿 = 40.16亿元", "快于序时 27.7 个百分点", "怎样计算", "未逐项公布 31",
];
const HANGZHOU = ["10 项", "137.1%", "168.2%", "80 + 55 + 21 + 10 + 17 = 183", "截至 2024年12月31日"];
const YONGKANG = ["未注截止日", "不与序时进度比较", "45,004"];

/** For boards that differ in their figures only. */
const FEWER = [[1280, "dark"], [390, "light"]];

await inBrowser(async ({ open }) => {
  await everywhere(open, "/programmes/330200-2024", "ningbo", async (page) => {
    await page.expectAll(NINGBO);
    const amounts = page.tab.locator("#money .figure");
    for (const amount of ["40.16", "22.47", "6.52", "21.76", "11.88"]) await amounts.filter({ hasText: amount }).first().waitFor();
  });
  await everywhere(open, "/programmes/330100-2024", "hangzhou", (page) => page.expectAll(HANGZHOU), { sights: FEWER });
  await everywhere(open, "/programmes/330784-2024", "yongkang", async (page) => {
    await page.expectAll(YONGKANG);
    await page.expectNoText("快于序时", "main");
    await page.expectNoText("严重滞后", "main .columns");
  }, { sights: FEWER });
  await withoutScript(open, "/programmes/330200-2024", "ningbo", async (page) => {
    await page.expectAll(NINGBO);
    await chooseDay(page);
  });
  await keyboardOnly(open);
  await asItWas(open);
});

/** The chooser of cut-offs is a form like any other. */
async function chooseDay({ tab }) {
  await tab.locator("details.chooser summary").click();
  await tab.selectOption("[name=cut_off]", "2024-06-30");
  await tab.getByRole("button", { name: "查看" }).click();
  await tab.waitForURL(/cut_off=2024-06-30/);
}

/** From the first Tab to a figure's trail and back, never losing sight of where one is. */
async function keyboardOnly(open) {
  const page = await open("/programmes/330200-2024");
  const { tab } = page;
  const here = () => tab.evaluate(() => {
    const element = document.activeElement;
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
    const { width, height, bottom, top } = element.getBoundingClientRect();
    return {
      text: element.textContent.trim().slice(0, 40),
      trail: element.matches("a[data-trail]"),
      marked: (outlineStyle !== "none" && parseFloat(outlineWidth) >= 2) || boxShadow !== "none",
      inSight: width > 0 && height > 0 && bottom > 0 && top < innerHeight,
    };
  });
  await tab.keyboard.press("Tab");
  assert.match((await here()).text, /跳到正文/, "the first stop leads past the header");
  await tab.keyboard.press("Enter");
  assert.equal(new URL(tab.url()).hash, "#main");
  let stop;
  for (let stops = 0; stops < 60 && !stop?.trail; stops += 1) {
    await tab.keyboard.press("Tab");
    stop = await here();
    assert.ok(stop.marked, `focus cannot be seen on “${stop.text}”`);
    assert.ok(stop.inSight, `focus is out of sight on “${stop.text}”`);
  }
  assert.ok(stop.trail, "no figure within sixty stops");
  await tab.keyboard.press("Enter");
  await page.expectText("打开完整来历", "[data-panel]");
  assert.equal(await tab.evaluate(() => document.activeElement.matches("[data-panel]")), true, "the panel has the focus");
  await tab.keyboard.press("Escape");
  await tab.locator("[data-panel]").waitFor({ state: "hidden" });
  assert.equal((await here()).text, stop.text, "the focus is back on the figure");
  page.noConsoleErrors();
  await page.close();
}

/** The board of a day before anything was recorded says so instead of showing what came later. */
async function asItWas(open) {
  const page = await open("/programmes/330200-2024?known=2024-01-01");
  await page.expectAll(["历史页面", "还没有数字"]);
  await page.expectNoText("77.7", "a.figure");
  await page.sound("ningbo-as-it-was");
  await page.close();
}
