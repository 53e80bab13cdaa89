// Services as people look for them: the list of kinds, one kind with its register, near a place and open now.
import { everywhere, inBrowser, signedIn, withoutScript } from "./harness.mjs";

await inBrowser(async ({ open }) => {
  const sights = [[1280, "light"], [390, "light"]];
  await everywhere(open, "/services", "services", async (page) => {
    await page.expectText("母婴室");
    await page.expectText("老年助餐");
  }, { sights });

  await everywhere(open, "/services/elderly-meals", "service", async (page) => {
    await page.expectText("430");
    await page.expectText("演示数据");
    await page.expectText("374");
  }, { sights });

  const page = await open("/services/elderly-meals", { width: 390 });
  await page.tab.selectOption("#a-kind", "canteen");
  await page.tab.click("form.kind-filter button.primary");
  await page.expectText("找到 32");
  await page.sound("service-canteens-390");
  await page.close();

  await withoutScript(open, "/services/nursing-rooms?grade=star5#entries", "service", async (page) => {
    await page.expectText("找到 20");
  });

  for (const width of [1280, 390]) {
    const office = await signedIn(open, "/office/registers/elderly-meals?place=330200&day=2024-06-30", "ningbo", { width });
    await office.expectText("一致");
    await office.sound(`register-${width}`);
    await office.tab.goto(new URL("/office/registers/elderly-meals/new", office.tab.url()).href);
    await office.sound(`register-new-${width}`);
    await office.close();
  }
});
