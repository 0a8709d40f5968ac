import { expect, test } from "vitest";
import { thin } from "./thin";

const steps = (count: number) => Array.from({ length: count }, (_, at) => at);

test("a short curve stays as it is", () => {
  expect(thin([1, 2, 3], [5, 4, 6], 10)).toEqual({ x: [1, 2, 3], y: [5, 4, 6] });
});

test("a long curve keeps its ends, its peaks and the order of its steps", () => {
  const y = steps(10_000).map((at) => (at === 4321 ? 99 : at === 7000 ? -99 : Math.sin(at / 50)));
  const drawn = thin(steps(10_000), y, 400);
  expect(drawn.x.length).toBeLessThanOrEqual(400);
  expect(drawn.x.length).toBeGreaterThan(350);
  expect([drawn.x[0], drawn.x.at(-1)]).toEqual([0, 9999]);
  expect(drawn.y[drawn.x.indexOf(4321)]).toBe(99);
  expect(drawn.y[drawn.x.indexOf(7000)]).toBe(-99);
  expect([...drawn.x].sort((a, b) => a - b)).toEqual(drawn.x);
});

test("what is no number is not drawn and hides nothing", () => {
  expect(thin([1, 2, 3], [5, Number.NaN, 6], 10)).toEqual({ x: [1, 3], y: [5, 6] });
  const y = steps(1000).map((at) => (at === 500 ? 7 : Number.NaN));
  expect(thin(steps(1000), y, 20)).toEqual({ x: [500], y: [7] });
});

test("a few points are enough for a flat curve", () => {
  expect(thin(steps(1000), steps(1000).fill(3), 20).y.every((value) => value === 3)).toBe(true);
  expect(thin([], [], 20)).toEqual({ x: [], y: [] });
});
