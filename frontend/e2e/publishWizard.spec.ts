import { Client, expect, test } from "./test";

interface Offered {
  name: string;
  origin: string;
  steps: { view: string; params?: string[] }[];
}

/** Reads a table, keeps some of its columns, takes some of its rows; what is read and kept is asked for. */
const FLOW = {
  format: 1,
  name: "some-columns",
  title: { en: "Some columns" },
  params: {
    table: { type: "string", title: { en: "Table" } },
    kept: { type: "array", title: { en: "Columns to keep" } },
    share: { type: "number", default: 0.5, title: { en: "Share of rows" } },
  },
  nodes: [
    { id: "read", operator: "source.dataset@1.0.0", params: { name: { $param: "table" } }, position: [0, 0] },
    { id: "keep", operator: "shape.select_columns@1.0.0", params: { columns: { $param: "kept" } }, position: [0, 120] },
    { id: "some", operator: "shape.sample@1.0.0", params: { share: { $param: "share" } }, position: [0, 240] },
  ],
  edges: [
    { from: "read.table", to: "keep.table" },
    { from: "keep.table", to: "some.table" },
  ],
};

test("a scientist publishes a flow as a wizard, an expert gets a result from it, and it is withdrawn", async ({
  admin,
  as,
  platform,
  project,
}) => {
  await platform.command("datasets", "load", "wholesale_customers", "--project", project);
  await admin.send("POST", `projects/${project}/flows`, { document: FLOW });
  const expert = await Client.signIn(platform.url, "expert");
  const own = async () =>
    (await expert.get<Offered[]>(`projects/${project}/wizards`)).filter(({ origin }) => origin === "project");
  // A dialog that grows while it opens was clicked at a fifth of its size.
  const page = await as("scientist", { reducedMotion: "reduce" });
  await page.goto(`/p/${project}/flows/some-columns`);
  const open = async () => {
    await page.getByRole("button", { name: "More of this flow" }).click();
    await page.getByText("Publish as wizard…").click();
  };
  await open();

  const dialog = page.getByRole("dialog", { name: "Publish as wizard" });
  const preview = dialog.getByRole("region", { name: "Preview" });
  await dialog.getByLabel("Title · Chinese").first().fill("几列数据");
  await dialog.getByLabel("What it is for · English").fill("Keeps the columns that you name.");
  await expect(preview).toContainText("Keeps the columns that you name.");
  const table = preview.getByRole("combobox", { name: "Table" });
  await table.click();
  await table.pressSequentially("wholesale");
  await page.locator(".ant-select-item-option").filter({ hasText: "wholesale_customers" }).first().click();

  // What is not to be asked stays as the flow has it.
  const settings = dialog.getByRole("region", { name: "Step 2" });
  await settings.getByRole("button", { name: "Do not ask for Share of rows" }).click();
  await settings.getByLabel("Title of the step · English").fill("Columns");
  await expect(preview.getByText("2 Columns")).toBeVisible();
  await expect(preview.getByText("Columns to keep")).toBeVisible();
  await expect(preview.getByText("Share of rows")).toBeHidden();
  await dialog.getByRole("button", { name: "Publish" }).click();
  await expect(dialog).toBeHidden();
  await expect.poll(own).toMatchObject([
    {
      name: "some-columns",
      steps: [
        { view: "data", params: ["table"] },
        { view: "form", params: ["kept"] },
        { view: "run" },
        { view: "result" },
      ],
    },
  ]);

  const guest = await as("expert");
  await guest.goto(`/p/${project}/wizards`);
  await guest.getByRole("button", { name: "Start: Some columns" }).click();
  await guest.getByLabel("Data that is here already").click();
  await guest.locator(".ant-select-item-option").filter({ hasText: "wholesale_customers" }).click();
  await guest.getByRole("button", { name: "Next" }).click();
  await guest.getByRole("button", { name: "Columns to keep: Choose columns" }).click();
  await guest.getByRole("option", { name: "Grocery" }).click();
  await guest.keyboard.press("Escape");
  await guest.getByRole("button", { name: "Next" }).click();
  await guest.getByRole("button", { name: "Start now" }).click();
  await guest.getByRole("button", { name: "Show the result" }).click({ timeout: 60_000 });
  await expect(guest.getByText("220 rows")).toBeVisible();
  await expect(guest.getByRole("columnheader", { name: "Grocery" })).toBeVisible();

  await open();
  await dialog.getByRole("button", { name: "Withdraw" }).click();
  await expect(dialog).toBeHidden();
  await expect.poll(own).toEqual([]);
  await page.getByRole("button", { name: "Undo" }).click();
  await expect.poll(own).toHaveLength(1);
});
