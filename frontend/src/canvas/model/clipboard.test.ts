import { expect, test } from "vitest";
import { clipOf, pasted, readClip, usedParams } from "./clipboard";
import { edgesOf, flow, node } from "./fixtures";
import { freeId } from "./ids";

const source = flow(
  [
    node("read", "source", { params: { text: { $param: "file" } } }),
    node("a", "clean", { position: [260, 0] }),
    node("b", "clean", { position: [520, 0] }),
  ],
  ["read.table>a.table", "a.table>b.table"],
  { params: { file: { type: "string", default: "x.csv" }, other: { type: "integer" } } },
);

test("nodes are copied with the wires between them and the flow params they use", () => {
  const clip = clipOf(source, new Set(["read", "a"]));
  expect(clip.edges).toEqual([{ from: "read.table", to: "a.table" }]);
  expect(Object.keys(clip.params)).toEqual(["file"]);
});

test("pasted into the same flow they get new ids and stand where the pointer is", () => {
  const clip = readClip(JSON.stringify(clipOf(source, new Set(["a", "b"]))));
  if (!clip) throw new Error("not read");
  const [next, ids] = pasted(source, clip, [1000, 500]);
  expect([...ids]).toEqual(["a_2", "b_2"]);
  expect(edgesOf(next)).toContain("a_2.table>b_2.table");
  expect(next.nodes.find(({ id }) => id === "a_2")?.position).toEqual([760, 470]);
});

test("pasted into another flow they bring the params that it lacks, and keep its own", () => {
  const clip = clipOf(source, new Set(["read"]));
  expect(pasted(flow([]), clip, [0, 0])[0].params).toEqual({ file: { type: "string", default: "x.csv" } });
  const own = flow([], [], { params: { file: { type: "string", default: "mine.csv" } } });
  expect(pasted(own, clip, [0, 0])[0].params).toEqual(own.params);
});

test.each(["", "{}", "hello", '{"format": "patchbay/nodes-1"}', '{"format": "patchbay/nodes-1", "nodes": [1]}'])(
  "%j is nothing to paste",
  (text) => {
    expect(readClip(text)).toBeNull();
  },
);

test("params are found however deep", () => {
  expect(usedParams({ a: [{ $param: "x" }], b: { c: { $param: "y" } }, d: "z" })).toEqual(["x", "y"]);
});

test("ids stay valid and unique", () => {
  expect(freeId("fill", new Set(["fill", "fill_2"]))).toBe("fill_3");
  expect(freeId("fill_2", new Set(["fill_2"]))).toBe("fill_3");
  expect(freeId("2 x", new Set())).toBe("x");
  expect(freeId("a".repeat(80), new Set(["a".repeat(64)]))).toHaveLength(64);
});
