// Money: planned, used and left, by source, checked against what was published.
import { everywhere, inBrowser, withoutScript } from "./harness.mjs";

const SEEN = ["40.16", "22.47", "6.52", "21.76", "11.88", "3.82", "18.65", "33.64", "56.0", "58.6", "8.6", "四舍五入后相符", "完全相符", "未单列公布"];

await inBrowser(async ({ open }) => {
  await everywhere(open, "/programmes/330200-2024/money", "money", (page) => page.expectAll(SEEN));
  await withoutScript(open, "/programmes/330200-2024/money", "money", (page) => page.expectAll(SEEN));
  const page = await open("/programmes/330782-2020/money");
  await page.sound("money-none");
  await page.close();
});
