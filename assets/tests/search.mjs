// Search: one character, two, several words, nothing found, and the same page in English.
import assert from "node:assert/strict";
import { everywhere, inBrowser, withoutScript } from "./harness.mjs";

await inBrowser(async ({ open }) => {
  await everywhere(open, "/search?q=桩", "search", async (page) => {
    await page.expectAll(["公共充电桩建设", "电动汽车充电桩投运", "3,645", "同一事项"]);
    assert.ok((await page.tab.locator("mark").filter({ hasText: "桩" }).count()) > 3, "what was found is marked");
  });
  const page = await open("/search");
  assert.equal(await page.tab.evaluate(() => document.activeElement.name), "q", "one can type at once");
  await page.tab.keyboard.type("充电");
  await page.tab.keyboard.press("Enter");
  await page.expectAll(["电动汽车充电桩投运", "电动自行车充电驿站建成"]);
  await page.go("/search?q=农村 充电桩");
  await page.expectText("农村地区电动汽车充电桩投运", "main");
  await page.expectNoText("充电桩便民服务评价全省排名", "main");
  await page.go("/search?q=不存在的词语");
  await page.expectAll(["没有找到", "不存在的词语"]);
  await page.sound("search-nothing");
  await page.go("/search?q=" + encodeURIComponent("<img src=x onerror=alert(1)>%_*\"'"));
  await page.expectText("<img src=x", "main");
  page.noConsoleErrors();
  await page.go("/search?q=桩&year=2020");
  await page.expectText("没有找到", "main");
  await page.go("/search?q=桩&lang=en");
  await page.expectText("Search", "h1");
  await page.expectText("公共充电桩建设", "main");
  await page.sound("search-english");
  await page.close();
  await withoutScript(open, "/search", "search", async (page) => {
    await page.tab.fill("[name=q]", "桩");
    await page.tab.getByRole("button", { name: "搜索" }).click();
    await page.expectText("公共充电桩建设", "main");
  });
});
