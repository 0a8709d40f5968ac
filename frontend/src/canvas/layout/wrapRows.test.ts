import { expect, test } from "vitest";
import type { Box } from "../model/geometry";
import { wrapRows } from "./wrapRows";

const chain = (length: number, across = 1) => {
  const boxes = new Map<string, Box>();
  for (let x = 0; x < length; x++)
    for (let y = 0; y < across; y++) boxes.set(`${x}_${y}`, { x: x * 260, y: y * 110, width: 212, height: 82 });
  const edges = [...boxes.keys()].flatMap((id) => {
    const [x = 0, y = 0] = id.split("_").map(Number);
    return x + 1 < length ? [{ from: `${id}.table`, to: `${x + 1}_${y}.table` }] : [];
  });
  return { boxes, edges };
};

test("what is short stays in a row", () => {
  const { boxes, edges } = chain(5);
  expect(wrapRows(boxes, edges)).toBe(boxes);
});

test("a long chain is broken into rows of about the same length", () => {
  const { boxes, edges } = chain(9);
  const wrapped = [...wrapRows(boxes, edges).values()];
  expect(new Set(wrapped.map(({ y }) => y)).size).toBe(2);
  expect(wrapped.filter(({ y }) => y === 0)).toHaveLength(5);
  expect(Math.max(...wrapped.map(({ x }) => x))).toBe(4 * 260);
});

test("what many wires go through is not broken there", () => {
  const { boxes, edges } = chain(12, 5);
  expect(wrapRows(boxes, edges)).toBe(boxes);
});
