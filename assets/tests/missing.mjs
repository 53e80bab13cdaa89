// What is not there says so, in words, with a way on.
import assert from "node:assert/strict";
import { inBrowser } from "./harness.mjs";

const NOWHERE = ["/nowhere", "/programmes/330200-1999", "/programmes/330200-2024/indicators/9999", "/entries/0191b3c0-0000-7000-8000-000000000000", "/matters/none", "/regions/999999", "/entries/not-a-key"];

await inBrowser(async ({ open }) => {
  for (const [width, scheme] of [[1280, "dark"], [390, "light"]]) {
    const page = await open("/", { width, scheme });
    page.allow(400, 404);
    for (const path of NOWHERE) {
      const status = await page.go(path);
      assert.ok([400, 404].includes(status), `${path}: ${status}`);
      await page.expectText("请求编号", "main");
      assert.equal(await page.tab.locator("main a[href='/']").count(), 1, `${path}: no way back`);
    }
    await page.sound(`missing-${width}-${scheme}`);
    await page.close();
  }
});
