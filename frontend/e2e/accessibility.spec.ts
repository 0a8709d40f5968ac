import AxeBuilder from "@axe-core/playwright";
import { inhabit, SCREENS } from "./screens";
import { expect, ROOT, test } from "./test";

test.describe.configure({ timeout: 300_000 });

for (const colorScheme of ["light", "dark"] as const) {
  test(`no screen has a serious barrier, in ${colorScheme} colours`, async ({ as, platform }) => {
    if (colorScheme === "light") await inhabit(platform);
    const page = await as(ROOT, { colorScheme });
    const found: string[] = [];
    for (const [name, address] of Object.entries(SCREENS)) {
      await page.goto(address);
      await expect(page.getByRole("heading", { level: 1 }).first()).toBeVisible();
      await page.waitForLoadState("networkidle");
      const { violations } = await new AxeBuilder({ page }).analyze();
      const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
      for (const { id, nodes } of serious) found.push(`${name}: ${id}: ${nodes[0]?.html}`);
    }
    expect(found).toEqual([]);
  });
}
