// The second half of the generated year as those see it who plan, chase, decide and score: a postponement that moved the
// schedule, inspections with a re-check, the timeline of a project, the kept assessment – and then one of each is made anew:
// the office asks, the congress decides with the number of its resolution, the supervision office walks an inspection
// through to its re-check, a sheet of polls is previewed and taken.
import assert from "node:assert/strict";
import { inBrowser, signedIn } from "./harness.mjs";

const SLUG = "330200-2024-yanshi";
const PROGRAMME = `/office/programmes/${SLUG}`;
const PAPER = {
  name: "整改照片.png",
  mimeType: "image/png",
  buffer: Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==", "base64"),
};
const china = (days = 0) => new Date(Date.now() + 8 * 3_600_000 + days * 86_400_000).toISOString().slice(0, 10);

await inBrowser(async ({ open }) => {
  const office = await signedIn(open, "/office", "ningbo");
  const project = await decided(office);
  await course(office, project);
  await timeline(office, project);
  await shares(office, open);
  await adjust(office, open);
  await inPublic(open);
  await inspect(open);
  await assess(open);
  await office.close();
});

async function press({ tab }, name) {
  await tab.getByRole("button", { name, exact: true }).first().click();
}

/** What the congress decided in the generated year; says which project was postponed. */
async function decided(office) {
  await office.soundEverywhere(`${PROGRAMME}/adjustments`, "chasing-adjustments");
  await office.expectAll(["演示数据", "延期", "调整目标", "同意", "不同意", "2025年6月30日"]);
  const row = office.tab.locator("tr").filter({ hasText: "延期" }).first();
  const page = await row.getByRole("link").first().getAttribute("href");
  await office.soundEverywhere(page, "chasing-adjustment");
  await office.expectAll(["演示〔2024〕人大常12号", "每季度报告一次进展"]);
  const name = (await office.tab.locator("h1").innerText()).split("：")[1].split("演示数据")[0].trim();
  await office.go(PROGRAMME);
  const link = await office.tab.locator(".tree a b").filter({ hasText: name }).first().locator("..").getAttribute("href");
  return link.split("/").pop();
}

/** The plan moved, and the old one can still be read. */
async function course(office, project) {
  await office.soundEverywhere(`${PROGRAMME}/projects/${project}/course`, "chasing-course");
  await office.expectAll(["原定 2024年12月31日 前完成", "同意延期至 2025年6月30日", "延期获批，节点后移", "套用节点模板"]);
  const last = await office.tab.locator(".milestones [name=planned_on]").evaluateAll((all) => all.map((one) => one.value).filter(Boolean).sort().at(-1));
  assert.equal(last, "2025-06-30");
}

/** Everything that happened, each leading to its thing. */
async function timeline(office, project) {
  const page = `/office/projects/${project}/timeline`;
  await office.soundEverywhere(page, "chasing-timeline");
  await office.expectAll(["申请延期", "人大审议：同意延期", "填报（截至 2024-06-30）", "督办"]);
  for (const [what, words] of [["return", "退回"], ["adjustment", "2025-06-30"], ["plan", "延期获批"]]) {
    await office.go(`${page}?what=${what}`);
    await office.expectText(words, "main");
    const link = await office.tab.locator(".trail h3 a").first().getAttribute("href");
    assert.equal(await office.go(link), 200, `${what}: ${link}`);
  }
}

/** The county's own part, without the whole. */
async function shares(office, open) {
  await office.soundEverywhere(`${PROGRAMME}/shares`, "chasing-shares");
  await office.expectAll(["演示数据", "已分足"]);
  const county = await signedIn(open, "/office", "ninghai");
  await county.soundEverywhere("/office", "chasing-county-desk");
  await county.expectAll(["上级方案中的本地任务", "宁海县"]);
  await county.tab.getByRole("link", { name: "向下分解" }).first().click();
  await county.expectText("分解情况", "h1");
  await county.expectText("宁海县", "h1");
  await county.expectAll(["要往下分解的", "城乡候车亭新改扩建", "由本级填报的"]);
  await county.soundEverywhere(new URL(county.tab.url()).pathname + new URL(county.tab.url()).search, "chasing-county-shares");
  // One town gives a shelter to another: the sum still makes the county's share, and the trail keeps both.
  await county.tab.getByRole("link", { name: "分解到乡镇（街道）" }).first().click();
  await county.expectText("下级合计", "main");
  const goals = await county.tab.locator("[name=goal]").evaluateAll((all) => all.map((one) => one.value));
  const [from, to] = [goals.findIndex((goal) => Number(goal) > 0), goals.findIndex((goal) => goal === "")];
  await county.tab.locator("[name=goal]").nth(from).fill(goals[from] === "1" ? "" : String(Number(goals[from]) - 1));
  await county.tab.locator("[name=goal]").nth(to).fill("1");
  await county.tab.fill("[name=reason_text]", "选址调整到邻镇。");
  await press(county, "保存分解");
  await county.expectText("已分足", "main");
  await county.close();
}

