import { render, screen } from "@testing-library/react";
import i18next from "i18next";
import { beforeAll, expect, test, vi } from "vitest";
import { type Language, usePreferences } from "../../../app/preferences";
import { startTexts } from "../../../i18n";
import { TaskError } from "./TaskError";

beforeAll(startTexts);

async function reading(language: Language) {
  usePreferences.getState().set({ language });
  await vi.waitFor(() => expect(i18next.language).toBe(language));
}

test("an operator's English stands behind a Chinese sentence", async () => {
  await reading("zh-CN");
  const { unmount } = render(<TaskError error={{ code: "data_invalid", message: "There are 4 rows only." }} />);
  expect(screen.getByText("数据不能直接用于该步骤。")).toBeTruthy();
  expect(screen.getByText("There are 4 rows only.").closest("details")?.open).toBe(false);
  unmount();
  await reading("en");
  render(<TaskError error={{ code: "data_invalid", message: "There are 4 rows only." }} />);
  expect(screen.getByText("There are 4 rows only.").closest("details")).toBeNull();
});
