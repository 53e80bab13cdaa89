// An indicator: its figures as a line with the table behind it, its parts, and the same matter elsewhere.
import assert from "node:assert/strict";
import { everywhere, inBrowser, withoutScript } from "./harness.mjs";

await inBrowser(async ({ open }) => {
  const yiwu = await addressOf(open, "/programmes/330782-2020", "基层就诊率");
  await everywhere(open, yiwu, "history", async (page) => {
    await page.expectAll(["基层就诊率", "68.83", "公布值", "2020年全年"]);
    const drawing = page.tab.locator("figure .drawing");
    await drawing.locator("svg").waitFor();
    assert.match(await drawing.getAttribute("aria-label"), /基层就诊率.*2020年全年 68\.83 ?%$/, "who cannot see the line hears it");
    const table = page.tab.locator("figure table");
    if (!(await table.isVisible())) await page.tab.locator("figure summary").click();
    await page.expectAll(["64.03", "68.83"], "figure table");
  });
  const piles = await addressOf(open, "/programmes/330200-2024", "电动汽车充电桩投运");
  await everywhere(open, piles, "parts", async (page) => {
    await page.expectAll(["其中", "1,518", "41.6%", "2,127", "其余，未列出", "计算值"]);
    await page.expectAll(["同一事项在别处", "3,355", "278", "杭州市", "永康市", "未注截止日"]);
  });
  await withoutScript(open, yiwu, "history", async (page) => {
    assert.equal(await page.tab.locator("figure .drawing svg").count(), 0);
    const table = page.tab.locator("figure table");
    if (!(await table.isVisible())) await page.tab.locator("figure summary").click();
    await page.expectAll(["64.03", "68.83"], "figure table");
  });
});

/** Where the link with this name leads. */
async function addressOf(open, path, name) {
  const page = await open(path);
  const address = await page.tab.getByRole("link", { name, exact: true }).first().getAttribute("href");
  await page.close();
  return address;
}
