// The code on the fence: a resident scans, rates, reports a problem with a picture, keeps the receipt; the office shows and
// answers; the resident rates the answer twice. With a script and its proof of work, by keyboard alone, and without a script.
import assert from "node:assert/strict";
import { inBrowser, signedIn, withoutScript } from "./harness.mjs";

const PROGRAMME = "330200-2024-yanshi";

/** A grey square of 64 × 64 that a browser made; small, but a picture. */
async function picture({ tab }) {
  const data = await tab.evaluate(() => {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [64, 64];
    const pen = canvas.getContext("2d");
    pen.fillStyle = "#888";
    pen.fillRect(0, 0, 64, 64);
    return canvas.toDataURL("image/png").split(",")[1];
  });
  return { name: "现场.png", mimeType: "image/png", buffer: Buffer.from(data, "base64") };
}

await inBrowser(async ({ open, address }) => {
  const sites = await (await fetch(new URL(`/api/v1/sites?programme=${PROGRAMME}&stage=building&limit=3`, address))).json();
  const [first, second, third] = sites.items.map(({ code }) => code);

  const receipt = await report(open, first);
  await byKeyboard(open, second);
  await plain(open, third);
  await refusals(open, first);
  await answer(open, first, receipt);
  await mean(open, second);
  await codes(open, first);
});

/** Takes the radio button with this name, as a screen reader tells it. */
async function choose({ tab }, name) {
  await tab.getByRole("radio", { name, exact: true }).check();
}

/** From the page of the site to a receipt, on a phone. */
async function report(open, code) {
  for (const width of [1280, 390]) {
    const page = await open(`/s/${code}`, { width });
    await page.tab.getByRole("link", { name: "评价、提问题" }).click();
    await page.expectAll(["您对这里满意吗", "不用登录，不留姓名电话", "暂不公布"]);
    await page.sound(`feedback-${width}`);
    await page.close();
  }
  const page = await open(`/s/${code}/feedback`, { width: 390, scheme: "dark" });
  const { tab } = page;
  await choose(page, "不满意");
  await tab.fill("[name=words]", "围挡缺了一块，晚上看不见坑。");
  await choose(page, "反映问题，希望办理并答复");
  await tab.setInputFiles("[name=pictures]", await picture(page));
  await tab.getByRole("button", { name: "提交" }).click();
  await tab.waitForURL(/\/feedback\/[0-9A-Z]{10}\?new=1$/);
  await page.expectAll(["已收到，谢谢", "办理中", "答复期限", "围挡缺了一块"]);
  await page.sound("feedback-receipt-390-dark");
  const receipt = new URL(tab.url()).pathname;
  await page.go("/feedback");
  await tab.fill("[name=receipt]", receipt.split("/").at(-1).toLowerCase());
  await tab.getByRole("button", { name: "查询" }).click();
  await page.expectText("围挡缺了一块");
  page.allow(404);
  await page.go("/feedback?receipt=AAAAAAAAAA");
  await page.expectText("没有找到这个回执");
  await page.sound("feedback-receipt-unknown-390");
  await page.go(`/s/${code}/feedback`);
  await page.expectNoText("围挡缺了一块");
  await page.close();
  return receipt;
}

/** Whoever sees nothing and uses no mouse: each control is reached by Tab, has a name, and what goes on is announced. */
async function byKeyboard(open, code) {
  const page = await open(`/s/${code}/feedback`);
  const { tab } = page;
  const focused = () => tab.evaluate(() => {
    const at = document.activeElement;
    return at.type === "radio" || at.type === "checkbox" ? at.closest("label").innerText.trim() : at.labels?.[0]?.innerText ?? at.innerText;
  });
  await tab.locator("[name=level]").first().focus();
  assert.equal(await focused(), "非常满意");
  await tab.keyboard.press("ArrowDown");
  assert.equal(await focused(), "满意");
  assert.ok(await tab.getByRole("radio", { name: "满意", exact: true }).isChecked());
  assert.ok(await tab.getByRole("group", { name: "您对这里满意吗" }).count());
  const words = ["想说的话", "只是评价或留言", "图片（可不附）", "提交"];
  for (const word of words) {
    await tab.keyboard.press("Tab");
    assert.equal(await focused(), word);
    if (word === "想说的话") await tab.keyboard.type("新装的扶手很好用");
  }
  assert.equal(await tab.locator("[data-proof-status]").getAttribute("role"), "status", "the wait is announced");
  await tab.keyboard.press("Enter");
  await tab.waitForURL(/\/feedback\/[0-9A-Z]{10}\?new=1$/);
  await page.expectAll(["已收到", "新装的扶手很好用"]);
  await page.axe();
  await page.close();
}

async function plain(open, code) {
  await withoutScript(open, `/s/${code}/feedback`, "feedback", async (page) => {
    await choose(page, "一般");
    await page.tab.fill("[name=words]", "没有脚本也能说");
    await page.tab.getByRole("button", { name: "提交" }).click();
    await page.expectAll(["已收到", "没有脚本也能说"]);
  });
}

