// @vitest-environment jsdom
import { expect, test } from "vitest";
import { isNewer, paramChanges } from "./upgrade";

test("versions are compared as numbers", () => {
  expect(isNewer("1.10.0", "1.9.9")).toBe(true);
  expect(isNewer("1.0.0", "1.0.0")).toBe(false);
  expect(isNewer("1.2.0", "2.0.0")).toBe(false);
});

test("what an upgrade did to params: renamed, set, dropped", () => {
  const before = { id: "a", params: { margin: 3, twin: 3, gone: "x", kept: [1], same: true } };
  const after = { id: "a", params: { padding: 3, twin: 3, kept: [2], join: 0, same: true } };
  expect(paramChanges(before, after)).toEqual([
    { kind: "renamed", name: "margin", now: "padding", value: 3 },
    { kind: "dropped", name: "gone", now: "gone", value: "x" },
    { kind: "set", name: "kept", now: "kept", value: [2] },
    { kind: "set", name: "join", now: "join", value: 0 },
  ]);
  expect(paramChanges({ id: "a" }, { id: "a" })).toEqual([]);
});
