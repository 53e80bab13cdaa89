// The board as an office has it open: everywhere sound, what lags with its reason, a past day with its banner, no script.
import assert from "node:assert/strict";
import { inBrowser, signedIn, withoutScript } from "./harness.mjs";

const BOARD = "/office/watch/330200-2024-yanshi";

await inBrowser(async ({ open }) => {
  const page = await signedIn(open, "/office/watch", "ningbo");
  await page.soundEverywhere("/office/watch", "watch-list");
  await page.soundEverywhere(BOARD, "watch-board");
  await page.expectText("序时进度", "main");
  await page.expectText("预测", "main");
  await page.soundEverywhere(`${BOARD}/regions`, "watch-regions");
  await page.soundEverywhere(`${BOARD}/bodies`, "watch-bodies");
  await page.go(BOARD);
  const project = await page.tab.locator("table.watch tbody th a").first().getAttribute("href");
  await page.soundEverywhere(project, "watch-project");
  await page.go(`${BOARD}?on=2024-08-15`);
  await page.expectText("历史页面", "main");
  await page.sound("watch-past");
  assert.equal(await page.tab.locator("[data-live]").count(), 0, "a past day does not change");
  await page.close();

  await withoutScript(open, "/office/watch", "watch", async (plain) => {
    await plain.signIn("ningbo");
    await plain.go(BOARD);
    await plain.tab.selectOption("[name=light]", "behind");
    await plain.tab.getByRole("button", { name: "筛选" }).click();
    await plain.expectText("清除筛选", "main");
  });
});
