import { expect, test } from "vitest";
import { curlOf, problemsOf, rowOf, rowsOfText, specOfColumns } from "./tryForm";

const COLUMNS = [
  { name: "width", type: "float" },
  { name: "ok", type: "bool" },
  { name: "day", type: "date" },
  { name: "empty", type: "other" },
];

test("the form has a field for each column that can have a value", () => {
  const { params, ui } = specOfColumns(COLUMNS);
  expect(Object.keys(params.properties ?? {})).toEqual(["width", "ok", "day"]);
  expect(params.properties?.width).toEqual({ type: ["number", "null"], title: "width" });
  expect(ui).toEqual([{ section: "", fields: ["width", "ok", "day"] }]);
});

test("of a wide row the named fields come first, all others are folded, and an example is what is there at first", () => {
  const example = { row: { width: 27.78700065612793, ok: null }, first: ["day", "gone"], most: 2, others: "Others" };
  const { params, ui } = specOfColumns(COLUMNS, example);
  expect(ui).toEqual([
    { section: "", fields: ["day", "width"] },
    { section: "Others", fields: ["ok"], advanced: true },
  ]);
  expect(params.properties.width).toMatchObject({ default: 27.787 });
  expect(params.properties.ok).not.toHaveProperty("default");
});

test("what was not typed is unknown, and only columns are sent", () => {
  expect(rowOf(COLUMNS, { width: 2, day: undefined, more: 1 })).toEqual({
    width: 2,
    ok: null,
    day: null,
    empty: null,
  });
});

test.each([
  ['{"width": 1}', { rows: [{ width: 1 }] }],
  ['[{"width": 1}, {"width": 2}]', { rows: [{ width: 1 }, { width: 2 }] }],
  ['{"rows": [{"width": 1}]}', { rows: [{ width: 1 }] }],
  ['{"row": {"width": 1}}', { rows: [{ width: 1 }] }],
  ["{", { problem: "json" }],
  ["[]", { problem: "shape" }],
  ["[1]", { problem: "shape" }],
])("%s is read as rows, or what is wrong with it", (text, expected) => {
  expect(rowsOfText(text)).toEqual(expected);
});

test("problems are read whatever the server says", () => {
  expect(problemsOf({ problems: [{ row: 1, column: "width", message: "is missing" }, 5] })).toEqual([
    { row: 1, column: "width", message: "is missing" },
  ]);
  expect(problemsOf({})).toEqual([]);
});

test("a shell reads the row as it is, quotes and all", () => {
  expect(curlOf("http://here/p/press", { name: "it's" })).toContain(`-d '{"row":{"name":"it'\\''s"}}'`);
});
