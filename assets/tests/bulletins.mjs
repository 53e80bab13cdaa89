// Bulletins as people meet them: the signed one of the generated year, a text checked against it, one being written –
// at a desk, on a phone, with keys only, and without script.
import { everywhere, inBrowser, signedIn, withoutScript } from "./harness.mjs";

const PROGRAMME = "330200-2024-yanshi";
const TEXT =
  "截至2024年6月30日，宁波市民生实事项目平均进度77.7%，提前完成年度目标任务的项目6个，进展率超过80%的项目16个。" +
  "老旧污水管网改造33.32公里。群众文化活动现场观众好评如潮，累计举办诗会1234场。";

await inBrowser(async ({ open }) => {
  const list = await open("/bulletins");
  await list.expectAll(["宁波市2024年上半年民生实事项目进展情况", "演示数据", "已签发"]);
  await list.sound("bulletins-1280-light");
  await list.tab.getByRole("link", { name: "宁波市2024年上半年" }).click();
  await list.expectAll(["77.7%", "40.16亿元", "22.47亿元", "快于序时进度8.6个百分点", "SM3"]);
  const address = new URL(list.tab.url()).pathname;
  await list.tab.locator(".bulletin a[data-trail]").first().click();
  await list.expectText("这个数字从哪里来", "[data-panel]");
  await list.expectText("写进已签发的公报", "[data-panel]");
  await list.sound("bulletin-trail-1280");
  const entry = await list.tab.locator("[data-panel] a[href^='/entries/']").last().getAttribute("href");
  await list.go(entry);
  await list.tab.getByRole("link", { name: "宁波市2024年上半年" }).click();
  await list.expectText("SM3");
  await list.close();
  await everywhere(open, address, "bulletin");
  const narrow = await open(address, { width: 360 });
  await narrow.noSidewaysScroll();
  await narrow.close();
  await withoutScript(open, address, "bulletin", async (page) => page.expectText("77.7%"));

  const office = await signedIn(open, `/office/bulletins/check?programme=${PROGRAMME}`, "ningbo");
  await office.tab.fill("#text", TEXT);
  await office.tab.getByRole("button", { name: "核对", exact: true }).click();
  await office.expectAll(["■ 不符", "✓ 相符", "○ 台账中没有"]);
  await office.expectText("文中多", ".finding-list");
  await office.sound("check-1280-light");
  // By keys: into the list, down, and Enter opens the trail.
  await office.tab.locator(".finding-list a[data-row]").first().focus();
  await office.tab.keyboard.press("j");
  await office.tab.keyboard.press("k");
  const focused = await office.tab.evaluate(() => document.activeElement.matches("[data-row]"));
  if (!focused) throw new Error("j and k lose the list");
  await office.tab.setViewportSize({ width: 390, height: 860 });
  await office.sound("check-390-light");
  const [download] = await Promise.all([
    office.tab.waitForEvent("download"),
    office.tab.getByRole("button", { name: "下载 XLSX" }).click(),
  ]);
  if (!download.suggestedFilename().endsWith(".xlsx")) throw new Error(download.suggestedFilename());
  await office.tab.setViewportSize({ width: 1280, height: 860 });

  await office.go("/office/bulletins");
  await office.sound("office-bulletins-1280");
  await office.tab.selectOption("#template", "monthly");
  await office.tab.selectOption("#programme", PROGRAMME);
  await office.tab.fill("#cut_off", "2024-06-30");
  await office.tab.getByRole("button", { name: "起草" }).click();
  await office.expectText("由督查室签发");
  const body = office.tab.locator("#body");
  await body.press("Control+End");
  await body.pressSequentially("另有志愿者300人参加。");
  await office.expectText("手工写的数字", "#preview");
  await office.tab.fill("#find", "平均进度");
  await office.tab.locator(".insert:visible").first().click();
  const written = await body.inputValue();
  if (!written.includes("{{平均进度}}")) throw new Error("the placeholder was not inserted");
  await office.tab.getByRole("button", { name: "保存并预览" }).click();
  await office.expectAll(["已保存", "手工写的数字"]);
  await office.sound("editor-1280-light");
  await office.tab.setViewportSize({ width: 390, height: 860 });
  await office.sound("editor-390-light");
  await office.close();
});
