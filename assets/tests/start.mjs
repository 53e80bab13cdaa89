// The start page: which places are there, how far they are, and the way to each.
import assert from "node:assert/strict";
import { everywhere, inBrowser, withoutScript } from "./harness.mjs";

const SEEN = ["4 个地方", "宁波市 2024", "77.7", "公布值", "未注截止日", "未公布整体进度", "3,645", "3,355", "278", "怎样读一个数字"];

await inBrowser(async ({ open }) => {
  await everywhere(open, "/", "start", (page) => page.expectAll(SEEN));
  await withoutScript(open, "/", "start", async (page) => {
    await page.expectAll(SEEN);
    await page.tab.fill("[name=q]", "充电");
    await page.tab.getByRole("button", { name: "搜索" }).click();
    await page.expectText("电动汽车充电桩投运", "main");
  });
  const page = await open("/");
  await page.tab.getByRole("link", { name: "宁波市 2024" }).first().click();
  await page.tab.waitForURL("**/programmes/330200-2024");
  await page.close();

  const head = await open("/", { width: 390 });
  for (const link of await head.tab.locator("a[href^='/']").all()) {
    const address = await link.getAttribute("href");
    const answer = await head.tab.request.get(new URL(address, head.tab.url()).href);
    assert.equal(answer.status(), 200, `${address} on the start page leads nowhere`);
  }
  await head.close();
});
