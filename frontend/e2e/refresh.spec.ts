import { Canvas } from "./canvas";
import { expect, test } from "./test";
import { openPatient } from "./wait";

test.describe.configure({ timeout: 150_000 });

test("a page that is refreshed in the middle of a run shows the run as before", async ({
  admin,
  as,
  platform,
  project,
}) => {
  const { address, letGo } = await openPatient(platform, admin, project);
  const page = await as("scientist");
  const canvas = new Canvas(page);
  await page.goto(address);
  await canvas.begin();
  const running = page.getByRole("link", { name: /^Open run \d+: running, 1 of 3 steps$/ });
  const slow = canvas.node("Slow");
  const isAtWork = async () => {
    await expect(running).toBeVisible({ timeout: 60_000 });
    await canvas.isSigned("First", "Done");
    await expect(slow).toContainText("Waiting");
  };
  await isAtWork();
  const elapsed = async () => secondsOf((await running.locator(".numbers").textContent()) ?? "");
  await expect.poll(elapsed).toBeGreaterThan(2);
  const before = await elapsed();

  await page.reload();
  await isAtWork();
  expect(await elapsed()).toBeGreaterThanOrEqual(before);

  await running.click();
  await expect(page).toHaveURL(/\/runs\/\d+/);
  await page.reload();
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await expect(page.getByRole("button", { name: /^Slow ?, running/ })).toBeVisible();
  await expect(page.getByText("Waiting for gate")).toBeVisible();

  await letGo();
  await expect(page.getByRole("button", { name: /^Last ?, done/ })).toBeVisible({ timeout: 60_000 });
  await page.goto(address);
  await canvas.ends("done");
  await expect(canvas.node("Last")).toContainText("3 rows");
});

test("what was typed right before a refresh is there after it", async ({ admin, as, platform, project }) => {
  const { address, document } = await openPatient(platform, admin, project);
  const page = await as("scientist");
  const canvas = new Canvas(page);
  await page.goto(address);
  await canvas.open("Last");
  await canvas.field("File").fill("typed at the last moment");

  await page.reload();
  await canvas.open("Last");
  await expect(canvas.field("File")).toHaveValue("typed at the last moment");
  await expect(canvas.saving).toHaveText("Saved");
  expect(JSON.stringify(await document())).toContain("typed at the last moment");
});

/** "1 min 5 s" */
function secondsOf(text: string): number {
  const [, minutes = "0", seconds = "0"] = /^(?:(\d+) ?min )?([\d.]+) ?s$/.exec(text) ?? [];
  return Number(minutes) * 60 + Number(seconds);
}
