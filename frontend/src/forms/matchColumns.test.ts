import { expect, test } from "vitest";
import { matchColumns } from "./matchColumns";

const COLUMNS = [
  { name: "sensor_1", type: "float", kind: "number" },
  { name: "sensor_12", type: "int", kind: "number" },
  { name: "Tool", type: "string", kind: "text" },
  { name: "a.b", type: "date", kind: "time" },
];

test.each([
  [[], "", ["sensor_1", "sensor_12", "Tool", "a.b"]],
  [["number"], "", ["sensor_1", "sensor_12"]],
  [["number", "text"], "o", ["sensor_1", "sensor_12", "Tool"]],
  [[], "sensor_?", ["sensor_1"]],
  [[], "*_1*", ["sensor_1", "sensor_12"]],
  [[], "a.b", ["a.b"]],
  [[], "/^t|2$/", ["sensor_12", "Tool"]],
  [[], "/(/", null],
])("%j %s", (kinds, pattern, expected) => {
  expect(matchColumns(COLUMNS, kinds, pattern)).toEqual(expected);
});
