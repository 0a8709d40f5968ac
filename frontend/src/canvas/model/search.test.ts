import { expect, test } from "vitest";
import { found } from "./search";

const things = [
  { texts: ["Drop rows with gaps", "clean.drop_missing"] },
  { texts: ["Fill missing values", "clean.fill"] },
  { texts: ["Train a forest", "填补"] },
];

test.each([
  ["", 3, "Drop rows with gaps"],
  ["fill", 1, "Fill missing values"],
  ["missing", 2, "Fill missing values"],
  ["values fill", 1, "Fill missing values"],
  ["flmis", 1, "Fill missing values"],
  ["填", 1, "Train a forest"],
  ["xyz", 0, undefined],
])("%j finds %i", (query, count, first) => {
  const list = found(query, things);
  expect(list).toHaveLength(count);
  expect(list[0]?.texts[0]).toBe(first);
});
