import { expect, test } from "vitest";
import { moved } from "./gridKeys";

const SIZE = { rows: 1000, columns: 50, page: 12 };
const FROM = { row: 20, column: 5 };

test.each([
  ["ArrowUp", false, { row: 19, column: 5 }],
  ["ArrowDown", true, { row: 999, column: 5 }],
  ["PageDown", false, { row: 32, column: 5 }],
  ["PageUp", false, { row: 8, column: 5 }],
  ["Home", false, { row: 20, column: 0 }],
  ["End", true, { row: 999, column: 49 }],
  ["a", false, null],
])("%s (control: %s)", (key, withControl, to) => {
  expect(moved(key, withControl, FROM, SIZE)).toEqual(to);
});

test("the header is above the first row, and nothing is beyond the edges", () => {
  expect(moved("ArrowUp", false, { row: 0, column: 0 }, SIZE)).toEqual({ row: -1, column: 0 });
  expect(moved("ArrowUp", false, { row: -1, column: 0 }, SIZE)).toEqual({ row: -1, column: 0 });
  expect(moved("ArrowLeft", false, { row: 3, column: 0 }, SIZE)).toEqual({ row: 3, column: 0 });
});
