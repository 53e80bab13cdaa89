// What is being built near me: the map with its layers, its lists without script, the page of a site, and picking a point in
// the office.
import assert from "node:assert/strict";
import { inBrowserWithMaps, withoutScript } from "./harness.mjs";

const MAP = "/map?programme=330200-2024-yanshi";

/** How many different colours the map's picture has in `share` of its width and height around the middle: a blank one has one. */
async function colours(page) {
  return page.tab.evaluate(() => {
    const canvas = document.querySelector(".maplibregl-canvas");
    const copy = document.createElement("canvas");
    [copy.width, copy.height] = [160, 120];
    const pen = copy.getContext("2d");
    pen.drawImage(canvas, 0, 0, copy.width, copy.height);
    const { data } = pen.getImageData(0, 0, copy.width, copy.height);
    const seen = new Set();
    for (let at = 0; at < data.length; at += 4) seen.add((data[at] << 16) | (data[at + 1] << 8) | data[at + 2]);
    return seen.size;
  });
}

await inBrowserWithMaps(async ({ open }) => {
  for (const [width, scheme] of [[1280, "light"], [1280, "dark"], [390, "light"], [390, "dark"]]) {
    const page = await open(MAP, { width, scheme });
    await page.tab.locator("[data-map][data-idle]").waitFor();
    await page.expectAll(["示意图", "演示数据", "各地", "海曙区", "底色：各地平均进度的亮灯", "聚在一起的点位"]);
    assert.ok((await colours(page)) > 40, "outlines, lights and clusters are drawn, not paper alone");
    await page.sound(`map-${width}-${scheme}`);
    await page.close();
  }

  const page = await open(`${MAP}#map=12.5/29.86/121.55`);
  await page.tab.locator("[data-map][data-idle]").waitFor();
  await page.shot("map-near-by");
  assert.match(page.tab.url(), /#map=12\.5\//, "the view stands in the address");
  await page.tab.goto("about:blank");
  await page.close();

  // Chargers are a layer of their own: its switch keeps the view, a click on a station opens how it stands now.
  const layers = await open(`${MAP}#map=11/29.86/121.55`);
  await layers.tab.locator("[data-map][data-idle]").waitFor();
  await layers.tab.getByRole("link", { name: "充电桩", exact: true }).click();
  await layers.tab.waitForURL(/piles=1#map=11\//);
  await layers.tab.locator("[data-map][data-piles][data-idle]").waitFor();
  await layers.expectAll(["有空闲枪", "暂无空闲", "停用或无最新数据", "元/度"]);
  const tile = await layers.tab.evaluate(async () => {
    const answer = await fetch("/tiles/chargers/11/1715/848.mvt");
    return [answer.status, answer.headers.get("cache-control"), (await answer.arrayBuffer()).byteLength];
  });
  assert.deepEqual(tile.slice(0, 2), [200, "no-store"]);
  assert.ok(tile[2] > 100, `stations in the tile: ${tile[2]} bytes`);
  await layers.sound("map-chargers-1280");
  await layers.close();
  for (const [width, scheme] of [[390, "light"], [1280, "dark"]]) {
    const near = await open(`${MAP}&piles=1#map=12.4/29.87/121.54`, { width, scheme });
    await near.tab.locator("[data-map][data-idle]").waitFor();
    await near.sound(`map-chargers-${width}-${scheme}`);
    await near.close();
  }

  // By keyboard: the map takes the focus, moves and zooms, and the address follows.
  const keys = await open(`${MAP}#map=9/29.8/121.5`);
  await keys.tab.locator("[data-map][data-idle]").waitFor();
  await keys.tab.locator(".maplibregl-canvas").focus();
  await keys.tab.keyboard.press("Equal");
  await keys.tab.waitForURL(/#map=10\//);
  await keys.tab.keyboard.press("ArrowRight");
  await keys.tab.waitForFunction(() => !location.hash.endsWith("/121.5"));
  await keys.close();

  const english = await open(`${MAP}&piles=1&lang=en`, { lang: "en" });
  await english.tab.locator("[data-map][data-idle]").waitFor();
  await english.expectAll(["Wash: the light of each place", "a connector is free", "Sketch, no official boundaries", "yuan/kWh"]);
  await english.sound("map-english-1280");
  await english.close();

  const paper = await open(`${MAP}&piles=1`);
  await paper.tab.locator("[data-map][data-idle]").waitFor();
  await paper.tab.emulateMedia({ media: "print" });
  await paper.expectText("示意图");
  await paper.shot("map-print");
  await paper.close();

  const asking = await open(MAP, { width: 390 });
  await asking.tab.context().grantPermissions(["geolocation"]);
  await asking.tab.context().setGeolocation({ latitude: 29.87123, longitude: 121.54987 });
  await asking.tab.getByRole("button", { name: "看看我附近" }).click();
  await asking.tab.waitForURL(/lat=29\.871&lng=121\.550/);
  await asking.expectText("离我最近");
  await asking.tab.locator("[data-map][data-idle]").waitFor();
  assert.match(asking.tab.url(), /#map=13\//, "the map goes where one stands");
  await asking.sound("map-near-390");
  const site = await asking.tab.locator(".site-list a").first().getAttribute("href");
  await asking.close();

  for (const width of [1280, 390]) {
    const one = await open(site, { width });
    await one.tab.locator("[data-map][data-idle]").waitFor();
    await one.expectAll(["这里在做什么", "责任单位", "附近", "演示数据"]);
    assert.ok((await colours(one)) > 12, "its neighbours are in sight, not bare paper");
    assert.ok(await one.tab.getByRole("img", { name: /^在.*的位置$/ }).isVisible(), "its place in the county");
    await one.sound(`site-${width}`);
    await one.close();
  }

  // A site that is a line is drawn as one and says how long it is.
  const found = await (await fetch(new URL("/api/v1/sites/geojson?programme=330200-2024-yanshi", process.argv[2]))).json();
  for (const [type, words] of [["LineString", "线状，长约"], ["Polygon", "面状，约"]]) {
    const { id } = found.features.find(({ geometry }) => geometry?.type === type);
    const one = await open(`/s/${id}`);
    await one.tab.locator("[data-map][data-idle]").waitFor();
    await one.expectText(words);
    await one.sound(`site-${type.toLowerCase()}-1280`);
    await one.close();
  }

  await withoutScript(open, `${MAP}&piles=1`, "map", async (plain) => {
    assert.equal(await plain.tab.locator("[data-here]").isVisible(), false, "no button that does nothing");
    await plain.expectText("停用或无最新数据");
    await plain.tab.selectOption("[name=stage]", "in_use");
    await plain.tab.getByRole("button", { name: "筛选" }).click();
    await plain.expectText("清除筛选");
    await plain.tab.locator("#list .site-list a").first().click();
    await plain.expectText("这里在做什么");
    assert.ok(await plain.tab.getByRole("img", { name: /^在.*的位置$/ }).isVisible(), "where it is, without a script");
  });

  // What was found when it was accepted, and the list that an office ticks.
  const inUse = found.features.filter(({ properties }) => properties.stage === "in_use");
  const isChecked = async ({ id }) => (await (await fetch(new URL(`/s/${id}`, process.argv[2]))).text()).includes('id="acceptance"');
  let checked;
  for (const feature of inUse) if (await isChecked(feature)) { checked = feature; break; }
  const accepted = await open(`/s/${checked.id}`, { width: 390 });
  await accepted.expectText(/验收(未)?通过/, "#acceptance");
  await accepted.sound("site-accepted-390");
  await accepted.close();

  const office = await open("/office/sites/330200-2024-yanshi");
  await office.signIn("ningbo");
  await office.go("/office/sites/330200-2024-yanshi");
  await office.expectAll(["点位合计与台账", "与台账", "相符"]);
  await office.soundEverywhere("/office/sites/330200-2024-yanshi", "office-sites");
  await office.go(`/office/sites/330200-2024-yanshi?q=${checked.id}`);
  await office.tab.getByRole("link", { name: checked.properties.name }).click();
  await office.tab.getByRole("link", { name: "验收核查" }).click();
  await office.expectAll(["逐项核对", "核查记录", "保存核查结果"]);
  await office.soundEverywhere(new URL(office.tab.url()).pathname, "office-acceptance");
  await office.go("/office/sites/330200-2024-yanshi/new");
  await office.tab.locator("[data-map][data-idle]").waitFor();
  await office.tab.locator(".maplibregl-canvas").click({ position: { x: 200, y: 120 } });
  assert.match(await office.tab.inputValue("[name=longitude]"), /^1[12]\d\.\d{6}$/);
  await office.sound("office-site-new");
  await office.soundEverywhere("/office/sites-import", "office-sites-import");
  await office.close();
});
