// Signing in: by form with and without script, refused politely, locked after five wrong passwords.
import assert from "node:assert/strict";
import { everywhere, inBrowser, withoutScript } from "./harness.mjs";

await inBrowser(async ({ open }) => {
  await everywhere(open, "/sign-in", "sign-in", (page) => page.expectText("查看公开数据无需登录", "main"));
  await withoutScript(open, "/office/audit?verify=1", "sign-in", async (page) => {
    assert.equal(new URL(page.tab.url()).pathname, "/sign-in");
    await page.signIn("audit");
    await page.expectText("审计链完整", "main");
    await page.tab.getByRole("button", { name: "退出" }).click();
    await page.go("/office/audit");
    assert.equal(new URL(page.tab.url()).pathname, "/sign-in", "signed out is signed out");
  });
  const page = await open("/sign-in", { width: 390 });
  page.allow(401, 429);
  for (let wrong = 1; wrong <= 5; wrong += 1) {
    await page.tab.fill("[name=sign_in_name]", "zhejiang");
    await page.tab.fill("[name=password]", "not-the-password");
    await page.tab.getByRole("button", { name: "登录" }).click();
    await page.expectText("没有登录成功", "[role=alert]");
    assert.equal(await page.tab.inputValue("[name=sign_in_name]"), "zhejiang", "what was typed stays");
    assert.equal(await page.tab.inputValue("[name=password]"), "");
  }
  await page.expectText(/锁定|后再试/, "[role=alert]");
  await page.sound("sign-in-locked");
  await page.close();
});
