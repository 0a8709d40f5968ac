import { expect, test } from "vitest";
import { translated } from "./words";

const words = {
  recall: "召回率",
  "Scores by *": "按 * 分解的指标",
  "* by model": "各模型的*",
  "Predicted *": "* 的预测值",
};

test.each([
  ["recall", "召回率"],
  ["Scores by tool", "按 tool 分解的指标"],
  ["recall by model", "各模型的召回率"],
  ["Predicted $& of *", "$& of * 的预测值"],
  ["A #7 · recall", "A #7 · 召回率"],
  ["Predicted ", "Predicted "],
  ["toString", "toString"],
  ["a name of one's own", "a name of one's own"],
])("%s", (text, said) => {
  expect(translated(text, words)).toBe(said);
});
