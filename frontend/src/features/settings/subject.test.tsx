import { cleanup, render, screen } from "@testing-library/react";
import i18next from "i18next";
import { beforeAll, expect, test } from "vitest";
import { usePreferences } from "../../app/preferences";
import { startTexts } from "../../i18n";
import { SUBJECTS, SubjectName } from "./subject";

beforeAll(async () => {
  usePreferences.getState().set({ language: "en" });
  await startTexts();
});

function Names() {
  return (
    <ul>
      {[...SUBJECTS, "family:ours", "operator:ours.table"].map((subject) => (
        <li key={subject}>
          <SubjectName subject={subject} />
        </li>
      ))}
    </ul>
  );
}

const shown = () => screen.getAllByRole("listitem").map(({ textContent }) => textContent);

test("what is restricted has a name in both languages", async () => {
  render(<Names />);
  expect(shown()).toEqual([
    "GPUs gpu",
    "Engine Spark engine:spark",
    "Engine Ray engine:ray",
    "Engine DeepSpeed engine:deepspeed",
    "All operators of the family “Sources” family:source",
    "All operators of the family “Export” family:export",
    "All operators of the family “Models” family:model",
    "All operators of the family “Code” family:code",
    "All operators of the family “ours” family:ours",
    "Operator ours.table operator:ours.table",
  ]);
  cleanup();
  const changed = new Promise((done) => i18next.on("languageChanged", done));
  usePreferences.getState().set({ language: "zh-CN" });
  await changed;
  render(<Names />);
  expect(shown()).toContain("引擎 Ray engine:ray");
  expect(shown()).toContain("“代码”类的所有算子 family:code");
});
