import { Canvas } from "./canvas";
import { expect, test } from "./test";
import { openPatient } from "./wait";

test.describe.configure({ timeout: 240_000 });
const RECOVERY = { timeout: 90_000 };

test("the server dies in the middle of a run: the page says so, goes on by itself, and nothing is lost", async ({
  admin,
  as,
  platform,
  project,
}) => {
  const { address, letGo, document } = await openPatient(platform, admin, project);
  const page = await as("scientist");
  const canvas = new Canvas(page);
  await page.goto(address);
  await canvas.begin();
  await expect(canvas.node("Slow")).toContainText("Waiting", { timeout: 60_000 });

  await platform.kill();
  const run = page.getByRole("link", { name: /^Open run/ });
  await expect(run).toContainText("No connection");
  await canvas.open("Last");
  await canvas.form.getByRole("textbox", { name: "Title of the step" }).fill("Renamed meanwhile");
  await expect(page.getByText("Not saved, trying again")).toBeVisible();

  await platform.up();
  await expect(canvas.saving).toHaveText("Saved", RECOVERY);
  expect(JSON.stringify(await document())).toContain("Renamed meanwhile");
  await expect(run).not.toContainText("No connection", RECOVERY);
  await letGo();
  await canvas.ends("done");
  await expect(canvas.node("Renamed meanwhile")).toContainText("3 rows");
});
