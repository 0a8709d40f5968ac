import { expect, test } from "vitest";
import { lastValues } from "./lastValues";

test("the last values become fields, and what is typed goes back into its row", () => {
  const last = lastValues({
    columns: [{ name: "at" }, { name: "load" }],
    rows: [
      ["2024-05-01T07:00:00", 1.5],
      ["2024-05-01T08:00:00.000000", null],
    ],
  });
  expect(last.fields).toEqual([
    { key: "value0", title: "2024-05-01 07:00", value: 1.5 },
    { key: "value1", title: "2024-05-01 08:00", value: null },
  ]);
  expect(last.withChanges({ value1: 9 })).toEqual([
    { at: "2024-05-01T07:00:00", load: 1.5 },
    { at: "2024-05-01T08:00:00.000000", load: 9 },
  ]);
});

test("of several series the first is changed, and named in its rows", () => {
  const last = lastValues({
    columns: [{ name: "tool" }, { name: "at" }, { name: "load" }],
    rows: [
      ["A", 1, 1],
      ["B", 1, 2],
    ],
  });
  expect(last.series).toBe("A");
  expect(last.withChanges({ value0: 5 })).toEqual([{ tool: "A", at: 1, load: 5 }]);
});
