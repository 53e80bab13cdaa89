// Pages of the three administrators: accounts, roles, organisations, the audit chain.
import assert from "node:assert/strict";
import { inBrowser, signedIn } from "./harness.mjs";

await inBrowser(async ({ open }) => {
  const system = await signedIn(open, "/office/accounts", "system");
  system.allow(403, 422);
  await system.tab.fill("[name=sign_in_name]", "lin");
  await system.tab.fill("[name=display_name]", "林工");
  await system.tab.fill("[name=password]", "short");
  await system.tab.getByRole("button", { name: "新建" }).click();
  await system.expectText(/至少 12/, "[role=alert], .problem, .field");
  assert.equal(await system.tab.inputValue("[name=display_name]"), "林工", "what was typed stays");
  await system.tab.fill("[name=password]", "Haishu-bridge-7");
  await system.tab.getByRole("button", { name: "新建" }).click();
  await system.go("/office/accounts");
  await system.expectAll(["lin", "林工", "尚未授权"]);
  for (const path of ["/office/accounts", "/office/organisations"]) await system.soundEverywhere(path);
  assert.equal(await system.go("/office/audit"), 403, "the system administrator does not read the chain");
  await system.close();

  const security = await signedIn(open, "/office/accounts", "security");
  await security.tab.getByRole("link", { name: "lin", exact: true }).click();
  await security.tab.locator("select[name=role]").selectOption("programme_office");
  await security.tab.fill("[name=region]", "330226");
  await security.tab.getByRole("button", { name: "授予" }).click();
  await security.expectText("330226", "main");
  await security.soundEverywhere(new URL(security.tab.url()).pathname, "office-account");
  await security.close();

  const auditor = await signedIn(open, "/office/audit", "audit");
  await auditor.tab.getByRole("link", { name: "校验审计链" }).click();
  await auditor.expectText("审计链完整", "[role=status]");
  await auditor.expectText("lin", "main");
  await auditor.soundEverywhere("/office/audit?verify=1");
  await auditor.close();
});
