import i18next from "i18next";
import { expect, test } from "vitest";
import { usePreferences } from "../app/preferences";
import { startTexts } from "./index";

const parts = Object.keys(import.meta.glob("./en/*.json")).map((path) => path.slice("./en/".length, -".json".length));

test("all texts are there from the start: no page is taken away while it waits for the texts of one part of it", async () => {
  await startTexts();
  expect(parts.filter((part) => !i18next.hasResourceBundle(i18next.language, part))).toEqual([]);

  const other = usePreferences.getState().language === "en" ? "zh-CN" : "en";
  const changed = new Promise((done) => i18next.on("languageChanged", done));
  usePreferences.getState().set({ language: other });
  expect(await changed).toBe(other);
  expect(parts.filter((part) => !i18next.hasResourceBundle(other, part))).toEqual([]);
});
