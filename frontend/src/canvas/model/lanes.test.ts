import { expect, test } from "vitest";
import { flow, node, SPECS } from "./fixtures";
import { cornersOf, lanesOf } from "./lanes";
import { wiringOf } from "./wiring";

const at = (x: number, y: number) => ({ position: [x, y] as const });

test("a wire that leads back runs between the rows, another beside it", () => {
  const graph = flow(
    [
      node("a", "source", at(0, 0)),
      node("b", "clean", at(260, 0)),
      node("c", "clean", at(0, 200)),
      node("d", "clean", at(260, 200)),
    ],
    ["a.table>b.table", "b.table>c.table", "b.fitted>d.table", "c.table>d.table"],
  );
  const lanes = lanesOf(wiringOf(graph, SPECS));
  expect([...lanes.keys()]).toEqual(["b.table>c.table", "b.fitted>d.table"]);
  expect(lanes.get("b.table>c.table")).toBe((82 + 200) / 2);
  expect(lanes.get("b.fitted>d.table")).toBe((82 + 200) / 2 - 8);
});

test("where nodes leave no gap there is no lane", () => {
  const graph = flow(
    [node("a", "source", at(260, 0)), node("b", "clean", at(0, 40)), node("c", "clean", at(0, 90))],
    ["a.table>c.table"],
  );
  expect(lanesOf(wiringOf(graph, SPECS)).size).toBe(0);
});

test("such a wire leaves to the right and comes from the left", () => {
  const corners = cornersOf({ from: { x: 500, y: 10 }, to: { x: 0, y: 200 } }, 100);
  expect(corners.map(({ x, y }) => [x, y])).toEqual([
    [500, 10],
    [524, 10],
    [524, 100],
    [-24, 100],
    [-24, 200],
    [0, 200],
  ]);
});
