import type { Locator, Page } from "@playwright/test";
import { Canvas } from "./canvas";
import { type Client, expect, test } from "./test";

test.describe.configure({ timeout: 300_000 });

const SAMPLE = "yield";
/** An empty place of the canvas, below the steps of the sample. */
const EMPTY = { x: 700, y: 740 };

test("the mouse on the canvas: what pans, zooms, selects, wires, inserts, copies and opens", async ({
  admin,
  as,
  project,
}) => {
  await copySample(admin, project);
  const page = await as("scientist", { permissions: ["clipboard-read", "clipboard-write"], reducedMotion: "reduce" });
  await page.goto(`/p/${project}/flows/${SAMPLE}`);
  const canvas = new Canvas(page);
  await expect(canvas.nodes).toHaveCount(12);
  const wires = await canvas.wires.count();
  const { mouse, keyboard } = page;

  await test.step("the wheel pans, with Ctrl it zooms; so do the space bar and the middle button", async () => {
    await mouse.move(EMPTY.x, EMPTY.y);
    await moves(page, () => mouse.wheel(0, 120));
    await moves(page, () => mouse.wheel(0, -120));
    await keyboard.down("Control");
    await moves(page, () => mouse.wheel(0, 100));
    await keyboard.up("Control");
    await keyboard.down("Space");
    await moves(page, () => drag(page, EMPTY, { x: EMPTY.x - 60, y: EMPTY.y - 40 }));
    await keyboard.up("Space");
    await moves(page, () => drag(page, EMPTY, { x: EMPTY.x + 60, y: EMPTY.y }, "middle"));
    await page.getByRole("application", { name: "Canvas of the flow" }).focus();
    await moves(page, () => keyboard.press("Shift+1"));
  });

  await test.step("the left button selects what it goes over, and arrows move it", async () => {
    const first = await boxOf(node(page, "check"));
    await drag(page, { x: first.x - 12, y: first.y - 12 }, { x: first.x + first.width + 12, y: first.y + 60 });
    await expect(selected(page)).toHaveCount(1);
    await keyboard.press("ArrowDown");
    await expect.poll(async () => (await boxOf(node(page, "check"))).y).toBeGreaterThan(first.y);
    await keyboard.press("Control+z");
    await expect.poll(async () => (await boxOf(node(page, "check"))).y).toBeCloseTo(first.y, 0);
  });

  await test.step("a wire dropped on empty space asks for a step that fits; one undo takes both back", async () => {
    const port = await middleOf(node(page, "predict").locator('.source[data-port="table"]'));
    await drag(page, port, { x: port.x + 60, y: EMPTY.y });
    await page.getByRole("dialog").getByRole("combobox").fill("sort");
    await keyboard.press("Enter");
    await expect(canvas.nodes).toHaveCount(13);
    await expect(canvas.wires).toHaveCount(wires + 1);
    await page.getByRole("application", { name: "Canvas of the flow" }).focus();
    await keyboard.press("Control+z");
    await expect(canvas.nodes).toHaveCount(12);
    await expect(canvas.wires).toHaveCount(wires);
  });

  await test.step("a step dropped on a wire is put into it; what is deleted there joins its neighbours", async () => {
    const [left, right] = [await boxOf(node(page, "drop_constant")), await boxOf(node(page, "select"))];
    const palette = page.getByRole("region", { name: "Steps", exact: true });
    await palette.getByPlaceholder("Search steps").fill("Drop duplicate rows");
    const entry = palette.getByRole("button", { name: "Drop duplicate rows", exact: true });
    const pane = page.locator(".react-flow__pane");
    const origin = await boxOf(pane);
    const port = await middleOf(node(page, "drop_constant").locator('.source[data-port="table"]'));
    const gap = (left.x + left.width + right.x) / 2;
    await entry.dragTo(pane, { targetPosition: { x: gap - origin.x, y: port.y + 3 - origin.y } });
    await expect(canvas.nodes).toHaveCount(13);
    await expect(canvas.wires).toHaveCount(wires + 1);
    await page.getByRole("application", { name: "Canvas of the flow" }).focus();
    await keyboard.press("Delete");
    await expect(canvas.nodes).toHaveCount(12);
    await expect(canvas.wires).toHaveCount(wires);
  });

  await test.step("Ctrl+D and dragging with Alt duplicate; what is copied is pasted into another flow", async () => {
    await canvas.open("Scale");
    await page.getByRole("application", { name: "Canvas of the flow" }).focus();
    await keyboard.press("Control+d");
    await expect(canvas.nodes).toHaveCount(13);
    await keyboard.press("Control+z");
    await expect(canvas.nodes).toHaveCount(12);
    const from = await middleOf(node(page, "scale").getByText("Scale", { exact: true }));
    await keyboard.down("Alt");
    await drag(page, from, { x: from.x, y: EMPTY.y });
    await keyboard.up("Alt");
    await expect(canvas.nodes).toHaveCount(13);
    await keyboard.press("Control+z");
    await expect(canvas.nodes).toHaveCount(12);
    await canvas.open("Scale");
    await page.getByRole("application", { name: "Canvas of the flow" }).focus();
    await keyboard.press("Control+c");
    await expect(canvas.saving).toHaveText("Saved");
    const other = await Canvas.make(page, project, "Another");
    await expect(other.saving).toHaveText("Saved");
    await page.getByRole("application", { name: "Canvas of the flow" }).focus();
    await keyboard.press("Control+v");
    await expect(other.node("Scale")).toBeVisible();
    await expect(other.saving).toHaveText("Saved");
    await page.goto(`/p/${project}/flows/${SAMPLE}`);
  });

  await test.step("a click on a wire shows the rows that go through it", async () => {
    await canvas.begin();
    await canvas.ends("done");
    await page.getByRole("application", { name: "Canvas of the flow" }).focus();
    await moves(page, () => keyboard.press("Shift+1"));
    const from = await middleOf(node(page, "drop_constant").locator('.source[data-port="table"]'));
    const to = await middleOf(node(page, "select").locator('.target[data-port="table"]'));
    await mouse.click((from.x + to.x) / 2, (from.y + to.y) / 2);
    await expect(canvas.drawer.getByRole("columnheader", { name: "mean_radius" }).first()).toBeVisible();
  });
});

