import { expect, test } from "vitest";
import { curvesOf, NOTHING, type Read, withEvents } from "./curves";
import { settingsIn } from "./settingsIn";

const TASK = { path: "fit", index: "" };
const point = (name: string, step: number | null, value: number, attempt = 1, path = "fit") => ({
  kind: "metric",
  data: { path, index: "", attempt, name, value, step },
});

function curve(read: Read, name = "loss") {
  return curvesOf(read, TASK).find((one) => one.name === name);
}

test("points are added to what is known, which stays as it was", () => {
  const first = withEvents(NOTHING, [point("loss", 1, 0.9), point("loss", 2, 0.8), point("loss", 1, 5, 1, "other")], 3);
  const second = withEvents(first, [point("loss", 3, 0.7)], 4);
  expect(curve(first)?.x).toEqual([1, 2]);
  expect(curve(second)).toEqual({ name: "loss", x: [1, 2, 3], y: [0.9, 0.8, 0.7] });
  expect(second.after).toBe(4);
  expect(NOTHING.tasks.size).toBe(0);
});

test("steps that are done again take the place of the old ones, in all curves", () => {
  const before = [point("loss", 10, 3), point("loss", 20, 2), point("rate", 10, 1), point("rate", 20, 1)];
  const lost = [...before, point("loss", 30, 9), point("rate", 30, 9)];
  const read = withEvents(NOTHING, [...lost, point("loss", 20, 2.1, 2), point("rate", 20, 1.1, 2)], 8);
  expect(curve(read)).toEqual({ name: "loss", x: [10, 20], y: [3, 2.1] });
  expect(curve(read, "rate")).toEqual({ name: "rate", x: [10, 20], y: [1, 1.1] });
});

test("numbers without a step are counted, and a new attempt counts anew", () => {
  const read = withEvents(NOTHING, [point("loss", null, 3), point("loss", null, 2)], 2);
  expect(curve(read)?.x).toEqual([1, 2]);
  const again = withEvents(read, [point("loss", null, 5, 2), point("loss", null, 4, 2)], 4);
  expect(curve(again)).toEqual({ name: "loss", x: [1, 2], y: [5, 4] });
});

test("one point makes no curve", () => {
  expect(curvesOf(withEvents(NOTHING, [point("loss", 1, 3)], 1), TASK)).toEqual([]);
});

test("the settings that a training has logged are found", () => {
  const log = (message: string) => ({ kind: "log", data: { path: "fit", index: "", attempt: 1, message } });
  const json = '{"deepspeed": {"zero_optimization": {"stage": 2}}, "training": {}}';
  const read = withEvents(NOTHING, [log(`Settings: ${json}`), log("It goes on. {not JSON"), log("step 3")], 3);
  expect(read.tasks.get("fit")?.settings).toBe(json);
  expect(settingsIn('the values {"a": 1}')).toBeNull();
});
