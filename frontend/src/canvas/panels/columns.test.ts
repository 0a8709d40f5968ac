import { expect, test } from "vitest";
import type { FlowDocument } from "../model/document";
import type { FlowCheck } from "../store/flowStore";
import { columnsAt } from "./columns";

const DOCUMENT: FlowDocument = {
  format: 1,
  name: "f",
  nodes: [
    { id: "read" },
    { id: "fill" },
    { id: "each", kind: "flow", body: { nodes: [{ id: "only" }], edges: [], inputs: { rows: ["only.table"] } } },
  ],
  edges: [
    { from: "read.table", to: "fill.table" },
    { from: "fill.table", to: "each.rows" },
  ],
};
const table = (...names: string[]) => ({ columns: names.map((name) => ({ name, type: "float" })), open: false });
const CHECK: FlowCheck = {
  document: DOCUMENT,
  problems: [],
  schemas: { read: { table: table("a") }, fill: { table: table("a", "b") } },
};
const names = (path: string[], node: string, input: string, check: FlowCheck | null = CHECK) =>
  columnsAt(DOCUMENT, check, path, node, input)?.map(({ name }) => name) ?? null;

test("the columns of what feeds the input", () => {
  expect(names([], "fill", "table")).toEqual(["a"]);
});

test("within a body, through the body's port", () => {
  expect(names(["each"], "only", "table")).toEqual(["a", "b"]);
});

test("not known: nothing is connected, or nothing was checked", () => {
  expect(names([], "read", "table")).toBeNull();
  expect(names([], "fill", "table", null)).toBeNull();
});
