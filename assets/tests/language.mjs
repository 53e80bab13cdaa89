// The language is chosen once and stays; addresses and figures do not change with it.
import assert from "node:assert/strict";
import { inBrowser } from "./harness.mjs";

const PAGES = ["/", "/programmes/330200-2024", "/programmes/330784-2024", "/matters/charging-piles", "/programmes/330200-2024/money", "/data", "/reading", "/regions/330200"];

await inBrowser(async ({ open }) => {
  const page = await open("/programmes/330200-2024", { width: 360 });
  assert.equal(await page.tab.locator("html").getAttribute("lang"), "zh-CN");
  await page.tab.getByRole("link", { name: "English" }).click();
  await page.expectText("27.7 points ahead of schedule", "main");
  assert.equal(await page.tab.locator("html").getAttribute("lang"), "en");
  for (const path of PAGES) {
    assert.equal(await page.go(path), 200);
    assert.equal(await page.tab.locator("html").getAttribute("lang"), "en", `${path} forgot the language`);
    await page.sound(`english-360${path.replaceAll("/", "-")}`);
  }
  await page.tab.getByRole("link", { name: "中文" }).click();
  assert.equal(await page.tab.locator("html").getAttribute("lang"), "zh-CN");
  await page.close();
});
