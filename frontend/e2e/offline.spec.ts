import { Canvas } from "./canvas";
import { expect, test } from "./test";
import { READ, SPLIT } from "./yieldFlow";

const TITLE = "Title of the step";
const NOT_SAVED = "Not saved, trying again";

test("without a network the page says so, keeps what is edited, and saves it when the network is back", async ({
  as,
  project,
}) => {
  const canvas = await Canvas.make(await as("scientist"), project, "Far away");
  const network = canvas.page.context();
  await canvas.drag(READ, 430, 200);
  await expect(canvas.saving).toHaveText("Saved");

  await network.setOffline(true);
  await canvas.drag(SPLIT, 430, 350);
  await canvas.wire(READ, "table", SPLIT, "table");
  await expect(canvas.saving).toHaveText(NOT_SAVED);
  await canvas.fill(TITLE, "Kept without a network");
  await network.setOffline(false);
  await expect(canvas.saving).toHaveText("Saved");

  await network.setOffline(true);
  await canvas.fill(TITLE, "Kept in the browser");
  await expect(canvas.saving).toHaveText(NOT_SAVED);
  const address = canvas.page.url();
  await canvas.page.close();
  await network.setOffline(false);
  const again = new Canvas(await network.newPage());
  await again.page.goto(address);
  await expect(again.page.getByText("Your edits of before are here again.")).toBeVisible();
  await expect(again.saving).toHaveText("Saved");
  await again.page.reload();
  await expect(again.node("Kept in the browser")).toBeVisible();
  await expect(again.wires).toHaveCount(1);
});
