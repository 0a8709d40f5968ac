import { expect, test } from "vitest";
import { expiring } from "./expiring";

const NOW = 100 * 24 * 3600;
const daysOld = (number: number, days: number, isGone = false) => ({
  number,
  created_at: NOW - days * 24 * 3600,
  expired_at: isGone ? NOW : null,
});
const versions = [daysOld(4, 40), daysOld(3, 50), daysOld(2, 60), daysOld(1, 70, true)];
const none = new Set<number>();

test("the newest stays, however old it is", () => {
  expect(expiring(versions, none, { keep_versions: 1, keep_days: 1 }, NOW)).toEqual([3, 2]);
});

test("as many as are kept, also counting those that are gone", () => {
  expect(expiring(versions, none, { keep_versions: 2, keep_days: null }, NOW)).toEqual([2]);
  expect(expiring(versions, none, { keep_versions: null, keep_days: 55 }, NOW)).toEqual([2]);
  expect(expiring(versions, none, { keep_versions: null, keep_days: null }, NOW)).toEqual([]);
});

test("what a flow pins stays", () => {
  expect(expiring(versions, new Set([3]), { keep_versions: 1, keep_days: null }, NOW)).toEqual([2]);
});
