// Open data: what is offered can be downloaded, opens in a spreadsheet, and says what its columns are.
import assert from "node:assert/strict";
import { everywhere, inBrowser, withoutScript } from "./harness.mjs";

await inBrowser(async ({ open }) => {
  await everywhere(open, "/data", "data", (page) => page.expectAll(["开放数据", "CSV", "XLSX", "JSONL", "使用许可"]));
  const page = await open("/data");
  const [download] = await Promise.all([
    page.tab.waitForEvent("download"),
    page.tab.locator("#\\33 30200-2024 a[href$='.csv']").first().click(),
  ]);
  assert.match(download.suggestedFilename(), /\.csv$/);
  const bytes = await contents(download);
  assert.deepEqual([...bytes.subarray(0, 3)], [0xef, 0xbb, 0xbf], "spreadsheets need the mark to read UTF-8");
  const [head, first] = bytes.toString("utf8").slice(1).split(/\r?\n/);
  assert.match(head, /指标/, "columns have Chinese headings");
  assert.ok(first.length > 0 && head.split(",").length >= 5, head);

  for (const link of await page.tab.locator("main a[href^='/data/'], main a[href^='/api/']").all()) {
    const address = await link.getAttribute("href");
    const answer = await page.tab.request.get(new URL(address, page.tab.url()).href);
    assert.equal(answer.status(), 200, address);
    const body = await answer.body();
    assert.ok(body.length > 0, `${address} is empty`);
    if (address.endsWith(".xlsx")) assert.equal(body.subarray(0, 2).toString(), "PK", address);
  }
  await page.close();
  await withoutScript(open, "/data", "data", (page) => page.expectText("CSV", "main"));
});

async function contents(download) {
  const chunks = [];
  for await (const chunk of await download.createReadStream()) chunks.push(chunk);
  return Buffer.concat(chunks);
}
