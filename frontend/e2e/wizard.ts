import type { Page } from "@playwright/test";
import type { Platform } from "./platform";
import { type Client, expect } from "./test";

/** A file as somebody keeps it: Western letters, day-first dates, blanks, and a column that is filled in afterwards. */
export function messyFile(): Buffer {
  const lines = ["wafer;date;tool;temperature;pressure;disposition;remark;result"];
  // Always the same rows: a story does not depend on chance.
  let state = 7;
  const random = () => {
    state = (state * 16_807) % 2_147_483_647;
    return state / 2_147_483_647;
  };
  for (let wafer = 0; wafer < 400; wafer++) {
    const day = new Date(Date.UTC(2024, 0, 3) + wafer * 21 * 3_600_000);
    const date = [day.getUTCDate(), day.getUTCMonth() + 1].map((part) => String(part).padStart(2, "0")).join("/");
    const tool = "ABC"[Math.floor(random() * 3)];
    const temperature = 345 + 10 * random();
    const isBad = temperature + (tool === "C" ? 2 : 0) + 8 * random() > 357;
    lines.push(
      [
        wafer,
        `${date}/${day.getUTCFullYear()}`,
        tool,
        random() < 0.05 ? "" : temperature.toFixed(2),
        random() < 0.04 ? "N/A" : (1.9 + 0.2 * random()).toFixed(3),
        isBad ? "scrap" : "",
        "contrôlé",
        isBad ? "fail" : "pass",
      ].join(";"),
    );
  }
  return Buffer.from(lines.join("\r\n"), "latin1");
}

/** Words on the pages, by language. */
export const WORDS = {
  en: {
    start: "Start: Predict a category",
    use: "That is right, use it",
    sample: /^What .+ looks like$/,
    next: "Next",
    target: "What to predict",
    leaves: /Column “disposition” gives the answer away/,
    leaveOut: "Leave out “disposition”",
    undo: "Undo: Leave out “disposition”",
    minutes: "Minutes to spend",
    ownNumber: "Another number",
    run: "Start now",
    finish: "Finish now with the best so far",
    result: "Show the result",
    headline: /^Finds .+ bad/,
    ask: "Get the answer",
    data: "Data to predict",
    predict: "Predict",
    download: "Download the file with predictions",
  },
  zh: {
    start: "开始：预测类别",
    use: "没有问题，使用它",
    sample: /的内容$/,
    next: "下一步",
    target: "要预测什么",
    leaves: /disposition/,
    leaveOut: /disposition/,
    undo: /^撤销：/,
    minutes: "可用时间（分钟）",
    ownNumber: "其他数值",
    run: "现在开始",
    finish: "现在结束，采用目前最好的结果",
    result: "查看结果",
    headline: /找出|找到/,
    ask: "查看答案",
    data: "要预测的数据",
    predict: "开始预测",
    download: "下载含预测结果的文件",
  },
} as const;

export type Words = (typeof WORDS)["en" | "zh"];

/** A whole search: a quarter of an hour of machines would tell no more about the pages. */
export const SEARCH = { timeout: 150_000 };

export class Wizard {
  constructor(
    readonly page: Page,
    readonly words: Words,
  ) {}

  async start(project: string): Promise<void> {
    await this.page.goto(`/p/${project}/wizards`);
    await this.press(this.words.start);
  }

  async upload(name: string): Promise<void> {
    const file = { name, mimeType: "text/csv", buffer: messyFile() };
    await this.page.locator('input[type="file"]').setInputFiles(file);
    await expect(this.page.getByText(/Latin-1|1252/).first()).toBeVisible({ timeout: 30_000 });
    await this.press(this.words.use);
    await expect(this.page.getByRole("heading", { name: this.words.sample })).toBeVisible({ timeout: 60_000 });
  }

  async chooseTarget(column: string): Promise<void> {
    await this.press(this.words.next);
    await this.page.getByRole("combobox", { name: this.words.target }).click();
    await this.page.getByRole("option", { name: new RegExp(column) }).click();
    await this.press(this.words.next);
  }

  async leaveLeakOut(): Promise<void> {
    const { page, words } = this;
    await expect(page.getByRole("heading", { name: words.leaves }).first()).toBeVisible({ timeout: 60_000 });
    await page.getByRole("article").getByRole("button", { name: words.leaveOut }).first().click();
    await expect(page.getByRole("button", { name: words.undo })).toBeVisible();
    await expect(page.getByRole("heading", { name: words.leaves })).toHaveCount(0, { timeout: 60_000 });
    await this.press(words.next);
  }

  async run(minutes: string): Promise<void> {
    await this.page.getByRole("radio", { name: this.words.ownNumber }).check();
    const field = this.page.getByRole("spinbutton", { name: this.words.minutes });
    await field.fill(minutes);
    await field.press("Tab");
    await this.press(this.words.next);
    await this.press(this.words.run);
  }

  async result(): Promise<void> {
    await this.page.getByRole("button", { name: this.words.result }).click(SEARCH);
    await expect(this.page.getByText(this.words.headline).first()).toBeVisible();
  }

  /** A button by its words; icons add theirs before. */
  press(name: string): Promise<void> {
    return this.page.getByRole("button", { name: new RegExp(`${name}$`) }).click();
  }
}

/** A wizard that is through, of the flow `category`: its data were checked, and its report is there. */
export async function finishWizard(platform: Platform, admin: Client, project: string): Promise<void> {
  const file = await platform.file("wafers.csv", messyFile().toString("latin1"));
  await platform.command("datasets", "add", file, "--project", project);
  const base = `projects/${project}`;
  const { name, number } = await admin.send<{ name: string; number: number }>("POST", `${base}/wizards/category/start`);
  const values = { dataset: "wafers", target: "result", exclude: ["disposition"], minutes: 0.1 };
  await admin.send("PATCH", `${base}/flows/${name}/wizard`, { values }, `"${number}"`);
  for (const node of ["check", "report"]) {
    const body = { flow: name, mode: "to", nodes: [node] };
    const { id } = await admin.send<{ id: number }>("POST", `${base}/runs`, body);
    const state = async () => (await admin.get<{ state: string }>(`${base}/runs/${id}`)).state;
    await expect.poll(state, SEARCH).toBe("done");
  }
}
