import { expect, test } from "vitest";
import { numberText, parseNumber } from "./numberText";

test.each([
  ["1.5", 1.5],
  ["1,5", 1.5],
  ["0,125", 0.125],
  ["1,000", 1000],
  ["1,234,567", 1234567],
  ["1,234.5", 1234.5],
  ["1.234,5", 1234.5],
  ["10 000", 10000],
  ["-3", -3],
  ["−3", -3],
  ["－３，５", -3.5],
  ["1。5", 1.5],
  [".5", 0.5],
  ["5.", 5],
  ["1e-4", 0.0001],
  ["", null],
  ["  ", null],
  ["-", undefined],
  ["1e", undefined],
  ["1,2,3", undefined],
  ["two", undefined],
  ["1e999", undefined],
  ["9007199254740992", 9007199254740992],
  ["9007199254740993", undefined],
  ["+7", 7],
  ["9007199254740992", 9007199254740992],
  ["9007199254740993", undefined],
  ["+7", 7],
])("%j is %j", (text, number) => {
  expect(parseNumber(text)).toBe(number);
});

test.each([
  [1e21, "1000000000000000000000"],
  [120000000, "120000000"],
  [0.1, "0.1"],
  [1e-7, "1e-7"],
  [-2, "-2"],
])("%d is written %s", (number, text) => {
  expect(numberText(number)).toBe(text);
});
