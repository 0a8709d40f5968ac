import type { FlowDocument, FlowNode } from "./document";
import type { OperatorSpec, SpecPort } from "./spec";

/** Operators and flows of tests: "source", "clean", "learn", "union" and "score" stand for kinds of operators, not for real ones. */
function spec(id: string, inputs: readonly SpecPort[], outputs: readonly SpecPort[]): OperatorSpec {
  return {
    id,
    version: "1.0.0",
    category: "clean",
    icon: "none",
    inputs,
    outputs,
    params: {
      properties: {
        column: { title: "Column", "x-widget": "column", "x-source": { input: "table" } },
        columns: { title: "Columns", "x-widget": "columns", "x-source": { input: "table" } },
        names: { title: "Names", "x-widget": "rename", "x-source": { input: "table" } },
        text: { title: "Text" },
      },
    },
    ui: [{ section: "Basics", fields: ["column", "columns", "names", "text"] }],
    i18n: { en: { title: id }, "zh-CN": { title: id } },
  };
}

const TABLE = { name: "table", type: "table" };

export const SPECS = new Map(
  [
    spec("t.source", [], [TABLE]),
    spec("t.clean", [TABLE], [TABLE, { name: "fitted", type: "transform" }]),
    spec(
      "t.learn",
      [TABLE],
      [
        { name: "model", type: "model" },
        { name: "metrics", type: "metrics" },
      ],
    ),
    spec("t.union", [{ name: "tables", type: "table", many: true }], [TABLE]),
    spec("t.score", [TABLE, { name: "model", type: "model", required: false }], [{ name: "metrics", type: "metrics" }]),
  ].map((one) => [`${one.id}@${one.version}`, one]),
);

export function node(
  id: string,
  kind: "source" | "clean" | "learn" | "union" | "score",
  more: Partial<FlowNode> = {},
): FlowNode {
  return { id, operator: `t.${kind}@1.0.0`, position: [0, 0], ...more };
}

export function flow(
  nodes: readonly FlowNode[],
  edges: readonly string[] = [],
  more: Partial<FlowDocument> = {},
): FlowDocument {
  return {
    format: 1,
    name: "test",
    nodes,
    edges: edges.map((text) => {
      const [from = "", to = ""] = text.split(">");
      return { from, to };
    }),
    ...more,
  };
}

export function edgesOf({ edges }: Pick<FlowDocument, "edges">): string[] {
  return edges.map(({ from, to }) => `${from}>${to}`);
}
