import { expect, test } from "./test";
import { SEARCH, Wizard, WORDS } from "./wizard";

test.describe.configure({ timeout: 300_000 });
const RECOVERY = { timeout: 90_000 };

test("an expert makes a model of a messy file, tries a row and predicts a file", async ({ as, project }) => {
  const page = await as("expert");
  const wizard = new Wizard(page, WORDS.en);
  await wizard.start(project);
  await wizard.upload("wafers.csv");
  await wizard.chooseTarget("result");
  await wizard.leaveLeakOut();
  await wizard.run("0.2");
  await wizard.result();

  await wizard.press(WORDS.en.ask);
  await expect(page.getByText(/fail|pass/).first()).toBeVisible(SEARCH);
  await page.getByRole("combobox", { name: WORDS.en.data }).fill("wafers");
  await page.getByRole("option", { name: /wafers/ }).click();
  await wizard.press(WORDS.en.predict);
  const download = page.waitForEvent("download");
  await page.getByRole("link", { name: WORDS.en.download }).click(SEARCH);
  expect((await download).suggestedFilename()).toMatch(/\.csv$/);
  const report = page.waitForEvent("download");
  await page.getByRole("link", { name: "Report (PDF)" }).click();
  expect((await report).suggestedFilename()).toMatch(/\.pdf$/);
});

test("the same in Chinese, finished before its time", async ({ as, project }) => {
  const page = await as("expert", { locale: "zh-CN" });
  const wizard = new Wizard(page, WORDS.zh);
  await wizard.start(project);
  await wizard.upload("晶圆数据.csv");
  await wizard.chooseTarget("result");
  await wizard.leaveLeakOut();
  await wizard.run("9");
  await page.getByRole("button", { name: WORDS.zh.finish }).click(SEARCH);
  await wizard.result();
  await expect(page.locator("main")).not.toContainText(/[a-z]+ [a-z]+ [a-z]+ [a-z]+/);
});

test("the same with a refresh and a server that dies in the middle", async ({ as, platform, project }) => {
  const page = await as("expert");
  const wizard = new Wizard(page, WORDS.en);
  await wizard.start(project);
  await wizard.upload("wafers.csv");
  await wizard.chooseTarget("result");
  await wizard.leaveLeakOut();
  await page.reload();
  await wizard.run("0.4");
  await expect(page.getByText(/models tried/)).toBeVisible(SEARCH);

  await platform.kill();
  await platform.up();
  await page.reload();
  await wizard.result();
  await expect(page.getByText(/gives the answer away/)).toHaveCount(0, RECOVERY);
});
