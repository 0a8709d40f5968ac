import { Canvas } from "./canvas";
import { expect, test } from "./test";
import { EVALUATE, PREDICT, READ, SPLIT, STEPS, TRAIN } from "./yieldFlow";

test.describe.configure({ timeout: 300_000 });

test("a scientist builds the yield flow on SECOM by drag, runs it, breaks it, mends it and goes on", async ({
  as,
  platform,
  project,
}) => {
  await platform.command("datasets", "load", "secom", "--project", project);
  const page = await as("scientist");
  const canvas = await Canvas.make(page, project, "Yield of line 3");

  await canvas.drag(READ, 430, 150);
  await canvas.choose("Dataset", "secom");
  await canvas.drag(SPLIT, 430, 260);
  await canvas.wire(READ, "table", SPLIT, "table");
  await canvas.drag(TRAIN, 430, 370);
  await canvas.wire(SPLIT, "train", TRAIN, "table");
  // The form knows the columns, though nothing has run.
  await canvas.choose("Target", "fail");
  await canvas.showMore();
  await canvas.fill("Trees", "20");
  await canvas.drag(PREDICT, 700, 470);
  await canvas.wire(SPLIT, "test", PREDICT, "table");
  await canvas.wire(TRAIN, "model", PREDICT, "model");
  await canvas.drag(EVALUATE, 700, 600);
  await canvas.wire(PREDICT, "table", EVALUATE, "table");
  await canvas.choose("Target", "fail");
  await canvas.isAt(READ, 430, 150);

  await canvas.begin();
  await canvas.ends("done");
  for (const step of STEPS) await canvas.isSigned(step, "Done");
  await expect(canvas.node(READ)).toContainText("1,567 rows");
  await expect(canvas.node(PREDICT)).toContainText("314 rows");
  const auc = canvas.node(EVALUATE).getByText(/^AUC 0\.\d+$/);
  const [first = ""] = await auc.allTextContents();

  await canvas.open(EVALUATE);
  await canvas.fill("Positive class", "nonsense");
  await canvas.isSigned(EVALUATE, "Edited since the last run");
  await canvas.begin();
  await canvas.ends("failed");
  // The dataset is read again, in case there is a new version of it; it is the same, so the rest is taken over.
  for (const step of [SPLIT, TRAIN, PREDICT]) await expect(canvas.node(step)).toContainText("unchanged");
  await canvas.isSigned(EVALUATE, "Failed");
  await canvas.openDrawer(EVALUATE);
  await expect(canvas.drawer.getByRole("alert")).toContainText("nonsense");
  await canvas.closeDrawer();

  await canvas.fill("Positive class", "");
  await canvas.begin("Resume");
  await canvas.ends("done");
  await canvas.isSigned(EVALUATE, "Done");
  await expect(auc).toHaveText(first);

  await canvas.open(TRAIN);
  await canvas.fill("Trees", "40");
  await canvas.begin();
  await canvas.ends("done");
  await expect(canvas.node(SPLIT)).toContainText("unchanged");
  await expect(auc).toBeVisible();
  for (const [step, reason] of [
    [TRAIN, "trees: 20 → 40"],
    [PREDICT, "Other data than before came in at model."],
  ] as const) {
    await canvas.openDrawer(step);
    await canvas.drawer.getByText("Why it ran").click();
    await expect(canvas.drawer).toContainText(reason);
    await canvas.closeDrawer();
  }
});
