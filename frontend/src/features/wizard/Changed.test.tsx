import { render, screen } from "@testing-library/react";
import { MemoryRouter, Route, Routes } from "react-router";
import { beforeAll, expect, test } from "vitest";
import { usePreferences } from "../../app/preferences";
import { startTexts } from "../../i18n";
import { Changed } from "./Changed";
import type { Wizard } from "./wizard";

beforeAll(startTexts);

const VALUE = {
  node: "auto",
  what: "params",
  text: {
    en: "“Minutes to spend” was changed in the step “Find the best model”: it was 5, now it is 10.",
    "zh-CN": "步骤“寻找最佳模型”的“可用时间（分钟）”已被修改：原为 5，现为 10。",
  },
} satisfies Wizard["changed"][number];
const GONE = { node: "check", what: "removed", text: { en: "It was taken out.", "zh-CN": "已被移除。" } } as const;

function show(changed: Wizard["changed"]) {
  const wizard = { name: "yield 2", changed } as Wizard;
  render(
    <MemoryRouter initialEntries={["/p/etch/wizards/x"]}>
      <Routes>
        <Route path="/p/:project/*" element={<Changed flow="yield 2" wizard={wizard} />} />
      </Routes>
    </MemoryRouter>,
  );
}

test("a value that was changed is told in the language that is read, and the wizard goes on", () => {
  usePreferences.getState().set({ language: "zh-CN" });
  show([VALUE]);
  expect(screen.getByRole("listitem").textContent).toBe(VALUE.text["zh-CN"]);
  expect(screen.queryByRole("link")).toBeNull();
});

test("after a change of structure the way to go on as a flow leads to that flow", () => {
  usePreferences.getState().set({ language: "en" });
  show([VALUE, GONE]);
  expect(screen.getAllByRole("listitem")).toHaveLength(2);
  expect(screen.getByRole("link", { name: "Go on as a flow" }).getAttribute("href")).toBe("/p/etch/flows/yield%202");
});
