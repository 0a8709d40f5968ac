import { expect, test } from "vitest";
import { curvesOf, NOTHING } from "./curves";
import { type Ask, PAGE, readOn } from "./useCurves";

/** A run that has reported so many numbers, and after which events it was asked. */
function run(count: number): { ask: Ask; asked: number[] } {
  const asked: number[] = [];
  const ask: Ask = async (after) => {
    asked.push(after);
    const items = Array.from({ length: Math.min(PAGE, count - after) }, (_, at) => ({
      seq: after + 1 + at,
      kind: "metric",
      data: { path: "fit", index: "", attempt: 1, name: "loss", value: 1 / (after + 1 + at), step: after + 1 + at },
      at: 0,
    }));
    return { items, next: after + items.length };
  };
  return { ask, asked };
}

const never = () => expect.unreachable();
const TASK = { path: "fit", index: "" };

test("a long run is read page by page, then only what has come since", async () => {
  const before = run(2500);
  const pages: number[] = [];
  const first = await readOn(before.ask, NOTHING, ({ after }) => pages.push(after));
  expect(pages).toEqual([1000, 2000]);
  expect(before.asked).toEqual([0, 1000, 2000]);
  expect(curvesOf(first, TASK)[0]?.x.length).toBe(2500);
  expect(await readOn(before.ask, first, never)).toBe(first);
  const later = run(2502);
  const second = await readOn(later.ask, first, never);
  expect(later.asked).toEqual([2500]);
  expect(curvesOf(second, TASK)[0]?.x.slice(-3)).toEqual([2500, 2501, 2502]);
});

test("a run without numbers has no curves", async () => {
  expect(await readOn(run(0).ask, NOTHING, never)).toBe(NOTHING);
  expect(curvesOf(NOTHING, TASK)).toEqual([]);
});
