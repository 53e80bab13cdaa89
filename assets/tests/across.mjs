// The pages that go across places: the same matter, money, search, places, open data and how to read.
import assert from "node:assert/strict";
import { inBrowser } from "./harness.mjs";

const query = (text) => `/search?q=${encodeURIComponent(text)}`;

const PAGES = {
  matters: ["/matters", ["同一事项，几个地方", "电动汽车充电桩", "10.09万"]],
  matter: ["/matters/charging-piles", ["3,355", "3,645", "278", "不能相加", "不合计"]],
  money: ["/programmes/330200-2024/money", ["40.16", "6.52亿 + 21.76亿 + 11.88亿 = 40.16亿元", "18.65", "55.4%", "快 8.6 点"]],
  "no-money": ["/programmes/330784-2024/money", ["没有公布资金。"]],
  search: [query("充电桩"), ["电动汽车充电桩投运", "3,645", "同一事项"]],
  "search-nothing": [query("无人机充电桩"), ["没有找到", "换短一些的词"]],
  region: ["/regions/330784", ["永康市2024年承接省民生实事", "金华市"]],
  "region-gone": ["/regions/330204", ["这一区划已不再使用", "鄞州区"]],
  data: ["/data", ["开放数据", "XLSX", "接口说明"]],
  reading: ["/reading", ["公布值与计算值", "没有数字不等于零"]],
};

await inBrowser(async ({ open, address }) => {
  for (const [width, scheme] of [[1280, "light"], [390, "dark"]]) {
    for (const [name, [path, phrases]] of Object.entries(PAGES)) {
      const page = await open(path, { width, scheme });
      for (const phrase of phrases) await page.expectText(phrase, "main");
      await page.sound(`${name}-${width}-${scheme}`);
      await page.close();
    }
  }

  for (const path of ["/matters/flu-vaccination", "/programmes/330200-2024/money", "/data"]) {
    const english = await open(`${path}${path.includes("?") ? "&" : "?"}lang=en`, { width: 360 });
    await english.sound(`english${path.replaceAll("/", "-")}-360`);
    await english.close();
  }

  // A person types one character, follows a hit, and comes back; all of it without a script.
  const plain = await open("/search", { width: 390, javascript: false });
  await plain.tab.fill("#q", "桩");
  await plain.tab.click("search button");
  await plain.expectText("桩", "mark");
  await plain.tab.getByRole("link", { name: "电动汽车充电桩投运", exact: true }).click();
  await plain.expectText("3,645", "main");
  await plain.close();

  const sheet = await fetch(new URL("/data/330200-2024/entries.csv", address));
  assert.equal(sheet.headers.get("content-type"), "text/csv; charset=utf-8");
  assert.deepEqual([...new Uint8Array(await sheet.arrayBuffer()).slice(0, 3)], [0xef, 0xbb, 0xbf]);
});
