import { defineConfig } from "@playwright/test";

export default defineConfig({
  testDir: "e2e",
  testMatch: process.env.PATCHBAY_SCREENSHOTS ? "screenshots.ts" : "*.spec.ts",
  outputDir: "node_modules/.cache/playwright",
  // Two at a time, each on a platform of its own: one often waits for its browser or for its run. More need more CPUs.
  workers: 2,
  fullyParallel: true,
  timeout: 90_000,
  expect: { timeout: 15_000 },
  reporter: [["list"]],
  forbidOnly: Boolean(process.env.CI),
  use: {
    viewport: { width: 1280, height: 800 },
    locale: "en-US",
    actionTimeout: 15_000,
    trace: { mode: "retain-on-failure", screenshots: false },
    screenshot: "only-on-failure",
    launchOptions: {
      executablePath: process.env.PATCHBAY_CHROMIUM ?? "/usr/bin/chromium",
      // Root needs the first, a machine without a screen the second; the rest keeps the browser from calling home.
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
});