/** The sample flow, in the project of the story. */
async function copySample(admin: Client, project: string): Promise<void> {
  const samples = await admin.get<{ name: string; document: unknown }[]>("flow-samples");
  const document = samples.find(({ name }) => name === SAMPLE)?.document;
  await admin.send("POST", `projects/${project}/flows`, { document });
}

function node(page: Page, id: string): Locator {
  return page.locator(`.react-flow__node[data-id="${id}"]`);
}

function selected(page: Page): Locator {
  return page.locator(".react-flow__node.selected");
}

async function boxOf(locator: Locator) {
  const box = await locator.boundingBox();
  if (!box) throw new Error(`${locator} is not there`);
  return box;
}

async function middleOf(locator: Locator) {
  const { x, y, width, height } = await boxOf(locator);
  return { x: x + width / 2, y: y + height / 2 };
}

type Place = { x: number; y: number };

async function drag(page: Page, from: Place, to: Place, button: "left" | "middle" = "left"): Promise<void> {
  await page.mouse.move(from.x, from.y);
  await page.mouse.down({ button });
  await page.mouse.move(to.x, to.y, { steps: 8 });
  await page.mouse.up({ button });
}

/** That the canvas shows another part of the flow, or another size of it, afterwards. */
async function moves(page: Page, act: () => Promise<void>): Promise<void> {
  const viewport = page.locator(".react-flow__viewport").first();
  const before = (await viewport.getAttribute("style")) ?? "";
  await act();
  await expect(viewport).not.toHaveAttribute("style", before);
}
