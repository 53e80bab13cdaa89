// What is being built near me: the map, its lists without script, the page of a site, and picking a point in the office.
import assert from "node:assert/strict";
import { inBrowserWithMaps, withoutScript } from "./harness.mjs";

const MAP = "/map?programme=330200-2024-yanshi";

await inBrowserWithMaps(async ({ open }) => {
  for (const [width, scheme] of [[1280, "light"], [1280, "dark"], [390, "light"], [390, "dark"]]) {
    const page = await open(MAP, { width, scheme });
    await page.tab.locator("[data-map][data-idle]").waitFor();
    await page.expectAll(["示意图", "演示数据", "各地", "海曙区"]);
    await page.sound(`map-${width}-${scheme}`);
    await page.close();
  }

  const page = await open(`${MAP}#map=12.5/29.86/121.55`);
  await page.tab.locator("[data-map][data-idle]").waitFor();
  await page.shot("map-near-by");
  assert.match(page.tab.url(), /#map=12\.5\//, "the view stands in the address");
  await page.tab.goto("about:blank");
  await page.close();

  const asking = await open(MAP, { width: 390 });
  await asking.tab.context().grantPermissions(["geolocation"]);
  await asking.tab.context().setGeolocation({ latitude: 29.87123, longitude: 121.54987 });
  await asking.tab.getByRole("button", { name: "看看我附近" }).click();
  await asking.tab.waitForURL(/near=29\.871%2C121\.550/);
  await asking.expectText("离我最近");
  await asking.tab.locator("[data-map][data-idle]").waitFor();
  await asking.sound("map-near-390");
  const site = await asking.tab.locator(".site-list a").first().getAttribute("href");
  await asking.close();

  for (const width of [1280, 390]) {
    const one = await open(site, { width });
    await one.tab.locator("[data-map][data-idle]").waitFor();
    await one.expectAll(["这里在做什么", "责任单位", "附近", "演示数据"]);
    await one.sound(`site-${width}`);
    await one.close();
  }

  await withoutScript(open, MAP, "map", async (plain) => {
    await plain.tab.selectOption("[name=stage]", "in_use");
    await plain.tab.getByRole("button", { name: "筛选" }).click();
    await plain.expectText("清除筛选");
    await plain.tab.locator(".site-list a").first().click();
    await plain.expectText("这里在做什么");
  });

  const office = await open("/office/sites/330200-2024-yanshi");
  await office.signIn("ningbo");
  await office.go("/office/sites/330200-2024-yanshi");
  await office.expectText("点位合计与台账");
  await office.soundEverywhere("/office/sites/330200-2024-yanshi", "office-sites");
  await office.go("/office/sites/330200-2024-yanshi/new");
  await office.tab.locator("[data-map][data-idle]").waitFor();
  await office.tab.locator(".maplibregl-canvas").click({ position: { x: 200, y: 120 } });
  assert.match(await office.tab.inputValue("[name=longitude]"), /^1[12]\d\.\d{6}$/);
  await office.sound("office-site-new");
  await office.soundEverywhere("/office/sites-import", "office-sites-import");
  await office.close();
});