/** The office asks, the congress finds it on its desk and decides. */
async function adjust(office, open) {
  await office.go(`${PROGRAMME}/adjustments`);
  await office.tab.selectOption("[name=kind]", "cancel");
  await office.tab.locator("[name=project]").selectOption({ index: 3 });
  await office.tab.fill("[name=reason]", "选址与轨道交通规划冲突，申请取消。");
  await press(office, "提交申请");
  await office.expectText("已提交申请", "main");

  const congress = await signedIn(open, "/office", "renda");
  await congress.expectText("审议 取消", "main");
  await congress.sound("chasing-congress-desk");
  await congress.soundEverywhere("/office/adjustments", "chasing-congress");
  await congress.expectAll(["待审议", "已审议"]);
  await congress.tab.locator("tbody th a").first().click();
  await congress.expectText("选址与轨道交通规划冲突", "main");
  await congress.tab.selectOption("[name=decision]", "rejected");
  await press(congress, "登记");
  const missing = await congress.tab.locator("[name=document]").evaluate((field) => field.validity.valueMissing);
  assert.ok(missing, "the number of the resolution is needed");
  await congress.tab.fill("[name=document]", "演示〔2026〕人大常1号");
  await press(congress, "登记");
  await congress.expectText("演示〔2026〕人大常1号", "main");
  await congress.go("/office");
  await congress.expectNoText("审议 取消", "main");

  // What it oversees it reads: rounds and what was handed in, with nothing to press.
  await congress.go("/office/rounds");
  await congress.tab.locator("tbody th a").first().click();
  await congress.expectText("应报清单", "main");
  await congress.tab.locator("tbody th a[href^='/office/returns/']").first().click();
  await congress.expectText("填报内容", "main");
  await congress.sound("chasing-congress-return");
  assert.equal(await congress.tab.locator("main button").count(), 0, "nothing to press");
  await congress.close();
}

/** What everybody sees of it: the original deadline beside the new one, and by which resolution. */
async function inPublic(open) {
  const resident = await open(`/programmes/${SLUG}`);
  await resident.soundEverywhere(`/programmes/${SLUG}/adjustments`, "chasing-public-adjustments");
  await resident.expectAll(["演示数据", "2024年12月31日", "2025年6月30日", "演示〔2024〕人大常12号", "未批准", "审计链"]);
  await resident.expectNoText("每季度报告一次进展", "main");
  await resident.go(`/programmes/${SLUG}`);
  await resident.expectText("经批准延期至 2025年6月30日", "main");
  await resident.tab.locator("#adjustments th a").first().click();
  await resident.expectText("演示〔2024〕人大常", "main");
  await resident.go(`/programmes/${SLUG}/adjustments?lang=en`);
  await resident.expectAll(["approved", "not approved", "30 June 2025"]);
  await resident.close();
}

