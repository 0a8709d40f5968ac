import { expect, test } from "./test";
import { messyLines, SEARCH, Wizard } from "./wizard";

test.describe.configure({ timeout: 300_000 });
const RECOVERY = { timeout: 90_000 };

test("an expert makes a model of a messy file, tries a row and predicts a file", async ({ as, project }) => {
  const page = await as("expert");
  const wizard = new Wizard(page, "en");
  await wizard.start(project);
  await wizard.upload("wafers.csv");
  await wizard.chooseTarget("result");
  await expect(page.getByText("The rows are in the order of time (“date”)")).toBeVisible();
  await expect(page.getByRole("heading", { name: /2 columns have empty cells/ })).toBeVisible();
  await page.getByRole("button", { name: "Next" }).press("Enter");
  const doubt = page.getByRole("dialog", { name: "Go on all the same?" });
  await expect(doubt.getByText(/Not settled: Column “disposition” gives the answer away/)).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(doubt).toHaveCount(0);
  await wizard.leaveLeakOut();
  await wizard.run("0.2");
  await wizard.result();

  await wizard.press(wizard.words.ask);
  await expect(page.getByText(/fail|pass/).first()).toBeVisible(SEARCH);
  const scored = await wizard.score("new.csv", 20);
  expect(scored.slice(1).every((line) => /\b(fail|pass)\b/.test(line))).toBe(true);
  const report = page.waitForEvent("download");
  await page.getByRole("link", { name: "Report (PDF)" }).click();
  expect((await report).suggestedFilename()).toMatch(/\.pdf$/);
});

test("the same in Chinese, finished before its time", async ({ as, project }) => {
  const page = await as("expert", { locale: "zh-CN" });
  const wizard = new Wizard(page, "zh");
  await wizard.start(project);
  await wizard.upload("晶圆数据.csv");
  await wizard.chooseTarget("结果");
  await wizard.leaveLeakOut();
  await wizard.run("9");
  await page.getByRole("button", { name: wizard.words.finish }).click(SEARCH);
  await wizard.result();
  await expect(page.locator("main")).not.toContainText(/[a-z]+ [a-z]+ [a-z]+ [a-z]+/);
  const scored = await wizard.score("b2-新批次.csv", 20);
  expect(scored.slice(1).every((line) => /合格/.test(line) && line.includes("已检验，无异常"))).toBe(true);
});

test("the same with a refresh and a server that dies in the middle", async ({ as, platform, project }) => {
  const page = await as("expert");
  const wizard = new Wizard(page, "en");
  await wizard.start(project);
  await wizard.upload("wafers.csv");
  await wizard.chooseTarget("result");
  await wizard.leaveLeakOut();
  await page.reload();
  await wizard.run("0.3");
  await expect(page.getByText(/models tried/)).toBeVisible(SEARCH);

  await platform.kill();
  await platform.up();
  await page.reload();
  await wizard.result();
  await expect(page.getByText(/gives the answer away/)).toHaveCount(0, RECOVERY);
  await wizard.score("new.csv", 20);
});

test("with other data, what does not fit them is emptied and told", async ({ as, project }) => {
  const page = await as("expert");
  const wizard = new Wizard(page, "en");
  await wizard.start(project);
  await wizard.upload("wafers.csv");
  await wizard.chooseTarget("result");
  await page.getByRole("article").getByRole("button", { name: wizard.words.leaveOut }).first().click();
  await expect(page.getByRole("button", { name: wizard.words.undo })).toBeVisible();
  await page.getByRole("navigation", { name: "Steps" }).getByRole("button", { name: "Choose data" }).click();
  await wizard.upload("waiting.csv", messyLines("en", 40, true));
  const told = page.getByRole("status").filter({ hasText: "The new data lack some columns" });
  await expect(told.getByRole("listitem")).toHaveText(["What to predict: result"], { timeout: 60_000 });
  await page.goto(`${page.url().split("?")[0]}?step=run`);
  await expect(page.getByText("What to predict: needs a value")).toBeVisible();
});