/** What cannot be taken leads back to the form, with what was typed and the reason at its field. */
async function refusals(open, code) {
  const page = await open(`/s/${code}/feedback`, { width: 390 });
  const { tab } = page;
  page.allow(422);
  const send = () => tab.getByRole("button", { name: "提交" }).click();
  await choose(page, "满意");
  await tab.fill("[name=words]", "写好的话不能丢");
  await tab.setInputFiles("[name=pictures]", { name: "假图.png", mimeType: "image/png", buffer: Buffer.from("这不是图片".repeat(50)) });
  await send();
  await tab.locator("#pictures-trouble").waitFor();
  assert.equal(await tab.inputValue("[name=words]"), "写好的话不能丢");
  assert.ok(await tab.locator("[name=level][value=satisfied]").isChecked());
  assert.equal(await tab.getAttribute("[name=pictures]", "aria-invalid"), "true");
  await page.sound("feedback-refused-390");
  // Told before it is sent: nobody waits for 21 MB to be refused.
  await tab.setInputFiles("[name=pictures]", { name: "很大.jpg", mimeType: "image/jpeg", buffer: Buffer.alloc(21 << 20) });
  await page.expectText("“很大.jpg”太大");
  await send();
  assert.match(tab.url(), /\/s\//, "the form was not sent");
  await tab.setInputFiles("[name=pictures]", []);
  await choose(page, "反映问题，希望办理并答复");
  await tab.fill("[name=words]", "");
  await send();
  await page.expectText("请写明是什么问题");
  await page.close();
}

/** The office shows the words and answers; the resident is not satisfied, gets a second answer and closes. */
async function answer(open, code, receipt) {
  const office = await signedIn(open, "/office/feedback", "ningbo");
  await office.expectText("没有脚本也能说");
  await office.expectText("无脚本提交");
  const proven = office.tab.locator("tr", { hasText: "围挡缺了一块" });
  assert.ok(!(await proven.first().innerText()).includes("无脚本提交"), "the script had found the proof");
  await office.soundEverywhere("/office/feedback?shelf=held", "office-feedback");
  await office.go("/office/feedback?shelf=underway");
  await office.tab.getByRole("link", { name: /围挡缺了一块/ }).click();
  await office.tab.waitForURL("**/office/feedback/*-*");
  const item = new URL(office.tab.url()).pathname;
  assert.equal(await office.tab.locator("ul.evidence img").count(), 1, "the picture arrived");
  await office.soundEverywhere(item, "office-feedback-item");
  await office.tab.getByRole("button", { name: "公开", exact: true }).click();
  await office.expectText("公开", "dl.facts");
  await respond(office, "已补上围挡并加装警示灯。");

  const resident = await open(receipt, { width: 390 });
  resident.allow(422);
  await resident.expectAll(["已答复", "已补上围挡", "这个答复解决了吗"]);
  await resident.sound("feedback-answered-390");
  await rate(resident, "不满意", "");
  await resident.expectText("请写明哪里没有解决");
  await rate(resident, "不满意", "警示灯不亮");
  await resident.expectText("再次办理");
  await office.go(item);
  await office.expectText("警示灯不亮");
  await respond(office, "警示灯已更换，现场已核实。");
  await resident.go(receipt);
  await rate(resident, "满意", "");
  await resident.expectText("已办结");
  await resident.sound("feedback-closed-390");
  for (const width of [1280, 390]) {
    const everybody = await open(`/s/${code}/feedback`, { width });
    await everybody.expectAll(["围挡缺了一块", "已补上围挡", "警示灯已更换"]);
    const shown = everybody.tab.locator(".said img").first();
    await shown.scrollIntoViewIfNeeded();
    await shown.evaluate((image) => image.decode());
    await everybody.sound(`feedback-public-${width}`);
    await everybody.close();
  }
  await resident.close();
  await office.close();
}

async function respond({ tab }, words) {
  const form = tab.locator("form[action$='/answer']");
  await form.locator("[name=words]").fill(words);
  await form.getByRole("button", { name: "答复" }).click();
  await tab.locator(".trail-steps", { hasText: words }).waitFor();
}

async function rate({ tab }, verdict, words) {
  await tab.selectOption("[name=verdict]", { label: verdict });
  await tab.fill("[name=words]", words);
  await tab.getByRole("button", { name: "提交评价" }).click();
}

/** Four ratings are not shown as a mean, five are. */
async function mean(open, code) {
  for (let count = 2; count <= 5; count += 1) {
    const page = await open(`/s/${code}/feedback`, { width: 390 });
    await page.expectText("暂不公布");
    await choose(page, "非常满意");
    await page.tab.getByRole("button", { name: "提交" }).click();
    await page.expectText("已收到");
    await page.close();
  }
  const page = await open(`/s/${code}/feedback`, { width: 390 });
  await page.expectAll(["4.8", "5 人评价"]);
  await page.sound("feedback-mean-390");
  await page.close();
}

/** The codes themselves: on the page of the site, and for the office as a file to print. */
async function codes(open, code) {
  const sheet = await open(`/s/${code}/sheet`, { width: 390 });
  await sheet.expectText("扫码看进展");
  await sheet.sound("code-sheet-390");
  await sheet.close();
  const office = await signedIn(open, `/office/programmes/${PROGRAMME}/codes`, "ninghai");
  await office.expectAll(["下载 PDF", "张，每个点位一张 A4"]);
  // One town of the county: the program under test is not built for speed.
  await office.tab.selectOption("[name=region]", { index: 1 });
  await office.tab.getByRole("button", { name: "筛选" }).click();
  await office.tab.waitForURL(/region=330226/);
  const [file] = await Promise.all([
    office.tab.waitForEvent("download", { timeout: 60_000 }),
    office.tab.locator("main a[href*='codes.pdf']").first().click(),
  ]);
  assert.match(file.suggestedFilename(), /\.pdf$/);
  await office.soundEverywhere(`/office/programmes/${PROGRAMME}/codes?limit=2`, "office-codes");
  await office.close();
}
