import { expect, test } from "vitest";
import { groupsOf, isLoss, unitOf } from "./curveGroups";

const curve = (name: string) => ({ name, x: [1, 2], y: [1, 2] });

test("what means the same stands in one chart, training rows first, and the loss comes first", () => {
  const names = ["memory", "validation_accuracy", "gradient_norm", "validation_loss", "rows_per_second", "loss", "mfu"];
  const groups = groupsOf([...names, "learning_rate", "own_number"].map(curve));
  expect(groups.map(({ name, curves }) => [name, curves.map((each) => each.name)])).toEqual([
    ["loss", ["loss", "validation_loss"]],
    ["accuracy", ["validation_accuracy"]],
    ["learning_rate", ["learning_rate"]],
    ["rows_per_second", ["rows_per_second"]],
    ["memory", ["memory"]],
    ["mfu", ["mfu"]],
    ["gradient_norm", ["gradient_norm"]],
    ["own_number", ["own_number"]],
  ]);
});

test("losses have many names", () => {
  expect(["loss", "validation_loss", "log_loss"].every(isLoss)).toBe(true);
  expect(["lossless", "accuracy"].some(isLoss)).toBe(false);
});

test("bytes and shares have units that fit", () => {
  expect(unitOf("memory", [3 * 1024 ** 3, 5])).toEqual({ label: "GiB", of: 1024 ** 3 });
  expect(unitOf("gpu_memory", [2048])).toEqual({ label: "KiB", of: 1024 });
  expect(unitOf("mfu", [0.4])).toEqual({ label: "%", of: 0.01 });
  expect(unitOf("loss", [])).toEqual({ label: "", of: 1 });
});
