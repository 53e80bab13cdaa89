// The same matter in several places: side by side, and never added.
import { everywhere, inBrowser, withoutScript } from "./harness.mjs";

const PILES = ["278", "3,355", "3,645", "杭州市", "宁波市", "永康市", "不合计", "不能相加", "未注截止日"];

await inBrowser(async ({ open }) => {
  await everywhere(open, "/matters", "matters", (page) => page.expectAll(["电动汽车充电桩", "农村公路新改建", "不相加"]));
  await everywhere(open, "/matters/charging-piles", "matter", async (page) => {
    await page.expectAll(PILES);
    await page.expectNoText("7,278", "main");
  });
  await withoutScript(open, "/matters", "matters", async (page) => {
    await page.tab.getByRole("link", { name: "电动汽车充电桩", exact: true }).first().click();
    await page.expectAll(PILES);
  });
});
