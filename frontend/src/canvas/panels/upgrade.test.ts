// @vitest-environment jsdom
import { expect, test } from "vitest";
import { isNewer } from "./upgrade";

test("versions are compared as numbers", () => {
  expect(isNewer("1.10.0", "1.9.9")).toBe(true);
  expect(isNewer("1.0.0", "1.0.0")).toBe(false);
  expect(isNewer("1.2.0", "2.0.0")).toBe(false);
});
