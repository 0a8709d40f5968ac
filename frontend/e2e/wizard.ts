import { execFileSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import type { Page } from "@playwright/test";
import { type Platform, PYTHON } from "./platform";
import { type Client, expect } from "./test";

const FILES = {
  en: {
    columns: ["wafer", "date", "tool", "temperature", "pressure", "disposition", "remark", "result"],
    tools: "ABC",
    scrap: "scrap",
    remark: "contrôlé",
    answers: ["fail", "pass"],
  },
  zh: {
    columns: ["晶圆编号", "日期", "机台", "温度", "压力", "处置", "备注", "结果"],
    tools: "甲乙丙",
    scrap: "报废",
    remark: "已检验，无异常",
    answers: ["不合格", "合格"],
  },
} as const;

export type Language = keyof typeof FILES;

/** What somebody keeps: day-first dates, blanks, and a column that is filled in afterwards. `isNew`: no answers yet. */
export function messyLines(language: Language, rows = 400, isNew = false): string[] {
  const { columns, tools, scrap, remark, answers } = FILES[language];
  const lines = [(isNew ? columns.slice(0, -1) : columns).join(";")];
  // Always the same rows: a story does not depend on chance.
  let state = 7;
  const random = () => {
    state = (state * 16_807) % 2_147_483_647;
    return state / 2_147_483_647;
  };
  for (let wafer = 0; wafer < rows; wafer++) {
    const day = new Date(Date.UTC(2024, 0, 3) + wafer * 21 * 3_600_000);
    const date = [day.getUTCDate(), day.getUTCMonth() + 1].map((part) => String(part).padStart(2, "0")).join("/");
    const tool = Math.floor(random() * 3);
    const temperature = 345 + 10 * random();
    const isBad = temperature + (tool === 2 ? 2 : 0) + 8 * random() > 357;
    const known = [
      wafer,
      `${date}/${day.getUTCFullYear()}`,
      tools[tool],
      random() < 0.05 ? "" : temperature.toFixed(2),
      random() < 0.04 ? "N/A" : (1.9 + 0.2 * random()).toFixed(3),
    ];
    lines.push([...known, ...(isNew ? ["", remark] : [isBad ? scrap : "", remark, answers[isBad ? 0 : 1]])].join(";"));
  }
  return lines;
}

/** The bytes of a file: Western letters, or what Chinese programs write. */
function encoded(language: Language, lines: readonly string[]): Buffer {
  const text = lines.join("\r\n");
  if (language === "en") return Buffer.from(text, "latin1");
  const program = "import sys; sys.stdout.buffer.write(sys.stdin.buffer.read().decode().encode('gb18030'))";
  return execFileSync(PYTHON, ["-c", program], { input: text });
}

/** Words on the pages, by language. */
export const WORDS = {
  en: {
    start: "Start: Predict a category",
    encoding: /^The letters are probably in (Latin-1|Windows-1252)/,
    dayFirst: "“03/01/2024” is read as 2024-01-03",
    blanks: /N\/A/,
    use: "That is right, use it",
    sample: /^What .+ looks like$/,
    next: "Next",
    target: "What to predict",
    positive: "The answer to look for",
    looking: "Looking at the data …",
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
    predict: "Predict",
    download: "Download the file with predictions",
  },
  zh: {
    start: "开始：预测类别",
    encoding: /^文字编码(大概)?是 GB18030/,
    dayFirst: "“03/01/2024”读作 2024-01-03",
    blanks: /N\/A/,
    use: "没有问题，使用它",
    sample: /的内容$/,
    next: "下一步",
    target: "要预测什么",
    positive: "要找出的答案",
    looking: "正在查看数据……",
    leaves: /“处置”/,
    leaveOut: /“处置”/,
    undo: /^撤销：/,
    minutes: "可用时间（分钟）",
    ownNumber: "其他数值",
    run: "现在开始",
    finish: "现在结束，采用目前最好的结果",
    result: "查看结果",
    headline: /找出|找到/,
    ask: "查看答案",
    predict: "开始预测",
    download: "下载含预测结果的文件",
  },
} as const;

/** A whole search: a quarter of an hour of machines would tell no more about the pages. */
export const SEARCH = { timeout: 150_000 };

export class Wizard {
  readonly words: (typeof WORDS)[Language];

  constructor(
    readonly page: Page,
    readonly language: Language,
  ) {
    this.words = WORDS[language];
  }

  async start(project: string): Promise<void> {
    await this.page.goto(`/p/${project}/wizards`);
    await this.press(this.words.start);
  }

  /** A file of the computer becomes data, and what is said about how it is read is right. */
  async upload(name: string, lines = messyLines(this.language)): Promise<void> {
    const { page, words } = this;
    const file = { name, mimeType: "text/csv", buffer: encoded(this.language, lines) };
    await page.locator('input[type="file"]').setInputFiles(file);
    await expect(page.getByText(words.encoding)).toBeVisible({ timeout: 30_000 });
    await expect(page.getByText(words.dayFirst)).toBeVisible();
    await expect(page.getByText(words.blanks).first()).toBeVisible();
    await this.press(words.use);
  }

  /** The column, and which of its values is looked for: both are chosen, neither is typed. */
  async chooseTarget(column: string): Promise<void> {
    const { page, words } = this;
    await expect(page.getByRole("heading", { name: words.sample })).toBeVisible({ timeout: 60_000 });
    await this.press(words.next);
    await page.getByRole("combobox", { name: words.target }).click();
    await page.getByRole("option", { name: new RegExp(column) }).click();
    await page.getByRole("combobox", { name: words.positive }).click();
    await page.getByRole("option", { name: new RegExp(`^${FILES[this.language].answers[0]}`) }).click();
    await this.press(words.next);
    await expect(page.getByRole("heading", { name: words.leaves }).first()).toBeVisible({ timeout: 60_000 });
  }

  async leaveLeakOut(): Promise<void> {
    const { page, words } = this;
    await page.getByRole("article").getByRole("button", { name: words.leaveOut }).first().click();
    await expect(page.getByRole("button", { name: words.undo })).toBeVisible();
    await expect(page.getByText(words.looking)).toHaveCount(0, { timeout: 60_000 });
    await expect(page.getByRole("heading", { name: words.leaves })).toHaveCount(0);
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

  /** Predicts a file of rows that are not known yet; the lines of the file that is downloaded. */
  async score(name: string, rows: number): Promise<string[]> {
    const { page, words } = this;
    const lines = messyLines(this.language, rows, true);
    await this.upload(name, lines);
    await page
      .getByRole("button", { name: new RegExp(`${words.predict}$`), disabled: false })
      .click({ timeout: 60_000 });
    const download = page.waitForEvent("download", SEARCH);
    await page.getByRole("link", { name: words.download }).click(SEARCH);
    const text = await readFile(await (await download).path(), "utf8");
    expect(text.startsWith("\uFEFF"), "spreadsheets know by it that the file is UTF-8").toBe(true);
    const scored = text.slice(1).trimEnd().split("\n");
    expect(scored[0]?.split(",")).toEqual(expect.arrayContaining(lines[0]?.split(";") ?? []));
    expect(scored).toHaveLength(rows + 1);
    return scored;
  }

  /** A button by its words; icons add theirs before. */
  press(name: string): Promise<void> {
    return this.page.getByRole("button", { name: new RegExp(`${name}$`) }).click();
  }
}

/** A wizard that is through, of the flow `category`: its data were checked, and its report is there. */
export async function finishWizard(platform: Platform, admin: Client, project: string): Promise<void> {
  const file = await platform.file("wafers.csv", messyLines("en").join("\r\n"));
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
