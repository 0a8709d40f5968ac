import { renderHook } from "@testing-library/react";
import i18next from "i18next";
import { beforeAll, expect, test } from "vitest";
import { startTexts } from "../../../i18n";
import { useWaitText } from "./TaskWhy";

beforeAll(async () => {
  await startTexts();
  await i18next.loadNamespaces(["runs", "pools"]);
});

test("a task that waits for slots says how many", () => {
  const { result } = renderHook(() => useWaitText());
  const details = { pool: "train", position: 3, cpu_milli: 1500, gpu_milli: 0, memory: 0 };
  expect(result.current({ code: "slots", message: "", details })).toBe(
    "Number 3 in pool Training; it waits for 1.5 CPUs more.",
  );
});
