// One month as each role: the office opens a round, a body is late and needs permission, the reviewer sends its return
// back, the corrected one is approved, the project turns yellow on the board while somebody watches, gets an order, the
// body answers and applies, the lead body checks, the supervision office closes it.
//
// The server runs on the real clock, so the month is the last one that is over, and its round is open today.
import assert from "node:assert/strict";
import { inBrowser, signedIn } from "./harness.mjs";

const DAY = 86_400_000;
const china = new Date(Date.now() + 8 * 3_600_000);
const text = (date) => date.toISOString().slice(0, 10);
const today = text(china);
const cutOff = new Date(Date.UTC(china.getUTCFullYear(), china.getUTCMonth(), 0));
const year = cutOff.getUTCFullYear();
const months = cutOff.getUTCMonth() + 1;
const SLUG = `330200-${year}`;
const PROJECT = "校园扩容";
/** Eighteen points behind months ÷ 12: yellow begins at ten, red behind thirty. */
const YELLOW = String(Math.max(Math.round((months / 12) * 1000) - 180, 10));
const HEAD = "方案地区代码,年度,方案名称,类别序号,类别,项目序号,项目名称,指标,单位,采集层级,地区代码,目标值,牵头单位";
const SHEET = [
  HEAD,
  `330200,${year},宁波市${year}年度民生实事,1,教育,1,${PROJECT},新增学位,个,县（市、区）,,1000,宁波市教育局`,
  `,,,,,,,,,,330203,1000,海曙区教育局`,
  "",
].join("\n");

/** The smallest picture there is: one grey point. */
const PAPER = {
  name: "完工照片.png",
  mimeType: "image/png",
  buffer: Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==", "base64"),
};

await inBrowser(async ({ open }) => {
  const office = await signedIn(open, "/office", "ningbo");
  const body = await signedIn(open, "/office", "haishu");
  const supervision = await signedIn(open, "/office", "ducha");
  const lead = await signedIn(open, "/office", "jiaoyu");

  await drawUp(office);
  const round = await openRound(office);
  await late(office, body, round);
  const address = await report(body, round);
  await sendBack(office, address);
  await correct(body, address);
  await approve(office, supervision, address);
  const order = await raise(office);
  await answer(body, order);
  await close(body, lead, supervision, order);
  for (const page of [office, body, supervision, lead]) await page.close();
});

async function press({ tab }, name) {
  await tab.getByRole("button", { name, exact: true }).first().click();
}

/** Chooses the option whose words hold `words`: projects are numbered, places may carry their code. */
async function choose({ tab }, field, words) {
  const option = tab.locator(`[name=${field}] option`).filter({ hasText: words }).first();
  await tab.selectOption(`[name=${field}]`, await option.getAttribute("value"));
}

async function drawUp(office) {
  await office.go("/office/imports");
  await office.tab.setInputFiles("input[type=file]", { name: "方案.csv", mimeType: "text/csv", buffer: Buffer.from(SHEET) });
  await press(office, "读取");
  await office.expectAll(["预览", "新增学位"]);
  await press(office, "确认导入");
  await office.expectText("已导入", "main");
}

async function openRound(office) {
  const { tab } = office;
  await office.soundEverywhere(`/office/programmes/${SLUG}/reporting`, "month-1-reporting");
  await tab.fill("[name=cut_off]", text(cutOff));
  await tab.fill("[name=opens_on]", text(new Date(cutOff.getTime() + DAY)));
  await tab.fill("[name=closes_on]", today);
  await press(office, "开启填报期");
  await tab.waitForURL("**/office/rounds/*");
  await office.expectAll([PROJECT, "海曙区教育局", "未填报"]);
  const round = new URL(tab.url()).pathname;
  await office.soundEverywhere(round, "month-2-round");
  return round;
}

/** The round is closed before the body has reported: it is told so, asks, and is allowed to come late. */
async function late(office, body, round) {
  await office.go(round);
  await press(office, "提前关闭填报期");
  await body.go("/office/returns");
  await body.expectText(PROJECT, "main");
  await body.soundEverywhere("/office/returns", "month-3-shut");
  await office.go(round);
  await office.tab.locator("input[name=returns]").first().check();
  await office.tab.locator("details.late-form summary").click();
  await office.tab.fill("[name=until]", today);
  await office.tab.fill("[name=reason]", "单位书面说明，同意补报");
  await press(office, "准予补报");
  await office.expectText("补报", "main");
}

async function report(body, round) {
  const { tab } = body;
  await body.go("/office/returns");
  await tab.getByRole("link", { name: new RegExp(PROJECT) }).first().click();
  await tab.waitForURL("**/office/returns/*");
  const address = new URL(tab.url()).pathname;
  await body.soundEverywhere(address, "month-4-form");
  body.allow(422);
  await tab.locator("[name^=raw-]").first().fill("好几百");
  await press(body, "提交审核");
  await tab.locator("[aria-invalid=true]").first().waitFor();
  await body.sound("month-4-form-refused");
  await flagged(body);
  await bySheet(body, round);
  await body.go(address);
  await tab.locator("[name^=raw-]").first().fill("990");
  await tab.fill("[name=image]", "99");
  await press(body, "提交审核");
  await body.expectText("已提交审核", "[role=status]");
  return address;
}

