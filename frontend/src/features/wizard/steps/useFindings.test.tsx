import { act, renderHook } from "@testing-library/react";
import { expect, it } from "vitest";
import type { FindingData } from "../finding";
import { useFindings } from "./useFindings";

const found = (code: string, ...columns: string[]) => ({ code, columns, severity: "warn", title: code, meaning: code });
const FIRST = [found("leakage", "later"), found("many_values", "later"), found("duplicates"), found("gaps", "heat")];

it("keeps what is not settled in sight while it looks again", () => {
  const { result, rerender } = renderHook(({ revision, json }) => useFindings(revision, json), {
    initialProps: { revision: 3, json: FIRST as unknown },
  });
  const shown = () => result.current.shown.map(({ code }) => code);
  expect(shown()).toEqual(["leakage", "many_values", "duplicates", "gaps"]);

  act(() => result.current.hide(result.current.shown[0] as FindingData));
  rerender({ revision: 4, json: null });
  expect(shown()).toEqual(["duplicates", "gaps"]); // what else is about the column may not hold any more

  act(() => result.current.hide(result.current.shown[0] as FindingData));
  rerender({ revision: 5, json: null });
  expect(shown()).toEqual(["gaps"]);

  rerender({ revision: 5, json: [found("gaps", "heat"), found("skewed", "later")] });
  expect(shown()).toEqual(["gaps", "skewed"]);
});

it("shows again what was undone before the next look", () => {
  const { result, rerender } = renderHook(({ revision, json }) => useFindings(revision, json), {
    initialProps: { revision: 3, json: FIRST as unknown },
  });
  act(() => result.current.hide(result.current.shown[0] as FindingData));
  rerender({ revision: 4, json: null });
  rerender({ revision: 5, json: FIRST });
  expect(result.current.shown).toHaveLength(4);
});

it("shows again what could not be settled", () => {
  const { result } = renderHook(() => useFindings(3, FIRST));
  const [first] = result.current.shown as [FindingData];
  act(() => result.current.hide(first));
  act(() => result.current.showAgain(first));
  expect(result.current.shown).toHaveLength(4);
});
