import { Canvas } from "./canvas";
import { expect, test } from "./test";
import { READ, SPLIT } from "./yieldFlow";

const TITLE = "Title of the step";
const SHARE = "Share of test rows";

test("two tabs edit different steps of one flow at once: both edits stay", async ({ as, project }) => {
  const one = await Canvas.make(await as("scientist"), project, "Shared");
  await one.drag(READ, 430, 200);
  await one.drag(SPLIT, 430, 350);
  await expect(one.saving).toHaveText("Saved");
  const other = new Canvas(await one.page.context().newPage());
  await other.page.goto(one.page.url());
  await other.open(SPLIT);
  await one.open(READ);

  await one.fill(TITLE, "Lots of the year");
  await other.fill(TITLE, "A fifth is kept");
  for (const canvas of [one, other]) {
    await expect(canvas.node("Lots of the year")).toBeVisible();
    await expect(canvas.node("A fifth is kept")).toBeVisible();
    await expect(canvas.saving).toHaveText("Saved");
  }
  await one.page.reload();
  await expect(one.node("Lots of the year")).toBeVisible();
  await expect(one.node("A fifth is kept")).toBeVisible();
});

test("two people change the same value at once: the later one decides, and nothing is lost", async ({
  as,
  project,
}) => {
  const theirs = await Canvas.make(await as("engineer"), project, "Disputed");
  await theirs.drag(READ, 430, 200);
  await theirs.drag(SPLIT, 430, 350);
  await expect(theirs.saving).toHaveText("Saved");
  const mine = new Canvas(await as("scientist"));
  await mine.page.goto(theirs.page.url());
  await mine.open(SPLIT);

  await mine.page.context().setOffline(true);
  await mine.fill(SHARE, "0.3");
  await mine.fill(TITLE, "Three tenths are kept");
  await expect(mine.saving).toHaveText("Not saved, trying again");
  await theirs.fill(SHARE, "0.4");
  await theirs.open(READ);
  await theirs.fill(TITLE, "Lots of the year");
  await expect(theirs.saving).toHaveText("Saved");
  await mine.page.context().setOffline(false);

  const question = mine.page.getByRole("dialog", { name: "This flow was changed by others meanwhile" });
  await expect(question.getByRole("group")).toHaveCount(1);
  await expect(question.getByRole("group", { name: SHARE })).toContainText(/Mine.*0\.3.*Theirs.*0\.4.*Before: 0\.2/);
  await expect(question.getByText("1 to decide")).toBeVisible();
  // What is put off is not lost.
  await question.getByRole("button", { name: "Decide later" }).click();
  await expect(mine.field(SHARE)).toHaveValue("0.3");
  await mine.page.getByRole("button", { name: "Changed by others too: decide" }).click();
  await question.getByRole("radio", { name: /^Mine/ }).check();
  await question.getByRole("button", { name: "Save it like this" }).click();
  await expect(mine.saving).toHaveText("Saved");

  await theirs.page.reload();
  for (const canvas of [mine, theirs]) {
    await expect(canvas.node("Lots of the year")).toBeVisible();
    await expect(canvas.node("Three tenths are kept")).toContainText("0.3");
  }
});
