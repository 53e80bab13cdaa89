// 一键找桩 as a visitor has it: by place, by position on a click, near a station, without script; a station with its day; ratings;
// and the office's page of operators.
import assert from "node:assert/strict";
import { everywhere, inBrowserWithMaps, signedIn, withoutScript } from "./harness.mjs";

await inBrowserWithMaps(async ({ open }) => {
  await everywhere(open, "/chargers", "chargers", async (page) => {
    await page.tab.locator("[data-map][data-idle]").waitFor();
    await page.expectAll(["一键找桩", "演示数据", "宁海县", "其中农村", "1,676", "有空闲枪"]);
  });

  // The position is asked for on a click only, and rounded before it travels.
  const page = await open("/chargers");
  const context = page.tab.context();
  await context.grantPermissions(["geolocation"]);
  await context.setGeolocation({ latitude: 29.87412, longitude: 121.51087 });
  await page.tab.check("[name=free]");
  await page.tab.getByRole("button", { name: "找离我最近的" }).click();
  await page.tab.waitForURL(/lat=29\.874&lng=121\.511/);
  await page.expectAll(["您的位置", "空闲", "kW", "元/度"]);
  const far = await page.tab.locator(".stations .distance").allInnerTexts();
  const metres = far.map((text) => Number.parseFloat(text) * (text.includes("公里") ? 1000 : 1));
  assert.ok(metres.length > 3 && metres.every((at, index) => index === 0 || at >= metres[index - 1]), `nearest first: ${far}`);
  const ages = await page.tab.locator(".stations .state").allInnerTexts();
  assert.ok(ages.length === metres.length && ages.every((text) => /空闲 \d+/.test(text) && /前|分钟内/.test(text)), `every status shows its age: ${ages}`);
  await page.soundEverywhere("/chargers?lat=29.874&lng=121.511&free=1", "chargers-near");
  await page.soundEverywhere("/chargers?place=330226&rural=1", "chargers-place");

  await page.tab.locator(".stations h3 a").first().click();
  await page.expectAll(["实时状态", "可用率", "变为此状态", "WGS 84"]);
  const station = new URL(page.tab.url()).pathname;
  await page.soundEverywhere(station, "chargers-station");
  await page.tab.getByRole("link", { name: "附近的充电站" }).click();
  await page.expectText("直线距离");
  await page.soundEverywhere("/chargers/operators/MADEMO001", "chargers-operator");
  await page.go("/chargers/ratings");
  await page.sound("chargers-ratings");
  await page.tab.locator("tbody th a").first().click();
  await page.expectAll(["结果一致", "找桩快", "服务优", "费用省"]);
  await page.soundEverywhere(new URL(page.tab.url()).pathname, "chargers-rating");
  await page.close();

  await withoutScript(open, "/chargers", "chargers", async (plain) => {
    assert.equal(await plain.tab.locator("[data-here]").isVisible(), false, "no button that does nothing");
    await plain.tab.selectOption("[name=place]", { label: "宁海县" });
    await plain.tab.selectOption("[name=kind]", "fast");
    await plain.tab.getByRole("button", { name: "查找" }).click();
    await plain.expectAll(["找到的充电站", "宁海县"]);
  });

  const office = await signedIn(open, "/office/chargers", "ningbo");
  await office.expectAll(["演示充电一号", "实时状态", "换"], "main");
  await office.soundEverywhere("/office/chargers", "chargers-office");
  await office.soundEverywhere("/office/chargers?form=new", "chargers-office-form");
  await office.go("/office/chargers/rural");
  await office.expectAll(["3,645", "1,518", "与台账对照", "按镇街代码"], "main");
  await office.tab.locator("[name=stations]").first().check();
  await office.tab.getByRole("button", { name: "标为城镇" }).click();
  await office.expectText(/已保存。改了 [01] 座/);
  await office.soundEverywhere("/office/chargers/rural", "chargers-rural");
  await office.close();
});
