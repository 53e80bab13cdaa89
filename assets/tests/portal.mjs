// The portal as a reader meets it: from the places to a scoreboard, an indicator and the trail of a figure.
import assert from "node:assert/strict";
import { inBrowser } from "./harness.mjs";

const PAGES = {
  start: ["/", ["宁波市 2024", "77.7", "怎样读一个数字"]],
  ningbo: ["/programmes/330200-2024", ["15 类 37 项", "77.7", "56.0", "58.6", "22.47亿 ÷ 40.16亿元", "6.52亿 + 21.76亿 + 11.88亿 = 40.16亿元"]],
  hangzhou: ["/programmes/330100-2024", ["137.1%", "168.2%", "80 + 55 + 21 + 10 + 17 = 183"]],
  yongkang: ["/programmes/330784-2024", ["未注截止日", "45,004"]],
};

await inBrowser(async ({ open }) => {
  for (const [width, scheme] of [[1280, "light"], [1280, "dark"], [390, "light"], [390, "dark"]]) {
    for (const [name, [path, phrases]] of Object.entries(PAGES)) {
      const page = await open(path, { width, scheme });
      for (const phrase of phrases) await page.expectText(phrase, "main");
      await page.sound(`${name}-${width}-${scheme}`);
      await page.close();
    }
    const yiwu = await open("/programmes/330782-2020", { width, scheme });
    await yiwu.tab.click("text=基层就诊率");
    await yiwu.expectText("68.83", "main");
    await yiwu.tab.locator("figure .drawing svg").waitFor();
    await yiwu.sound(`indicator-${width}-${scheme}`);
    await yiwu.tab.click(".big a.figure");
    await yiwu.expectText("义乌市2020年民生工作回顾");
    await yiwu.sound(`trail-${width}-${scheme}`);
    await yiwu.close();
  }

  const desk = await open("/programmes/330200-2024");
  await desk.tab.getByText("3,645", { exact: true }).first().click();
  await desk.expectText("3645个", "[data-panel]");
  assert.equal(new URL(desk.tab.url()).pathname, "/programmes/330200-2024", "the page stays");
  await desk.sound("panel-1280-light");
  await desk.close();

  const phone = await open("/programmes/330200-2024", { width: 390, javascript: false });
  await phone.tab.getByText("3,645", { exact: true }).first().click();
  await phone.expectText("这个数字从哪里来", "h1");
  await phone.sound("trail-390-no-script");
  await phone.close();

  const english = await open("/programmes/330200-2024?lang=en", { width: 360 });
  await english.expectText("27.7 points ahead of schedule");
  await english.sound("english-360-light");
  await english.close();
});
