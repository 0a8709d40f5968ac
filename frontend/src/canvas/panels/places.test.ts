// @vitest-environment jsdom
import { expect, test } from "vitest";
import type { FlowNode } from "../model/document";
import type { OperatorSpec } from "../model/spec";
import { fieldTitle, type PlaceTexts } from "./places";

const spec: OperatorSpec = {
  id: "a.b",
  version: "1.0.0",
  category: "code",
  icon: "x",
  inputs: [],
  outputs: [],
  params: {
    properties: {
      rules: { title: "$t.rules", items: { properties: { limit: { title: "Limit" }, odd: {} } } },
      box: { title: "Box", properties: { deep: { title: "Deep" } } },
    },
  },
  ui: [],
  i18n: { en: { rules: "Rules" } },
};
const node: FlowNode = { id: "one", operator: "a.b@1.0.0" };
const texts: PlaceTexts = {
  language: "en",
  kind: String,
  setting: String,
  case: String,
  param: (name) => `param ${name}`,
  port: (_, { name }) => name,
  field: () => undefined,
};

test.each([
  ["params.rules", "Rules"],
  ["params.rules.0.limit", "Rules · #1 · Limit"],
  ["params.rules.0.odd", "Rules · #1 · odd"],
  ["params.box.deep", "Box · Deep"],
  ["params.gone.1", "gone · #2"],
])("%s is %s", (field, title) => {
  expect(fieldTitle(node, new Map([["a.b@1.0.0", spec]]), field, texts)).toBe(title);
});
