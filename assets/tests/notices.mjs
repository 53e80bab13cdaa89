// The inbox, where else notices go, and a page that keeps itself current.
import assert from "node:assert/strict";
import { inBrowser, signedIn, withoutScript } from "./harness.mjs";

await inBrowser(async ({ open, address }) => {
  const page = await signedIn(open, "/office/notices", "ningbo");
  await page.expectText("还没有通知", "main");
  await page.soundEverywhere("/office/notices", "notices");
  await page.go("/account/notices");
  const { tab } = page;
  page.allow(422);
  await tab.fill("[name=address]", "wang");
  await tab.getByLabel("督办单").check();
  await tab.getByRole("button", { name: "新增" }).click();
  await tab.locator("[aria-invalid=true]").first().waitFor();
  assert.ok(await tab.getByLabel("督办单").isChecked(), "what was chosen stays");
  await page.sound("notice-settings-refused");
  await tab.selectOption("[name=channel]", "webhook");
  await tab.fill("[name=address]", "https://bot.example.cn/hooks/0123456789abcdef0123456789abcdef0123456789abcdef");
  await tab.getByRole("button", { name: "新增" }).click();
  await page.expectText("已保存", "[role=status]");
  await page.soundEverywhere("/account/notices", "notice-settings");
  await tab.getByRole("button", { name: /停用/ }).click();
  await page.expectText("还没有，只进站内信箱", "main");
  await page.close();

  await withoutScript(open, "/account/notices", "notice-settings", async (plain) => {
    await plain.signIn("ningbo");
    await plain.expectText("新增渠道", "main");
  });
  await current(open, address);
});

// The page and its stream are made up here: what counts is what the script does with them.
async function current(open, address) {
  const page = await open("/reading");
  const { tab } = page;
  const style = await tab.locator("link[rel=stylesheet]").getAttribute("href");
  const script = await tab.locator("script[type=module]").getAttribute("src");
  let number = 1;
  const told = [];
  const html = () => `<!doctype html><html lang="zh-CN"><head><title>台账</title><link rel="stylesheet" href="${style}">
    <script type="module" src="${script}"></script></head><body><main>
    <section id="board" data-live="/made-up/live" data-live-since="1"><h1>第 ${number} 版</h1>
    <div id="wide" tabindex="0" style="width:200px;overflow:auto"><p style="width:900px">长</p></div>
    <a id="link" href="#x">看</a><details><summary>展开</summary>内容</details></section>
    <form id="form" data-live="/made-up/live"><label>说明 <input name="note" value=""></label><b>${number}</b></form>
    <div style="height:3000px"></div></main></body></html>`;
  await tab.route("**/made-up/page", (route) => route.fulfill({ contentType: "text/html; charset=utf-8", body: html() }));
  await tab.route("**/made-up/live*", (route) => {
    told.push(new URL(route.request().url()).searchParams.get("since"));
    const body = told.length === 2 ? "event: changed\nid: 2\ndata: 2\n\n" : ": quiet\n\n";
    return route.fulfill({ contentType: "text/event-stream", body: `retry: 300\n${body}` });
  });
  await tab.goto(new URL("/made-up/page", address).href);
  await tab.locator("summary").click();
  await tab.locator("#wide").evaluate((wide) => wide.scrollTo(120, 0));
  await tab.fill("[name=note]", "写了一半");
  await tab.focus("#link");
  await tab.evaluate(() => window.scrollTo(0, 40));
  number = 2;
  await tab.getByText("第 2 版").waitFor();
  assert.equal(told[0], "1", "it says what it has seen");
  const kept = await tab.evaluate(() => ({
    focus: document.activeElement.id,
    open: document.querySelector("details").open,
    scrolled: document.querySelector("#wide").scrollLeft,
    down: window.scrollY,
    note: document.querySelector("[name=note]").value,
  }));
  assert.deepEqual(kept, { focus: "link", open: true, scrolled: 120, down: 40, note: "写了一半" });
  await tab.locator("[role=status]").filter({ hasText: "有更新" }).waitFor();
  assert.equal(await tab.locator("#form b").innerText(), "1", "a form half filled in is left alone");
  await page.close();
}
