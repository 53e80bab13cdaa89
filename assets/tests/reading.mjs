// The reading guide explains every label that the portal uses.
import { everywhere, inBrowser, withoutScript } from "./harness.mjs";

const LABELS = ["公布值", "计算值", "未注截止日", "序时进度", "严重滞后", "没有数字不等于零", "更正", "个百分点"];

await inBrowser(async ({ open }) => {
  await everywhere(open, "/reading", "reading", (page) => page.expectAll(LABELS));
  await withoutScript(open, "/reading", "reading", (page) => page.expectAll(LABELS));
});
