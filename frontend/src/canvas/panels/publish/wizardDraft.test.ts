import { expect, test } from "vitest";
import type { FlowDocument } from "../../model/document";
import type { OperatorSpec } from "../../model/spec";
import {
  askedBy,
  firstDraft,
  movedParam,
  problemsOf,
  published,
  unasked,
  withdrawn,
  withNewQuestion,
} from "./wizardDraft";

const spec = (id: string, widget: string, outputs: OperatorSpec["outputs"] = []): OperatorSpec => ({
  id,
  version: "1.0.0",
  category: "",
  icon: "",
  inputs: [],
  outputs,
  params: { properties: { name: { type: "string", "x-widget": widget } } },
  ui: [],
  i18n: {},
});
const SPECS = new Map([
  ["source.dataset@1.0.0", spec("source.dataset", "dataset")],
  ["clean.fill@1.0.0", spec("clean.fill", "text")],
]);
const FLOW: FlowDocument = {
  format: 1,
  name: "press",
  title: "Press",
  params: { how: { type: "string", default: "" }, table: { type: "string" }, spare: { type: "number", default: 1 } },
  nodes: [
    { id: "fill", operator: "clean.fill@1.0.0", params: { name: { $param: "how" } } },
    { id: "read", operator: "source.dataset@1.0.0", params: { name: { $param: "table" } } },
  ],
  edges: [{ from: "read.table", to: "fill.table" }],
};
const FIRST = firstDraft(FLOW, SPECS, "en");
const asks = (draft: typeof FIRST) => draft.questions.map(({ params }) => params);

test("at first a wizard asks for everything, data first, and shows what the last step made", () => {
  expect(asks(FIRST)).toEqual([["table"], ["how", "spare"]]);
  expect(FIRST.result).toBe("fill");
  const { wizard, title } = published(FLOW, FIRST, SPECS);
  expect(title).toEqual({ en: "Press" });
  expect(wizard?.published).toBe(true);
  expect(wizard?.steps.map(({ view }) => view)).toEqual(["data", "form", "run", "result"]);
});

test("params move over the borders of steps, and are asked for in one step or in none", () => {
  expect(asks(movedParam(FIRST, "spare", -1))).toEqual([["table"], ["spare", "how"]]);
  expect(asks(movedParam(FIRST, "how", -1))).toEqual([["table", "how"], ["spare"]]);
  expect(asks(movedParam(FIRST, "spare", 1))).toEqual(asks(FIRST));
  const more = withNewQuestion(FIRST);
  expect(asks(askedBy(more, "how", more.questions[2]?.id ?? ""))).toEqual([["table"], ["spare"], ["how"]]);
  expect(unasked(askedBy(FIRST, "how", null), FLOW)).toEqual(["how"]);
});

test("it is not published without words, nor where a value would never be given", () => {
  expect(problemsOf(FIRST, FLOW)).toEqual([]);
  expect(problemsOf({ ...withNewQuestion(FIRST), title: { en: " " } }, FLOW)).toEqual([
    { code: "title" },
    { code: "questionTitle", number: 3 },
  ]);
  expect(problemsOf(askedBy(FIRST, "table", null), FLOW)).toEqual([{ code: "noValue", param: "table" }]);
});

test("published again it keeps what it was, checks and kind; withdrawn it is the flow alone", () => {
  const check = { id: "check", view: "check", node: "fill", params: ["how"] } as const;
  const wizard = { kind: "category", template: "old", steps: [check, { id: "end", view: "result" }] } as const;
  const again = published({ ...FLOW, wizard }, firstDraft({ ...FLOW, wizard }, SPECS, "en"), SPECS);
  expect(again.wizard).toMatchObject({
    kind: "category",
    published: true,
    steps: [check, { view: "run" }, { id: "end" }],
  });
  expect(again.wizard).not.toHaveProperty("template");
  expect(withdrawn(again)).not.toHaveProperty("wizard");
});
