// The programme office at its desk: the editor, a correction that the public sees at once, and what another place may not.
import assert from "node:assert/strict";
import { inBrowser, signedIn, withoutScript } from "./harness.mjs";

const PROGRAMME = "/office/programmes/330200-2024";

await inBrowser(async ({ open }) => {
  const page = await signedIn(open, "/office", "ningbo");
  await page.expectText("宁波市2024年度民生实事", "main");
  await page.soundEverywhere("/office", "desk");
  await page.soundEverywhere(PROGRAMME, "editor");
  await edit(page);
  await correct(page);
  await page.close();

  const county = await signedIn(open, "/office", "ninghai");
  county.allow(403, 404);
  await county.expectNoText("宁波市2024年度民生实事", "main table");
  assert.ok([403, 404].includes(await county.go(PROGRAMME)), "a county does not open the editor of its city");
  await county.close();

  await withoutScript(open, "/office", "desk", async (plain) => {
    await plain.signIn("ningbo");
    await plain.tab.getByRole("link", { name: "宁波市2024年度民生实事" }).first().click();
    await plain.tab.fill("[name=title_en]", "Ningbo 2024");
    await plain.tab.getByRole("button", { name: "保存" }).first().click();
    await plain.expectText("已保存", "[role=status]");
  });
});

async function edit(page) {
  const { tab } = page;
  page.allow(422);
  await page.go(PROGRAMME);
  await tab.fill("[name=title]", " ");
  await tab.fill("[name=adopted_by]", "市某次会议");
  await tab.getByRole("button", { name: "保存" }).first().click();
  await tab.locator("[aria-invalid=true]").first().waitFor();
  assert.equal(await tab.inputValue("[name=adopted_by]"), "市某次会议", "what was typed stays");
  await page.sound("editor-refused");
  await tab.fill("[name=title]", "宁波市2024年度民生实事");
  await tab.getByRole("button", { name: "保存" }).first().click();
  await page.expectText("已保存", "[role=status]");
  await page.go("/programmes/330200-2024");
  await page.expectText("市某次会议", "main");
}

async function correct(page) {
  const { tab } = page;
  const figure = (text) => tab.locator("a.figure").filter({ hasText: text }).first();
  const address = await figure(/^3,645$/).getAttribute("href");
  const form = address.replace("/entries/", "/office/entries/") + "/correction";
  await page.soundEverywhere(form, "correction");
  await tab.fill("[name=raw]", "三千多公里");
  await tab.selectOption("[name=reason]", { index: 1 });
  await tab.fill("[name=reason_text]", "复核后增加一个");
  await tab.getByRole("button", { name: "更正" }).click();
  await tab.locator("[aria-invalid=true]").first().waitFor();
  assert.equal(await tab.inputValue("[name=reason_text]"), "复核后增加一个", "what was typed stays");
  await tab.fill("[name=raw]", "3646");
  await tab.getByRole("button", { name: "更正" }).click();
  await tab.waitForURL((url) => !url.pathname.endsWith("/correction"));
  await page.go("/programmes/330200-2024");
  await figure(/^3,646$/).waitFor();
  await page.expectNoText(/^3,645$/, "a.figure");
  await page.go(await figure(/^3,646$/).getAttribute("href"));
  await page.expectAll(["3,646", "3,645", "复核后增加一个"]);
  await page.sound("trail-corrected");
}
