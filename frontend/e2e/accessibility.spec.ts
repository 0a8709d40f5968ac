import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { inhabit, SCREENS, type Screen, visit } from "./screens";
import { expect, ROOT, test } from "./test";

test.describe.configure({ timeout: 400_000 });

test("no screen has a serious barrier, in light and in dark colours", async ({ admin, as, browser, platform }) => {
  await inhabit(platform, admin);
  const inside = await as(ROOT, { reducedMotion: "reduce" });
  const outside = await browser.newPage({ baseURL: platform.url, reducedMotion: "reduce" });
  const found: string[] = [];
  for (const [name, screen] of Object.entries(SCREENS)) {
    const page = screen.isOutside ? outside : inside;
    await test.step(name, async () => {
      await page.emulateMedia({ colorScheme: "light" });
      await visit(page, screen);
      found.push(...(await barriers(page, screen)).map((barrier) => `${name}: ${barrier}`));
      // Only colours depend on the theme.
      await page.emulateMedia({ colorScheme: "dark" });
      await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
      found.push(...(await barriers(page, screen, ["color-contrast"])).map((barrier) => `${name}, dark: ${barrier}`));
    });
  }
  await outside.close();
  expect(found).toEqual([]);
});

async function barriers(page: Page, { part }: Screen, rules?: string[]): Promise<string[]> {
  if (part) await expect(page.locator(part).first()).toBeVisible();
  const axe = new AxeBuilder({ page }).setLegacyMode().include(part ?? "html");
  const { violations } = await (rules ? axe.withRules(rules) : axe).analyze();
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) => nodes.map(({ html, any }) => `${id}: ${html.slice(0, 200)} ${any[0]?.message ?? ""}`));
}
