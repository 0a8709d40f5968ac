import { expect, test } from "vitest";
import { isFlowName, nameFor, retitled, titleOf } from "./flow";

test("a name made of a title keeps letters and numbers of every script", () => {
  expect(nameFor("Yield of line 3 (new)")).toBe("yield-of-line-3-new");
  expect(nameFor("三号线 良率")).toBe("三号线-良率");
  expect(nameFor("…")).toBe("");
});

test("names that the server refuses", () => {
  expect(["a/b", ".", "..", "", "a\u0000"].filter(isFlowName)).toEqual([]);
  expect(isFlowName("yield v2.1")).toBe(true);
});

test("a title per language is changed in one language only", () => {
  expect(retitled({ en: "A", "zh-CN": "甲" }, "B", "en")).toEqual({ en: "B", "zh-CN": "甲" });
  expect(retitled("A", "B", "en")).toBe("B");
});

test("a title that is no text is none", () => {
  expect(titleOf({ title: 5 })).toBeNull();
  expect(titleOf({ title: { en: "A", odd: 3 } })).toEqual({ en: "A" });
});
