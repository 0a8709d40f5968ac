import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { inhabit, SCREENS } from "./screens";
import { ROOT, test } from "./test";

// No test of the suite: `make screenshots` runs it, and a person looks.
const FOLDER = resolve(process.env.PATCHBAY_SCREENSHOTS ?? "node_modules/.cache/screenshots");
const LOOKS = [
  { locale: "en-US", colorScheme: "light" },
  { locale: "en-US", colorScheme: "dark" },
  { locale: "zh-CN", colorScheme: "light" },
  { locale: "zh-CN", colorScheme: "dark" },
] as const;

test.describe.configure({ timeout: 600_000 });

test("every screen in both languages and colours", async ({ as, platform }) => {
  await inhabit(platform);
  for (const look of LOOKS) {
    const folder = join(FOLDER, `${look.locale}-${look.colorScheme}`);
    await mkdir(folder, { recursive: true });
    const page = await as(ROOT, look);
    for (const [name, address] of Object.entries(SCREENS)) {
      await page.goto(address);
      await page.waitForLoadState("networkidle");
      await page.screenshot({ path: join(folder, `${name}.png`), animations: "disabled" });
    }
  }
});
