import { expect, test } from "vitest";
import type { FlowDocument } from "../model/document";
import type { FlowCheck } from "../store/flowStore";
import { formColumns } from "./formColumns";

const DOCUMENT: FlowDocument = {
  format: 1,
  name: "f",
  nodes: [{ id: "read" }, { id: "drop" }, { id: "fit" }, { id: "lonely" }],
  edges: [
    { from: "read.table", to: "drop.table" },
    { from: "drop.table", to: "fit.table" },
  ],
};
const table = (open: boolean, ...names: string[]) => ({
  columns: names.map((name) => ({ name, type: "float" })),
  open,
});
const CHECK: FlowCheck = {
  document: DOCUMENT,
  problems: [],
  schemas: { read: { table: table(false, "a", "b", "target") }, drop: { table: table(true, "target") } },
};

test("behind a step that drops columns by their values, those that came into it are possible", () => {
  const found = formColumns(DOCUMENT, CHECK, [], "fit", "table");
  expect(found?.map(({ name, isPossible = false }) => [name, isPossible])).toEqual([
    ["target", false],
    ["a", true],
    ["b", true],
  ]);
  expect(found?.isOpen).toBe(true);
});

test("a table that is known whole is offered as it is", () => {
  const found = formColumns(DOCUMENT, CHECK, [], "drop", "table");
  expect(found?.map(({ name }) => name)).toEqual(["a", "b", "target"]);
  expect(found?.isOpen).toBe(false);
});

test("nothing is known of what is not connected", () => {
  expect(formColumns(DOCUMENT, CHECK, [], "lonely", "table")).toBeNull();
  expect(formColumns(DOCUMENT, null, [], "fit", "table")).toBeNull();
});
