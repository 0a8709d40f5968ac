import { expect, test } from "vitest";
import { hindering } from "./planScope";

const EDGES = [
  { from: "read.table", to: "fill.table" },
  { from: "fill.table", to: "train.table" },
  { from: "train.model", to: "predict.model" },
  { from: "other.table", to: "predict.table" },
];
const problem = (node: string | null, level = "error") => ({ node, level });

test.each([
  ["all", [], "fill", true],
  ["to", ["fill"], "train", false],
  ["to", ["train"], "fill", true],
  ["only", ["train"], "read", true],
  ["only", ["train"], "predict", false],
  ["from", ["train"], "predict", true],
  ["from", ["train"], "other", true],
] as const)("%s %j with an error in %s", (mode, nodes, wrong, isHindered) => {
  expect(hindering([problem(wrong)], EDGES, mode, nodes).length > 0).toBe(isHindered);
});

test("warnings never hinder, errors of the flow always do, errors within a body count for its node", () => {
  expect(hindering([problem("fill", "warning")], EDGES, "all", [])).toEqual([]);
  expect(hindering([problem(null)], EDGES, "to", ["read"])).toHaveLength(1);
  expect(hindering([problem("fill/inner")], EDGES, "to", ["train"])).toHaveLength(1);
});
