import { expect, test } from "vitest";
import { shareOf } from "./shareOf";

test("a share of a limit, of none, and of nothing at all", () => {
  expect(shareOf(2, 4)).toBe(0.5);
  expect(shareOf(3, 2)).toBeGreaterThan(1);
  expect(shareOf(3, null)).toBe(0);
  expect(shareOf(0, 0)).toBe(0);
  expect(shareOf(1, 0)).toBeGreaterThan(1);
});
