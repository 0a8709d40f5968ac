import { Canvas } from "./canvas";
import { Keyboard } from "./keyboard";
import { expect, test } from "./test";
import { EVALUATE, PREDICT, READ, SPLIT, STEPS, TRAIN } from "./yieldFlow";

test.describe.configure({ timeout: 300_000 });

test("a scientist builds, runs, edits, leaves and finds again the yield flow by keyboard alone", async ({
  as,
  platform,
  project,
}) => {
  await platform.command("datasets", "load", "secom", "--project", project);
  const page = await as("scientist");
  const canvas = new Canvas(page);
  const keys = new Keyboard(page);
  const board = page.getByRole("application", { name: "Canvas of the flow" });
  const target = canvas.form.getByRole("combobox", { name: "Target", exact: true });

  await page.goto(`/p/${project}/flows`);
  await keys.goTo(page.getByRole("button", { name: "New flow" }).first());
  await keys.press("Enter");
  await expect(page.getByLabel("Title")).toBeFocused();
  await keys.type("Yield by keyboard");
  await keys.press("Enter");
  await expect(page).toHaveURL(/\/flows\/yield-by-keyboard$/);

  await expect(canvas.saving).toHaveText("Saved");
  await keys.press("F6");
  await expect(board).toBeFocused();
  await keys.press("Tab");
  await keys.take(READ);
  await expect(canvas.node(READ)).toBeVisible();
  await keys.press("Enter");
  await keys.choose(canvas.form.getByRole("combobox", { name: "Dataset", exact: true }), "secom");
  await keys.press("Escape");
  await expect(board).toBeFocused();

  // Each next step hangs behind the selected one.
  await keys.press("Tab");
  await keys.take("split training", SPLIT);
  await expect(canvas.wires).toHaveCount(1);
  await keys.press("Tab");
  await keys.take(TRAIN);
  await expect(canvas.wires).toHaveCount(2);
  await keys.press("Enter");
  await keys.choose(target, "fail");
  await keys.goTo(canvas.form.getByRole("button", { name: /More$/ }));
  await keys.press("Enter");
  await keys.write(canvas.form.getByRole("spinbutton", { name: "Trees" }), "20");
  await keys.press("Escape", "Tab");
  await keys.take(PREDICT);
  await expect(canvas.wires).toHaveCount(3);
  // What the Tab key does not know is wired with W.
  await keys.press("w");
  await keys.take("split test", "Test rows → table");
  await expect(canvas.wires).toHaveCount(4);

  // The palette adds behind the selected step, too.
  await keys.goTo(page.getByRole("textbox", { name: "Search steps" }), "F6");
  await keys.type(EVALUATE);
  await keys.press("Enter");
  await expect(canvas.wires).toHaveCount(5);
  await keys.press("Escape");
  await keys.goTo(board, "F6");
  await keys.press("Enter");
  await keys.choose(target, "fail");

  await keys.press("F9");
  await canvas.ends("done");
  for (const step of STEPS) await canvas.isSigned(step, "Done");
  await expect(canvas.node(EVALUATE)).toContainText(/AUC 0\.\d+/);

  await keys.press("Escape", "d");
  await keys.goTo(canvas.drawer, "F6");
  await keys.goTo(canvas.drawer.getByRole("radio", { name: "Data" }));
  await keys.press("ArrowLeft");
  await expect(canvas.drawer).toContainText("It had not run before.");
  await keys.press("Escape");

  await expect(board).toBeFocused();
  await keys.press("Control+ArrowLeft");
  await expect(canvas.form.getByPlaceholder(PREDICT, { exact: true })).toBeVisible();
  await keys.press("Delete");
  await expect(canvas.nodes).toHaveCount(4);
  await keys.press("Control+z");
  await expect(canvas.nodes).toHaveCount(5);
  await expect(canvas.wires).toHaveCount(5);
  await keys.press("Control+Shift+z");
  await expect(canvas.nodes).toHaveCount(4);
  await keys.press("Control+z");
  await expect(canvas.wires).toHaveCount(5);
  await keys.press("Control+s");
  await expect(canvas.saving).toHaveText("Saved");

  await keys.goTo(page.getByRole("region", { name: "Tools" }), "F6");
  await keys.goTo(page.getByRole("link", { name: "All flows" }));
  await keys.press("Enter");
  await keys.goTo(page.getByRole("link", { name: "Yield by keyboard" }));
  await keys.press("Enter");
  await expect(canvas.nodes).toHaveCount(5);
  await expect(canvas.wires).toHaveCount(5);
  await expect(canvas.node(EVALUATE)).toContainText(/AUC 0\.\d+/);
});