/** A figure that stands out is flagged while it is typed, and nobody is kept from sending it. */
async function flagged(body) {
  const { tab } = body;
  const figure = tab.locator("[name^=raw-]").first();
  await figure.fill("4000");
  await figure.blur();
  await body.expectText("三倍，请核对单位", "main .flags");
  assert.equal(await figure.getAttribute("aria-invalid"), null, "a flag is no fault");
  await body.sound("month-4-form-flagged");
  await tab.setViewportSize({ width: 390, height: 860 });
  await body.sound("month-4-form-flagged-390");
  await tab.setViewportSize({ width: 1280, height: 860 });
}

/** The round as a sheet: what cannot be read is told by row and column, what can is shown before anything is saved. */
async function bySheet(body, round) {
  const { tab } = body;
  const send = async (figure, name) => {
    await body.go(`${round}/sheet`);
    const [download] = await Promise.all([tab.waitForEvent("download"), tab.locator("a[href$='sheet.xlsx']").click()]);
    assert.match(download.suggestedFilename(), /填报表.*xlsx/);
    const id = await tab.evaluate(async (path) => (await (await fetch(path)).text()).match(/returns\/([0-9a-f-]{36})/)[1], "/office/returns");
    const text = `指标号（勿改）,填报编号（勿改）,版本（勿改）,本期累计,形象进度%\n1,${id},1,${figure},60\n`;
    await tab.setInputFiles("input[type=file]", { name: "填报.csv", mimeType: "text/csv", buffer: Buffer.from(text) });
    await tab.locator("main form[enctype] button").first().click();
    await body.expectText(name === "month-4-sheet" ? "全部可以提交" : "读不懂数字", "main");
    await body.sound(name);
    await tab.setViewportSize({ width: 390, height: 860 });
    await body.sound(`${name}-390`);
    await tab.setViewportSize({ width: 1280, height: 860 });
  };
  body.allow(422);
  await send("好几百", "month-4-sheet-refused");
  await send("960", "month-4-sheet");
}

async function sendBack(office, address) {
  await office.go("/office/reviews");
  await office.expectAll([PROJECT, "990"]);
  await office.soundEverywhere("/office/reviews", "month-5-queue");
  await office.soundEverywhere(address, "month-5-review");
  await office.tab.fill("[name=reason]", "与佐证材料不一致，请核实");
  await press(office, "退回");
  await office.go(address);
  await office.expectText("与佐证材料不一致", "main");
}

async function correct(body, address) {
  const { tab } = body;
  await body.go(address);
  await body.expectAll(["已退回", "与佐证材料不一致，请核实"]);
  await body.soundEverywhere(address, "month-6-sent-back");
  await tab.locator("[name^=raw-]").first().fill(YELLOW);
  await tab.fill("[name=image]", "70");
  await press(body, "提交审核");
  await body.expectText("已提交审核", "[role=status]");
}

/** While the supervision office looks at the board, the approval turns the project yellow. */
async function approve(office, supervision, address) {
  await supervision.go(`/office/watch/${SLUG}`);
  await supervision.expectNoText("滞后", ".watch .light");
  await office.go(address);
  await press(office, "审核通过，入台账");
  await office.go(address);
  await office.expectText("已通过", "main");
  await supervision.expectText("滞后", ".watch .light");
  await supervision.soundEverywhere(`/office/watch/${SLUG}`, "month-7-board");
}

async function raise(office) {
  const { tab } = office;
  await office.go(`/office/orders/new?programme=${SLUG}`);
  await choose(office, "project", PROJECT);
  await choose(office, "region", "海曙区");
  await choose(office, "organisation", "海曙区教育局");
  await tab.fill("[name=title]", "校园扩容进度滞后");
  await tab.fill("[name=demand]", "落后序时十个百分点以上，请说明原因，提出追赶安排。");
  await office.sound("month-8-raise");
  await press(office, "发出");
  await tab.waitForURL((url) => /\/office\/orders\/[0-9a-f-]{36}/.test(url.pathname));
  const order = new URL(tab.url()).pathname;
  await office.soundEverywhere(order, "month-8-order");
  return order;
}

async function answer(body, order) {
  const { tab } = body;
  await body.go("/office/orders");
  await body.expectText("校园扩容进度滞后", "main");
  await body.go(`${order}?form=answer`);
  await tab.fill("[name=text]", "施工力量已增加，月底前补齐。");
  await tab.fill("[name=due_on]", workingDay(14));
  await press(body, "答复");
  await body.expectText("已办理", "[role=status]");
  await body.soundEverywhere(order, "month-9-answered");
}

async function close(body, lead, supervision, order) {
  const steps = [[body, "apply", "申请销号", "缺口已补齐，附清单。"], [lead, "check", "复核通过", ""], [supervision, "verify", "核验销号", ""]];
  for (const [page, act, name, words] of steps) {
    await page.go(`${order}?form=${act}`);
    if (words) await page.tab.fill("[name=text]", words);
    if (act === "apply") await page.tab.setInputFiles("[name=evidence]", PAPER);
    await press(page, name);
    await page.expectText("已办理", "[role=status]");
  }
  await supervision.expectText("已销号", "main");
  await supervision.soundEverywhere(order, "month-10-closed");
  await supervision.soundEverywhere("/office/orders", "month-10-orders");
  await supervision.go(order);
  const acts = await supervision.tab.locator(".history-pane li").count();
  assert.ok(acts >= 5, `raised, answered, applied, checked and verified, but ${acts} acts are told`);
}

/** A day on which offices work, at least so many days ahead: a weekday, which the holidays of the year may still forbid. */
function workingDay(ahead) {
  const day = new Date(china.getTime() + ahead * DAY);
  while ([0, 6].includes(day.getUTCDay())) day.setTime(day.getTime() + DAY);
  return text(day);
}
