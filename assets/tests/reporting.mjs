// The generated year as those see it who report and review: rounds and one of them, what a body owes and has done, a
// return with its history, the empty queue, and what an office finds late.
import assert from "node:assert/strict";
import { inBrowser, signedIn, withoutScript } from "./harness.mjs";

const SLUG = "330200-2024-yanshi";

await inBrowser(async ({ open }) => {
  const office = await signedIn(open, "/office", "ningbo");
  await office.soundEverywhere("/office/rounds", "reporting-rounds");
  await office.expectAll(["演示数据", "2024年12月31日"]);
  const round = await office.tab.locator("main a[href^='/office/rounds/']").first().getAttribute("href");
  await office.soundEverywhere(round, "reporting-round");
  await office.expectText("未填报", "main");
  await office.go("/office/rounds");
  const july = await office.tab.locator("main a", { hasText: "2024年7月31日" }).first().getAttribute("href");
  await office.go(`${july}?state=open`);
  await office.expectAll(["逾期", "准予勾选的单位补报"]);
  await office.soundEverywhere(`/office/programmes/${SLUG}/reporting`, "reporting-settings");
  await office.soundEverywhere("/office/reviews", "reporting-queue");
  await office.close();

  const body = await signedIn(open, "/office", "haishu");
  await body.soundEverywhere("/office/returns", "reporting-mine");
  await body.go("/office/returns?done=true");
  const address = await body.tab.locator("main a[href^='/office/returns/']").first().getAttribute("href");
  await body.soundEverywhere(address, "reporting-return");
  // Whoever acts for many bodies is named by the one for which the return is.
  const owes = await body.tab.locator("main .meta, main .page-head").first().innerText();
  const named = await body.tab.locator(".history-pane li").allInnerTexts();
  const bureau = named.find((text) => text.includes("提交"));
  assert.ok(bureau && /海曙区/.test(bureau), `${owes}\n${named.join("\n")}`);
  await body.close();

  await withoutScript(open, "/office/returns", "reporting-mine", async (plain) => {
    await plain.signIn("haishu");
    await plain.go("/office/returns");
    await plain.expectText("填报", "main");
  });
});
