import type { Page } from "@playwright/test";
import { beyond } from "./beyond";
import { Canvas } from "./canvas";
import { zipPackage } from "./packages";
import { addUser, expect, test } from "./test";

test.describe.configure({ timeout: 150_000 });

const LOTS = "lot,width,depth\nA1,1.0,7\nA2,3.0,8\nA3,5.0,9\n";
/** Dependencies are looked at and tests run in a sandbox. */
const TRIAL = { timeout: 60_000 };

test("an engineer publishes an operator, another approves it, a scientist uses it at once", async ({
  admin,
  as,
  platform,
  project,
}) => {
  await platform.command("datasets", "add", await platform.file("lots.csv", LOTS), "--project", project);
  const title = `Count for ${project}`;
  const step = { name: `beyond-${project}`, id: `story.${project.replaceAll("-", "_")}`, title };
  const archive = await zipPackage(platform, step.name, beyond(step));
  const scientist = await as("scientist");
  const canvas = await Canvas.make(scientist, project, "Alarms of line 3");
  const entry = scientist.getByRole("button", { name: title, exact: true });
  await scientist.getByPlaceholder("Search steps").fill(title);
  await expect(entry).toBeHidden();

  const engineer = await as("engineer");
  await upload(engineer, archive);
  await expect(engineer).toHaveURL(new RegExp(`/releases/${step.name}/1.0.0$`), TRIAL);
  await expect(engineer.getByText("in review")).toBeVisible();
  const report = engineer.getByRole("row", { name: "example: two of three" });
  await expect(report.getByRole("img", { name: "passed" })).toBeVisible();
  await expect(engineer.getByRole("button", { name: "Approve and publish" })).toBeDisabled();

  const reviewer = `colleague-${project}`;
  await addUser(platform, admin, reviewer);
  await admin.send("POST", `projects/${project}/members`, { name: reviewer, role: "engineer" });
  const colleague = await as(reviewer);
  await colleague.goto(`/p/${project}`);
  await colleague.getByRole("link", { name: `${step.name} 1.0.0` }).click();
  await colleague.getByRole("tab", { name: "Source" }).click();
  await colleague.getByRole("button", { name: /\/step\.py/ }).click();
  await expect(colleague.getByText("Counts, per column, the values beyond a limit.")).toBeVisible();
  await colleague.getByRole("button", { name: "Approve and publish" }).click();
  await expect(colleague.getByText(`Reviewed by ${reviewer}`)).toBeVisible();

  await scientist.reload();
  await canvas.drag("Read dataset", 420, 200);
  await canvas.choose("Dataset", "lots");
  await canvas.drag(title, 420, 400);
  await canvas.wire("Read dataset", "table", title, "table");
  const { form } = canvas;
  await expect(form.getByRole("region", { name: "What is counted" })).toBeVisible();
  await form.getByRole("button", { name: "Measured columns: Choose columns" }).click();
  await expect(scientist.getByRole("option", { name: "lot" })).toHaveCount(0);
  await scientist.getByRole("option", { name: "width" }).click();
  await scientist.getByRole("option", { name: "depth" }).click();
  await scientist.keyboard.press("Escape");
  await expect(form.getByLabel("Standard deviations")).toBeVisible();
  await form.getByText("a number").click();
  await expect(form.getByLabel("Standard deviations")).toBeHidden();
  await canvas.fill("Upper limit", "2.5");
  await canvas.begin();
  await canvas.ends("done");
  await expect(canvas.node(title)).toContainText("2 rows");

  await canvas.node(title).locator('.react-flow__handle.source[data-port="table"]').click();
  await expect(scientist.getByRole("row", { name: "width 2" })).toBeVisible();
  await expect(scientist.getByRole("row", { name: "depth 3" })).toBeVisible();
});

test("a package that fails its own example is refused, with the reason", async ({ as, platform, project: _ }) => {
  const step = { name: "story-wrong", id: "story.wrong", title: "Count wrongly", counted: 3 };
  const archive = await zipPackage(platform, step.name, beyond(step));
  const engineer = await as("engineer");
  await upload(engineer, archive);
  const refusal = engineer.getByRole("alert");
  await expect(refusal).toContainText("story.wrong@1.0.0: example: two of three", TRIAL);
  await engineer.getByRole("button", { name: "Cancel" }).click();
  await expect(engineer.getByText("story-wrong")).toBeHidden();
});

async function upload(page: Page, archive: string): Promise<void> {
  await page.goto("/operators");
  await page.getByRole("link", { name: "Publish an operator" }).click();
  await page.getByRole("dialog").locator('input[type="file"]').setInputFiles(archive);
  await page.getByRole("button", { name: "Upload and test" }).click();
}
