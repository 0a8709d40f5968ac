import { expect, test } from "vitest";
import { chosenOf, isPresent, overlaid, progressOf, type Training, titleOf } from "./training";

function training(id: number, more: Partial<Training> = {}): Training {
  return {
    id,
    run_id: id,
    run_state: "running",
    cancel_requested: false,
    flow: "digits",
    revision: 1,
    path: "fit",
    index: "",
    operator: "test.fit@1.0.0",
    title: null,
    state: "running",
    cached: false,
    attempt: 1,
    engine: "deepspeed",
    pool: "train",
    settings: {},
    step: 10,
    steps: 40,
    progress: 0.25,
    message: "",
    metrics: {},
    alarms: [],
    reported_at: 100,
    created_at: 1,
    started_at: 2,
    ended_at: null,
    ...more,
  };
}

test("what runs is shown first, unless the address names another", () => {
  const list = [training(3, { state: "failed" }), training(2), training(1)];
  expect(chosenOf(list, null)?.id).toBe(2);
  expect(chosenOf(list, 1)?.id).toBe(1);
  expect(chosenOf(list, 99)?.id).toBe(2);
  expect(chosenOf([training(3, { state: "failed" })], null)?.id).toBe(3);
  expect(chosenOf([], null)).toBeUndefined();
});

test("the ticked ones are drawn together with the one that is shown", () => {
  const list = [training(3), training(2), training(1)];
  expect(overlaid(list, [1, 99], 3).map(({ id }) => id)).toEqual([3, 1]);
  expect(overlaid(list, [3], 3).map(({ id }) => id)).toEqual([3]);
});

test("a training that stopped early is complete", () => {
  expect(progressOf(training(1, { state: "done" }))).toBe(1);
  expect(progressOf(training(1))).toBe(0.25);
  expect(progressOf(training(1, { progress: null }))).toBe(0);
});

test("a silence that has ended is past, an error stays", () => {
  const warning = (at: number) => ({ code: "warning", message: "no step for 60 s", at });
  expect(isPresent(warning(160), training(1))).toBe(true);
  expect(isPresent(warning(90), training(1))).toBe(false);
  expect(isPresent(warning(160), training(1, { state: "done" }))).toBe(false);
  expect(isPresent({ code: "training_diverged", message: "inf", at: 90 }, training(1, { state: "failed" }))).toBe(true);
});

test("a title is a text, or one per language", () => {
  expect(titleOf(training(1, { title: "Fit" }))).toBe("Fit");
  expect(titleOf(training(1, { title: { en: "Fit", "zh-CN": "训练" } }))).toEqual({ en: "Fit", "zh-CN": "训练" });
  expect(titleOf(training(1, { title: 5 }))).toBeNull();
});
