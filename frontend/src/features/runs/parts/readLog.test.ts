import { expect, test } from "vitest";
import { joined, MOST_KEPT, matching, NO_LOG } from "./readLog";

test("parts of a log follow each other", () => {
  const first = joined(NO_LOG, { text: "a\n", next: 2 });
  expect(joined(first, { text: "b\n", next: 4 })).toEqual({ text: "a\nb\n", next: 4, isCut: false });
});

test("colours for terminals are left out", () => {
  const { text } = joined(NO_LOG, { text: "\u001b[36m(worker pid=1)\u001b[0m hello\n", next: 30 });
  expect(text).toBe("(worker pid=1) hello\n");
});

test("of a very long log the end is kept, in whole lines", () => {
  const line = `${"x".repeat(99)}\n`;
  const log = joined(NO_LOG, { text: line.repeat(MOST_KEPT / 50), next: MOST_KEPT * 2 });
  expect(log.isCut).toBe(true);
  expect(log.text.length).toBeLessThanOrEqual(MOST_KEPT);
  expect(log.text.startsWith("x")).toBe(true);
  expect(log.text.length % 100).toBe(0);
});

test("search shows the lines that hold the text", () => {
  expect(matching(["Epoch 1", "loss 0.5", "epoch 2"], "EPOCH")).toEqual(["Epoch 1", "epoch 2"]);
});
