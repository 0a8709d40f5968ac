import type { Locator, Page } from "@playwright/test";
import { expect } from "./test";

/** An open flow, used as a person uses it. */
export class Canvas {
  constructor(readonly page: Page) {}

  /** Make an empty flow from the list of flows, and open it. */
  static async make(page: Page, project: string, title: string): Promise<Canvas> {
    await page.goto(`/p/${project}/flows`);
    await page.getByRole("button", { name: "New flow" }).first().click();
    await page.getByLabel("Title").fill(title);
    await page.getByRole("button", { name: "Create" }).click();
    await expect(page).toHaveURL(new RegExp(`/p/${project}/flows/.+`));
    return new Canvas(page);
  }

  get nodes(): Locator {
    return this.page.locator(".react-flow__node");
  }

  node(title: string): Locator {
    return this.nodes.filter({ hasText: title }).first();
  }

  /** Drag an operator from the palette to a place of the window. */
  async drag(title: string, x: number, y: number): Promise<void> {
    const before = await this.nodes.count();
    const palette = this.page.getByPlaceholder("Search steps").first();
    await palette.fill(title);
    const entry = this.page.getByRole("button", { name: title, exact: true }).first();
    const canvas = this.page.locator(".react-flow__pane");
    const { x: left, y: top } = (await canvas.boundingBox()) ?? { x: 0, y: 0 };
    await entry.dragTo(canvas, { targetPosition: { x: x - left, y: y - top } });
    await expect(this.nodes).toHaveCount(before + 1);
  }

  /** Draw a wire with the mouse. */
  async wire(from: string, output: string, to: string, input: string): Promise<void> {
    const edges = this.page.locator(".react-flow__edge");
    const before = await edges.count();
    const source = this.node(from).locator(`.react-flow__handle.source[data-port="${output}"]`);
    const target = this.node(to).locator(`.react-flow__handle.target[data-port="${input}"]`);
    await source.hover({ force: true });
    await this.page.mouse.down();
    const box = await target.boundingBox();
    if (!box) throw new Error(`${to} has no port ${input}`);
    await this.page.mouse.move(box.x + box.width / 2 - 20, box.y + box.height / 2, { steps: 5 });
    await this.page.mouse.move(box.x + box.width / 2, box.y + box.height / 2, { steps: 3 });
    await this.page.mouse.up();
    await expect(edges).toHaveCount(before + 1);
  }

  /** Open the form of a node. */
  async open(title: string): Promise<void> {
    await this.node(title).locator("[class*=_title_]").click();
  }

  /** Choose in a list of the open form. */
  async choose(label: string, value: string): Promise<void> {
    const field = this.page.getByRole("combobox", { name: label, exact: true });
    await field.click();
    await field.pressSequentially(value);
    // Options come from the server, or from the check of the flow: a moment later.
    await this.page.locator(".ant-select-item-option").filter({ hasText: value }).first().click();
    await field.press("Tab");
  }

  async run(): Promise<void> {
    await expect(this.page.getByText("Saved", { exact: true })).toBeVisible();
    await this.page.getByRole("button", { name: /(^| )Run$/ }).click();
  }
}
