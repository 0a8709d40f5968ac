import { expect, test } from "vitest";
import { flow, node, SPECS } from "./fixtures";
import { edgeBehind, wiringOf } from "./wiring";

const behind = (edges: string[], first: string, second: string) =>
  edgeBehind(
    wiringOf(
      flow([node("read", "source"), node("fit", "learn"), node("test", "score"), node("all", "union")], edges),
      SPECS,
    ),
    first,
    second,
  );

test("a step behind another is wired by ports of the same type", () => {
  expect(behind([], "read", "fit")).toEqual({ from: "read.table", to: "fit.table" });
  expect(behind([], "fit", "test")).toEqual({ from: "fit.model", to: "test.model" });
});

test("a second step that it follows takes the next free input", () => {
  expect(behind(["fit.model>test.model"], "read", "test")).toEqual({ from: "read.table", to: "test.table" });
});

test("what cannot be joined is not, but may be converted", () => {
  expect(behind([], "test", "read")).toBeUndefined();
  expect(behind([], "test", "all")).toEqual({ from: "test.metrics", to: "all.tables" });
});
