import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { inhabit, SCREENS, visit } from "./screens";
import { ROOT, test } from "./test";

// No test of the suite: `make screenshots` runs it, and a person looks.
const FOLDER = resolve(process.env.PATCHBAY_SCREENSHOTS ?? "node_modules/.cache/screenshots");
const LANGUAGES = ["en-US", "zh-CN"] as const;
const COLOURS = ["light", "dark"] as const;

test.describe.configure({ timeout: 900_000 });

test("every screen in both languages and colours", async ({ admin, as, browser, platform }) => {
  await inhabit(platform, admin);
  for (const locale of LANGUAGES) {
    for (const colour of COLOURS) await mkdir(join(FOLDER, `${locale}-${colour}`), { recursive: true });
    const look = { locale, reducedMotion: "reduce", viewport: { width: 1280, height: 800 } } as const;
    const inside = await as(ROOT, look);
    const outside = await browser.newPage({ baseURL: platform.url, ...look });
    for (const [name, screen] of Object.entries(SCREENS)) {
      const page = screen.isOutside ? outside : inside;
      await test.step(`${name}, ${locale}`, async () => {
        await visit(page, screen);
        for (const colorScheme of COLOURS) {
          await page.emulateMedia({ colorScheme });
          const path = join(FOLDER, `${locale}-${colorScheme}`, `${name}.png`);
          await page.screenshot({ path, animations: "disabled" });
        }
      });
    }
    await outside.close();
  }
});
