// A map whose ground is 天地图, because the office has a key: that one host is asked, with the key, and no other; without a key
// – in every other test – none is.
import assert from "node:assert/strict";
import { inBrowserWithMaps } from "./harness.mjs";

const HOST = "https://t0.tianditu.gov.cn";
/** A picture of one light grey point, which stands for every tile. */
const TILE = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGN49+4dAAWYAsspex20AAAAAElFTkSuQmCC", "base64");

await inBrowserWithMaps(async ({ open }) => {
  const page = await open("/reading");
  const asked = [];
  await page.tab.route(`${HOST}/**`, (route) => {
    asked.push(new URL(route.request().url()));
    return route.fulfill({ contentType: "image/png", headers: { "access-control-allow-origin": "*" }, body: TILE });
  });
  page.allowHost(HOST);
  const answer = await page.tab.goto(new URL("/map", process.argv[2]).href);
  const policy = answer.headers()["content-security-policy"];
  assert.equal(policy.match(/https?:/g).length, policy.match(/https:\/\/t0\.tianditu\.gov\.cn/g).length, policy);
  await page.tab.locator("[data-map][data-idle]").waitFor();
  await page.expectText("天地图", ".maplibregl-ctrl-attrib");
  assert.ok(asked.length > 0, "the ground is asked for");
  for (const url of asked) {
    assert.equal(url.searchParams.get("tk"), "0123456789abcdef");
    assert.ok(["vec", "cva"].includes(url.searchParams.get("LAYER")), url.href);
    assert.match(url.searchParams.get("TILEMATRIX"), /^\d+$/);
  }
  await page.sound("map-tianditu-1280");
  await page.close();
});
