import { expect, test } from "vitest";
import { cellText, exactText } from "./cellText";

test.each([
  [3030.93, "number", "3030.93", "number"],
  [2008, "number", "2008", "number"],
  [0.1 + 0.2, "number", "0.3", "number"],
  [0.000001234567, "number", "1.2346e-6", "number"],
  ["1152921504606846976", "number", "1152921504606846976", "number"],
  ["NaN", "number", "NaN", "unusual"],
  ["NaN", "text", "NaN", "text"],
  [null, "number", "", "missing"],
  ["", "text", "", "text"],
  [true, "boolean", "true", "text"],
  ["2008-07-19 11:55:00.000000", "time", "2008-07-19 11:55:00", "text"],
  ["1970-01-01 08:00:00.000000001+08:00", "time", "1970-01-01 08:00:00.000000001+08:00", "text"],
])("%j of kind %s reads %j", (value, kind, text, look) => {
  expect(cellText(value, kind)).toEqual({ text, look });
});

test("what is copied has all its digits", () => {
  expect(exactText(0.1 + 0.2)).toBe("0.30000000000000004");
  expect(exactText(null)).toBe("");
});
