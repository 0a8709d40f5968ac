import type { Locator, Page } from "@playwright/test";
import { expect } from "./test";

/** What a run may take on a machine that has much else to do. */
const RUN = { timeout: 120_000 };
/** Pixels of the window, at full size. */
const STEP_HEIGHT = 54;
const GRID = 10;

/** An open flow, used with the mouse as a person uses it, and what it shows. */
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

  get wires(): Locator {
    return this.page.locator(".react-flow__edge");
  }

  node(title: string): Locator {
    return this.nodes.filter({ has: this.page.getByText(title, { exact: true }) });
  }

  /** Whether the server has what is edited: "Saved", "Edited", "Not saved, trying again". */
  get saving(): Locator {
    return this.page.getByRole("region", { name: "Tools" }).getByRole("status");
  }

  /** The form of the selected step. */
  get form(): Locator {
    return this.page.getByRole("complementary", { name: "Selected step" });
  }

  /** Below the canvas: data, log, and why a step ran. */
  get drawer(): Locator {
    return this.page.getByRole("region", { name: "Data and log" });
  }

  /** Drag an operator from the palette to a place of the window. */
  async drag(title: string, x: number, y: number): Promise<void> {
    const palette = this.page.getByRole("region", { name: "Steps", exact: true });
    await palette.getByPlaceholder("Search steps").fill(title);
    const pane = this.page.locator(".react-flow__pane");
    const { x: left, y: top } = (await pane.boundingBox()) ?? { x: 0, y: 0 };
    const entry = palette.getByRole("button", { name: title, exact: true });
    await entry.dragTo(pane, { targetPosition: { x: x - left, y: y - top } });
    await expect(this.node(title)).toBeVisible();
    await expect(this.form.getByPlaceholder(title, { exact: true })).toBeVisible();
  }

  /** That a step is where it was dropped: nothing moves by itself. */
  async isAt(title: string, x: number, y: number): Promise<void> {
    const { x: left, y: top, width } = (await this.node(title).boundingBox()) ?? { x: 0, y: 0, width: 0 };
    expect(Math.hypot(left + width / 2 - x, top + STEP_HEIGHT / 2 - y), `${title} has moved`).toBeLessThan(GRID);
  }

  /** Draw a wire with the mouse. */
  async wire(from: string, output: string, to: string, input: string): Promise<void> {
    const before = await this.wires.count();
    const source = this.node(from).locator(`.source[data-port="${output}"]`);
    const target = this.node(to).locator(`.target[data-port="${input}"]`);
    await source.hover({ force: true });
    await this.page.mouse.down();
    const box = await target.boundingBox();
    if (!box) throw new Error(`${to} has no port ${input}`);
    await this.page.mouse.move(box.x + box.width / 2 - 20, box.y + box.height / 2, { steps: 5 });
    await this.page.mouse.move(box.x + box.width / 2, box.y + box.height / 2, { steps: 3 });
    await this.page.mouse.up();
    await expect(this.wires).toHaveCount(before + 1);
  }

  /** Open the form of a step. */
  async open(title: string): Promise<void> {
    await this.node(title).getByText(title, { exact: true }).click();
    const named = this.form.getByRole("textbox", { name: "Title of the step" });
    await expect(named.and(this.page.locator(`[value="${title}"], [placeholder="${title}"]`))).toBeVisible();
  }

  /** Look at what a step made, from the menu at the right button. */
  async openDrawer(title: string): Promise<void> {
    await this.node(title).getByText(title, { exact: true }).click({ button: "right" });
    await this.page.getByRole("menuitem", { name: "Results of the selection" }).click();
    await expect(this.drawer).toBeVisible();
  }

  async closeDrawer(): Promise<void> {
    await this.drawer.getByRole("button", { name: "Close" }).click();
    await expect(this.drawer).toBeHidden();
  }

  /** Choose in a list of the open form. */
  async choose(label: string, value: string): Promise<void> {
    const field = this.form.getByRole("combobox", { name: label, exact: true });
    await field.click();
    await field.pressSequentially(value);
    // Options come from the server, or from the check of the flow: a moment later.
    await this.page.locator(".ant-select-item-option").filter({ hasText: value }).first().click();
    await field.press("Tab");
  }

  /** A field of the open form into which a text or a number is written, be it beside some that are offered. */
  field(name: string): Locator {
    const roles = (["textbox", "spinbutton", "combobox"] as const).map((role) =>
      this.form.getByRole(role, { name, exact: true }),
    );
    return roles.reduce((all, each) => all.or(each));
  }

  async fill(label: string, value: string): Promise<void> {
    const field = this.field(label);
    await field.fill(value);
    await field.press("Tab");
  }

  /** Open the fold with the fields that are seldom needed. */
  async showMore(): Promise<void> {
    await this.form.getByRole("button", { name: /More$/, expanded: false }).click();
  }

  /** Press a button that begins a run, and wait until the page shows that run. */
  async begin(button: "Run" | "Resume" = "Run"): Promise<void> {
    const shown = this.page.getByRole("link", { name: /^Open run/ });
    const before = (await shown.count()) > 0 ? await shown.getAttribute("href") : null;
    const controls = this.page.getByRole("region", { name: "Run", exact: true });
    await controls.getByRole("button", { name: new RegExp(`${button}$`) }).click();
    if (before !== null) await expect(shown).not.toHaveAttribute("href", before);
    await expect(shown).toBeVisible();
  }

  /** Wait until the run that the page shows is over. */
  async ends(state: "done" | "failed"): Promise<void> {
    await expect(this.page.getByRole("link", { name: new RegExp(`^Open run \\d+: ${state}`) })).toBeVisible(RUN);
  }

  /** What the sign on a step says. */
  async isSigned(title: string, sign: string): Promise<void> {
    await expect(this.node(title).getByRole("img", { name: sign, exact: true })).toBeVisible();
  }
}
