import type { Locator, Page } from "@playwright/test";
import { expect } from "./test";

/** After so many presses somebody who looks for something with the Tab key has given up. */
const PATIENCE = 60;

/** A person who has only a keyboard. */
export class Keyboard {
  constructor(readonly page: Page) {}

  async press(...keys: string[]): Promise<void> {
    for (const key of keys) await this.page.keyboard.press(key);
  }

  async type(text: string): Promise<void> {
    await this.page.keyboard.type(text);
  }

  /** Press a key until the keyboard is at, or within, what is looked for. */
  async goTo(target: Locator, key = "Tab"): Promise<void> {
    await expect(target).toBeAttached();
    for (let presses = 0; presses < PATIENCE; presses++) {
      if (await target.evaluate((element) => element.contains(document.activeElement))) return;
      await this.press(key);
    }
    throw new Error(`The ${key} key does not lead to ${target}`);
  }

  /** Type into a list that is searched, and take what is found first. */
  async take(text: string, option: string | RegExp = text): Promise<void> {
    await this.type(text);
    await expect(this.page.getByRole("option", { selected: true })).toContainText(option);
    await this.press("Enter");
  }

  /** Choose in a list of a form. */
  async choose(field: Locator, value: string): Promise<void> {
    await this.goTo(field);
    await this.type(value);
    const option = this.page.locator(".ant-select-item-option-active");
    await expect(option).toContainText(value);
    await this.press("Enter");
    await expect(option).toBeHidden();
  }

  /** Replace what a field holds. */
  async write(field: Locator, value: string): Promise<void> {
    await this.goTo(field);
    await this.press("Control+a");
    await this.type(value);
  }
}
