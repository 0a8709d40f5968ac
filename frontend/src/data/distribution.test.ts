import { expect, test } from "vitest";
import { distributionChart } from "./distribution";

const texts = { rows: "Rows", other: "other", missing: "missing", empty: "(empty text)" };
const asked = { name: "width", type: "float", kind: "number", rows: 3, missing: 0, infinite: 0, other: 0 } as const;

test("rows without a class, and such with an empty one, are named", () => {
  const classes = [
    { value: null, counts: [1] },
    { value: "", counts: [1] },
    { value: "A", counts: [1] },
  ];
  const { series } = distributionChart({ ...asked, counts: [3], edges: [0, 1], values: null, classes }, texts);
  expect(series.map(({ name }) => name)).toEqual(["(missing)", "(empty text)", "A"]);
});
