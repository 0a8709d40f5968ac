import { addYield, register, train } from "./models";
import { expect, test } from "./test";

test.describe.configure({ timeout: 300_000 });

/** Until Ray has started. */
const SLOW = { timeout: 150_000 };

test("a scientist registers what a run has trained, serves it, asks it, replaces it and takes it away", async ({
  admin,
  as,
  platform,
  project,
}) => {
  await addYield(admin, project);
  const run = await train(admin, project, 20);
  const page = await as("scientist");
  const dialog = page.getByRole("dialog");

  await page.goto(`/p/${project}/runs/${run}`);
  await page.getByRole("button", { name: /^Logistic regression/ }).click();
  await page.getByRole("button", { name: / Model$/ }).click();
  await page.getByRole("button", { name: "Register" }).click();
  await dialog.getByRole("combobox", { name: "Model" }).fill("yield");
  await dialog.getByRole("textbox", { name: "Note" }).fill("the first one");
  await dialog.getByRole("button", { name: "Register" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "yield v1" })).toBeVisible();
  await expect(page.getByText("the first one")).toBeVisible();

  await page.getByRole("button", { name: "Deploy" }).click();
  await dialog.getByRole("textbox", { name: "Name" }).fill("press");
  await dialog.getByRole("button", { name: "Deploy" }).click();
  await expect(dialog).toContainText(/pbs_\w+/);
  await page.keyboard.press("Escape");
  await expect(page.getByRole("heading", { level: 1, name: "press" })).toBeVisible();
  await expect(page.getByText("serving", { exact: true })).toBeVisible(SLOW);
  await expect(page.getByText(new RegExp(`http://127\\.0\\.0\\.1:\\d+/${project}/press`)).first()).toBeVisible();

  const predict = page.getByRole("button", { name: "Predict" });
  await predict.click();
  await expect(page.getByText(/^Answered by yield v1 in \d+ ms$/)).toBeVisible();
  await expect(page.getByRole("cell", { name: /^(benign|malignant)$/ })).toBeVisible();

  await register(platform, project, await train(admin, project, 5));
  await page.getByRole("button", { name: "Replace" }).click();
  await dialog.getByRole("combobox", { name: "Version" }).click();
  await page.getByTitle("v2", { exact: true }).click();
  await dialog.getByRole("button", { name: "Replace" }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByRole("link", { name: "yield v2" })).toBeVisible();
  await expect(page.getByText("serving", { exact: true })).toBeVisible(SLOW);
  await predict.click();
  await expect(page.getByText(/^Answered by yield v2 in \d+ ms$/)).toBeVisible();

  await page.getByRole("button", { name: "Remove" }).click();
  await page.getByRole("tooltip").getByRole("button", { name: "Remove" }).click();
  await expect(page).toHaveURL(new RegExp(`/p/${project}/deployments$`));
  await expect(page.getByText("Nothing is deployed")).toBeVisible(SLOW);
});
