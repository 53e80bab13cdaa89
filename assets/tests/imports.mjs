// Importing a sheet: a wrong one is told row by row and writes nothing, the right one is shown before it is written.
import { inBrowser, signedIn, withoutScript } from "./harness.mjs";

const HEAD = "方案地区代码,年度,类别序号,类别,项目序号,项目名称,指标,单位,目标值,完成值,截至";
const RIGHT = `${HEAD}\n330226,2025,1,教育,1,扩容,新增学位,个,100,50,2025-06-30\n,,,,,,新建幼儿园,所,4,1,2025-06-30\n`;
const WRONG = RIGHT.replace("4,1,", "四所半左右,1,");

await inBrowser(async ({ open }) => {
  const page = await signedIn(open, "/office/imports", "ninghai");
  await page.soundEverywhere("/office/imports", "imports");
  await send(page, "错表.csv", WRONG);
  await page.expectAll(["有错误，没有导入任何内容", "错表.csv", "目标值"]);
  await page.expectText(/3.*目标值/s, "main table tbody tr");
  await page.soundEverywhere(new URL(page.tab.url()).pathname, "import-faults");

  await page.go("/office/imports");
  await send(page, "对表.csv", RIGHT);
  await page.expectAll(["预览", "新增学位", "新建幼儿园"]);
  await page.sound("import-preview");
  await page.tab.getByRole("button", { name: "确认导入" }).click();
  await page.expectText("已导入", "main");
  await page.tab.getByRole("link", { name: "打开方案" }).click();
  await page.tab.waitForURL("**/office/programmes/330226-2025*");
  await page.sound("import-done");
  page.allow(404);
  await page.go("/programmes/330226-2025");
  await page.expectText("请求编号", "main");
  await page.go("/office/programmes/330226-2025");
  await page.tab.getByRole("button", { name: "公开", exact: true }).click();
  await page.go("/programmes/330226-2025");
  await page.expectAll(["新增学位", "50", "100"]);
  await page.sound("ninghai");
  await page.close();

  await withoutScript(open, "/office/imports", "import", async (plain) => {
    await plain.signIn("ninghai");
    await send(plain, "又一次.csv", RIGHT);
    await plain.expectText("没有任何改动", "main");
  });
});

async function send({ tab }, name, text) {
  await tab.setInputFiles("input[type=file]", { name, mimeType: "text/csv", buffer: Buffer.from(text) });
  await tab.getByRole("button", { name: "读取" }).click();
}
