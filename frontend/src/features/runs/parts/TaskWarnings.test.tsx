import { render, screen } from "@testing-library/react";
import i18next from "i18next";
import { beforeAll, expect, test, vi } from "vitest";
import { usePreferences } from "../../../app/preferences";
import { startTexts } from "../../../i18n";
import { TaskWarnings } from "./TaskWarnings";

beforeAll(startTexts);

const LEFT_OUT = { message: "2 rows are left out.", texts: { en: "2 rows are left out.", "zh-CN": "去掉了 2 行。" } };

test("the first warning is shown, others open at a click, in the page's language where there is one", async () => {
  usePreferences.getState().set({ language: "zh-CN" });
  await vi.waitFor(() => expect(i18next.language).toBe("zh-CN"));
  const task = { warnings: [LEFT_OUT, LEFT_OUT, { message: "did not converge", texts: {} }] };
  render(<TaskWarnings task={task} />);
  expect(screen.getByText("去掉了 2 行。").closest("details")).toBeNull();
  expect(screen.getByText("did not converge").closest("details")?.open).toBe(false);
  expect(screen.getByText("还有 1 条")).toBeTruthy();
});

test("a step without warnings shows nothing", () => {
  const { container } = render(<TaskWarnings task={{ warnings: [] }} />);
  expect(container.innerHTML).toBe("");
});
