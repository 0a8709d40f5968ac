import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

const SERVER = process.env.PATCHBAY_URL ?? "http://127.0.0.1:8765";

/** Puts a packed file beside each that a page loads; the server sends it to browsers that take it, which is all. */
const packed: Plugin = {
  name: "packed",
  apply: "build",
  async writeBundle({ dir = "" }, bundle) {
    for (const name of Object.keys(bundle).filter((one) => /\.(js|css|svg)$/.test(one)))
      await writeFile(join(dir, `${name}.gz`), await promisify(gzip)(await readFile(join(dir, name)), { level: 9 }));
  },
};

export default defineConfig({
  plugins: [react(), packed],
  build: {
    outDir: "../server/patchbay_server/web",
    emptyOutDir: true,
    // The content security policy allows no data: addresses for scripts and fonts.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1500,
    // What loads what: a test holds the sizes to their limits with it.
    manifest: "manifest.json",
    rolldownOptions: {
      // A request for each of a hundred small icons takes longer than all of them.
      output: { codeSplitting: { groups: [{ name: "icons", test: /@ant-design[\\/]icons/, minShareCount: 5 }] } },
    },
  },
  server: { proxy: { "/api": SERVER, "/health": SERVER, "/metrics": SERVER } },
  test: {
    // A page is made only for tests that draw: that takes longer than most of the others.
    projects: [
      { extends: true, test: { name: "rules", environment: "node", include: ["src/**/*.test.ts"] } },
      {
        extends: true,
        test: {
          name: "drawn",
          environment: "jsdom",
          include: ["src/**/*.test.tsx"],
          setupFiles: ["src/test-setup.ts"],
        },
      },
    ],
    restoreMocks: true,
    testTimeout: 30_000,
  },
});
