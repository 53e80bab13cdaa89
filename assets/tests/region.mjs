// A place: its programmes, and the divisions above and below it.
import { everywhere, inBrowser, withoutScript } from "./harness.mjs";

await inBrowser(async ({ open }) => {
  await everywhere(open, "/regions/330200", "region", (page) => page.expectAll(["宁波市", "浙江省", "2024", "宁海县"]));
  await withoutScript(open, "/regions/330000", "region", async (page) => {
    await page.expectAll(["浙江省", "杭州市"]);
    await page.tab.locator("main a[href^='/regions/3307']").first().click();
    await page.tab.waitForURL("**/regions/3307*");
  });
});