/** Plan, visit, finding, rectification, a re-check that fails, one that passes. */
async function inspect(open) {
  const supervision = await signedIn(open, "/office", "ducha");
  await supervision.expectText("复查督查问题", "main");
  const plan = `/office/inspections?programme=${SLUG}`;
  await supervision.soundEverywhere(plan, "chasing-inspections");
  await supervision.expectAll(["半年攻坚重点督查", "进度滞后项目暗访", "年终完成情况核查"]);
  await supervision.tab.getByRole("link", { name: "半年攻坚重点督查" }).click();
  await supervision.expectAll(["复查通过", "复查不通过", "坡道坡度过陡"]);
  await supervision.soundEverywhere(new URL(supervision.tab.url()).pathname, "chasing-inspection");

  await supervision.go(`${plan}&form=new`);
  await supervision.tab.fill("[name=title]", "汛前在建点位安全检查");
  await supervision.tab.locator("[name=region]").selectOption({ label: "海曙区" });
  await supervision.tab.fill("[name=planned_on]", china(3));
  await supervision.tab.fill("[name=approved_by]", "市政府督查计划");
  await press(supervision, "列入");
  await supervision.expectText("汛前在建点位安全检查", "main");
  await supervision.tab.getByRole("link", { name: "汛前在建点位安全检查" }).click();
  await supervision.tab.getByRole("link", { name: "登记走访" }).click();
  await supervision.tab.fill("[name=people]", "4");
  await supervision.tab.fill("[name=place]", "海曙区三处点位");
  await supervision.tab.fill("[name=summary]", "总体受控，一处围挡破损。");
  await supervision.sound("chasing-visit");
  await press(supervision, "登记");
  await supervision.expectText("已保存", "main");
  await supervision.tab.getByRole("link", { name: "登记问题" }).click();
  await supervision.tab.locator("[name=organisation]").selectOption({ label: "海曙区教育局" });
  await supervision.tab.fill("[name=text]", "围挡破损，夜间无警示灯。");
  await supervision.tab.fill("[name=demand]", "修复围挡，补装警示灯。");
  await press(supervision, "登记");
  await supervision.expectText("围挡破损", "main");
  const page = new URL(supervision.tab.url()).pathname;

  const body = await signedIn(open, "/office", "haishu");
  await body.expectText("整改督查问题 围挡破损", "main");
  await body.go(page);
  await act(body, "整改反馈", "已修复并补装。", true);
  await supervision.go(page);
  await act(supervision, "复查不通过", "一处警示灯不亮。", false);
  await body.go(page);
  await act(body, "整改反馈", "已更换。", true);
  await supervision.go(page);
  await act(supervision, "复查通过", "现场复查合格。", false);
  await supervision.expectText("复查通过", ".light");
  await supervision.soundEverywhere(page, "chasing-rechecked");
  await body.close();
  await supervision.close();
}

async function act(page, name, words, proved) {
  await page.tab.getByRole("link", { name, exact: true }).first().click();
  await page.tab.fill("[name=text]", words);
  if (proved) await page.tab.setInputFiles("[name=evidence]", PAPER);
  await press(page, name);
  await page.expectText("已保存", "main");
}

/** The kept assessment, and polls by sheet. */
async function assess(open) {
  const supervision = await signedIn(open, "/office/assessments", "ducha");
  await supervision.expectText("已封存", "main");
  await supervision.soundEverywhere("/office/assessments", "chasing-assessments");
  const kept = supervision.tab.locator("main a[href^='/office/assessments/0']").first();
  const page = await kept.getAttribute("href");
  await supervision.soundEverywhere(page, "chasing-assessment");
  await supervision.expectText("演示数据", "main");
  const inputs = `/office/assessments/inputs?programme=${SLUG}`;
  await supervision.soundEverywhere(inputs, "chasing-inputs");
  const sheet = "对象代码,内容代码,数值,出处,更正理由\nregion-330203,satisfaction,93.2,第三方民调,民调复核\nregion-330205,charm,90,民调,\n";
  const send = async (text) => {
    await supervision.go(inputs);
    await supervision.tab.setInputFiles("[name=file]", { name: "民调.csv", mimeType: "text/csv", buffer: Buffer.from(text) });
    await press(supervision, "读取并预览");
  };
  supervision.allow(422);
  await send(sheet);
  await supervision.expectAll(["一行都没有写入", "第 3 行 B 列（内容代码）"]);
  await supervision.sound("chasing-sheet-faults");
  await send(sheet.split("\n").slice(0, 2).join("\n"));
  await supervision.expectAll(["预览，尚未写入", "93.2%"]);
  await supervision.sound("chasing-sheet-preview");
  await press(supervision, "写入");
  await supervision.expectText("已保存", "main");
  await supervision.expectText("93.2%", "main");
  await supervision.close();
}
