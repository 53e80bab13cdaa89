// Services as people look for them: the list of kinds, one kind with its register, near a place and open now.
import assert from "node:assert/strict";
import { everywhere, inBrowserWithMaps, signedIn, withoutScript } from "./harness.mjs";

await inBrowserWithMaps(async ({ open }) => {
  const sights = [[1280, "light"], [390, "light"]];
  await everywhere(open, "/services", "services", async (page, width) => {
    if (width < 760) {
      const height = await page.tab.evaluate(() => document.documentElement.scrollHeight);
      assert.ok(height < 3_000, `on a phone domains are folded away: ${height} px`);
      await page.tab.locator("summary", { hasText: "医疗卫生" }).click();
    }
    await page.expectText("母婴室");
    await page.expectText("老年助餐");
  }, { sights });

  await everywhere(open, "/services/elderly-meals", "service", async (page) => {
    await page.expectText("430");
    await page.expectText("演示数据");
    await page.expectText("374");
    await page.tab.locator("[data-map][data-idle]").waitFor();
  }, { sights });

  // The map holds what the list is narrowed to, and each point leads to its entry.
  const mapped = await open("/services/elderly-meals?a-kind=canteen#entries");
  await mapped.tab.locator("[data-map][data-idle]").waitFor();
  const file = await mapped.tab.locator("[data-map]").getAttribute("data-points");
  const { features } = await mapped.tab.evaluate(async (path) => (await fetch(path)).json(), file);
  assert.ok(features.length > 0 && features.length <= 32, `${features.length} points`);
  const canvas = mapped.tab.locator("[data-map] canvas");
  const seen = await mapped.tab.evaluate(() => document.querySelector("[data-map] canvas").getAttribute("aria-label"));
  assert.match(seen, /^地图；同样的内容/);
  await canvas.scrollIntoViewIfNeeded();
  await mapped.shot("service-map-1280");
  await mapped.close();

  const page = await open("/services/elderly-meals", { width: 390 });
  await page.tab.selectOption("#a-kind", "canteen");
  await page.tab.click("form.kind-filter button.primary");
  await page.expectText("找到 32");
  await page.sound("service-canteens-390");
  await page.close();

  await withoutScript(open, "/services", "services", async (page) => {
    await page.expectText("母婴室");
  });

  await withoutScript(open, "/services/nursing-rooms?grade=star5#entries", "service", async (page) => {
    await page.expectText("找到 20");
  });

  for (const width of [1280, 390]) {
    const office = await signedIn(open, "/office/registers/elderly-meals?place=330200&day=2024-06-30", "ningbo", { width });
    await office.expectText("一致");
    await office.sound(`register-${width}`);
    await office.tab.goto(new URL("/office/registers/elderly-meals/new", office.tab.url()).href);
    await office.sound(`register-new-${width}`);
    await office.close();
  }
});
