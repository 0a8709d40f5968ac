import { PASSWORD } from "./platform";
import { expect, ROLES, test } from "./test";

for (const role of ROLES) {
  test(`${role} signs in, sees the project, and signs out`, async ({ page, platform, project }) => {
    await page.goto(`${platform.url}/p/${project}/flows`);
    await page.getByLabel("Name").fill(role);
    await page.getByLabel("Password", { exact: true }).fill("not the password");
    await page.keyboard.press("Enter");
    await expect(page.getByRole("alert")).toBeVisible();

    await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
    await page.keyboard.press("Enter");
    await expect(page).toHaveURL(`${platform.url}/p/${project}/flows`);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Flows");

    await page.getByRole("button", { name: "Account" }).click();
    await page.getByRole("menuitem", { name: "Sign out" }).click();
    await expect(page).toHaveURL(/\/sign-in/);
  });
}
