import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { FlowDocument } from "../model/document";
import { makeFlowStore } from "../store/flowStore";
import { type Checked, startLiveCheck } from "./liveCheck";

const START: FlowDocument = { format: 1, name: "f", nodes: [], edges: [] };

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** Answers when told to, with the title of what was asked about. */
function start() {
  const asked: { title: unknown; answer: () => void }[] = [];
  const store = makeFlowStore({ project: "p", document: START, version: 1 });
  const ask = ({ title }: FlowDocument) =>
    new Promise<Checked>((resolve) => {
      asked.push({ title, answer: () => resolve({ problems: [], schemas: { [String(title)]: {} } }) });
    });
  const stop = startLiveCheck(store, ask);
  const edit = (title: string) => store.getState().change("edit", (flow) => ({ ...flow, title }));
  const checked = () => Object.keys(store.getState().check?.schemas ?? {})[0];
  const isCurrent = () => store.getState().check?.document === store.getState().document;
  return { asked, edit, checked, isCurrent, stop };
}

test("one question at a time, the last state is asked about in the end", async () => {
  const { asked, edit, checked } = start();
  await vi.advanceTimersByTimeAsync(0);
  expect(asked).toHaveLength(1);
  edit("a");
  edit("b");
  await vi.advanceTimersByTimeAsync(1000);
  expect(asked).toHaveLength(1);
  asked[0]?.answer();
  await vi.advanceTimersByTimeAsync(1000);
  expect(asked.map(({ title }) => title)).toEqual([undefined, "b"]);
  asked[1]?.answer();
  await vi.advanceTimersByTimeAsync(0);
  expect(checked()).toBe("b");
});

test("it is known whether the answer is about what is there now", async () => {
  const { asked, edit, isCurrent } = start();
  await vi.advanceTimersByTimeAsync(0);
  edit("a");
  asked[0]?.answer();
  await vi.advanceTimersByTimeAsync(1000);
  expect(isCurrent()).toBe(false);
  asked[1]?.answer();
  await vi.advanceTimersByTimeAsync(0);
  expect(isCurrent()).toBe(true);
});

test("after the page is left no answer counts", async () => {
  const { asked, checked, stop } = start();
  await vi.advanceTimersByTimeAsync(0);
  stop();
  asked[0]?.answer();
  await vi.advanceTimersByTimeAsync(0);
  expect(checked()).toBeUndefined();
});
