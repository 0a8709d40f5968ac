import { expect, test } from "vitest";
import { EMPTY_HISTORY, type History, record, stepBack, stepForth } from "./history";

const step = (value: string) => ({ label: value, value });

test("one step back and forth", () => {
  const history = record<string>(EMPTY_HISTORY, step("a"), 0);
  const back = stepBack(history, "b");
  expect(back?.[0]).toBe("a");
  expect(back && stepForth(back[1], "a")?.[0]).toBe("b");
});

test("typing is one step as long as no second passes", () => {
  let history: History<string> = record<string>(EMPTY_HISTORY, step("a"), 0, "title");
  history = record(history, step("ab"), 900, "title");
  history = record(history, step("abc"), 1800, "title");
  expect(history.past.map(({ value }) => value)).toEqual(["a"]);
  history = record(history, step("abcd"), 4000, "title");
  history = record(history, step("other"), 4100, "other");
  expect(history.past.map(({ value }) => value)).toEqual(["a", "abcd", "other"]);
});

test("a change after undo ends what could be redone", () => {
  const history = record<string>(EMPTY_HISTORY, step("a"), 0);
  const back = stepBack(history, "b");
  expect(back && record(back[1], step("a"), 1).future).toEqual([]);
});

test("after undo nothing joins the step before", () => {
  const history = record<string>(EMPTY_HISTORY, step("a"), 0, "key");
  const back = stepBack(history, "b");
  expect(back && record(back[1], step("a"), 10, "key").past).toHaveLength(1);
});
