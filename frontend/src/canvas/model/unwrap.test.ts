import { expect, test } from "vitest";
import { edgesOf, flow, node } from "./fixtures";
import { unwrapped } from "./unwrap";
import { wrapped } from "./wrap";

const CHAIN = flow(
  [
    node("read", "source"),
    node("fill", "clean", { position: [260, 0], params: { text: { $param: "word" } } }),
    node("fit", "learn", { position: [520, 0] }),
    node("test", "score", { position: [780, 0] }),
  ],
  ["read.table>fill.table", "fill.table>fit.table", "fit.model>test.model", "fill.table>test.table"],
  { params: { word: { type: "string", default: "x" } } },
);

test("what was made a sub-flow is as it was when it is unpacked", () => {
  const made = wrapped(CHAIN, new Set(["fill", "fit"]), "flow");
  const back = made && unwrapped(made.graph, made.id);
  expect(back && edgesOf(back.graph).toSorted()).toEqual(edgesOf(CHAIN).toSorted());
  expect(back?.graph.nodes.find(({ id }) => id === "fill")).toEqual(CHAIN.nodes[1]);
  expect([...(back?.ids ?? [])]).toEqual(["fill", "fit"]);
});

test("ids that are taken outside get others, values are filled in, params without one become the flow's", () => {
  const inner = node("read", "clean", { params: { text: { $param: "word" }, columns: [{ $param: "gone" }] } });
  const graph = flow(
    [
      node("read", "source"),
      {
        id: "sub",
        kind: "flow",
        position: [260, 0],
        params: { word: "y" },
        body: {
          params: { word: { type: "string" }, gone: { type: "string" } },
          nodes: [inner],
          edges: [],
          inputs: { table: ["read.table"] },
          outputs: { table: "read.table" },
        },
      },
      node("fit", "learn"),
    ],
    ["read.table>sub.table", "sub.table>fit.table"],
  );
  const back = unwrapped(graph, "sub");
  expect(back && edgesOf(back.graph)).toEqual(["read.table>read_2.table", "read_2.table>fit.table"]);
  expect(back?.graph.nodes.at(-1)).toMatchObject({
    id: "read_2",
    position: [260, 0],
    params: { text: "y", columns: [{ $param: "gone" }] },
  });
  expect(back?.graph.params).toEqual({ gone: { type: "string" } });
});

test("only sub-flows can be unpacked", () => {
  expect(unwrapped(CHAIN, "fill")).toBeNull();
});
