import { Canvas } from "./canvas";
import { expect, test } from "./test";

test.describe.configure({ timeout: 150_000 });

test("a scientist builds the yield flow on SECOM, runs it, breaks it, mends it and goes on", async ({
  as,
  platform,
  project,
}) => {
  await platform.command("datasets", "load", "secom", "--project", project);
  const page = await as("scientist");
  const canvas = await Canvas.make(page, project, "Yield of line 3");

  await canvas.drag("Read dataset", 420, 150);
  await canvas.choose("Dataset", "secom");
  await canvas.drag("Split into training and test rows", 420, 300);
  await canvas.wire("Read dataset", "table", "Split", "table");
  await canvas.drag("Gradient boosting", 420, 450);
  await canvas.wire("Split", "train", "Gradient", "table");
  // The form knows the columns, though nothing has run.
  await canvas.choose("Target", "fail");
  await canvas.drag("Predict", 700, 560);
  await canvas.wire("Split", "test", "Predict", "table");
  await canvas.wire("Gradient", "model", "Predict", "model");
  await canvas.drag("Evaluate classification", 700, 700);
  await canvas.wire("Predict", "table", "Evaluate", "table");
  await canvas.choose("Target", "fail");
  await canvas.run();
  await expect(page.getByText("done").first()).toBeVisible({ timeout: 120_000 });
  await expect(canvas.node("Predict")).toContainText("rows");

  await canvas.open("Evaluate");
  await page.getByRole("textbox", { name: "Positive class" }).fill("nonsense");
  await page.getByRole("textbox", { name: "Positive class" }).press("Tab");
  await canvas.run();
  await expect(page.getByText("failed").first()).toBeVisible({ timeout: 60_000 });

  await canvas.open("Evaluate");
  await page.getByRole("textbox", { name: "Positive class" }).fill("");
  await page.getByRole("textbox", { name: "Positive class" }).press("Tab");
  await canvas.run();
  await expect(page.getByText("done").first()).toBeVisible({ timeout: 60_000 });
});
