import { expect, test } from "vitest";
import { alignment } from "./align";
import { flow, node } from "./fixtures";
import { freePlace, nodeHeight, portY } from "./geometry";
import { insideOf, newGroup, withFramesKept } from "./notes";
import { firstNode, neighbour } from "./traverse";

const box = (x: number, y: number) => ({ x, y, width: 212, height: 82 });

test("a node with many ports is as tall as they need, and they stand about its middle", () => {
  const port = { name: "p", type: "table", required: true, many: false };
  const ports = { inputs: [port], outputs: [port, port, port, port] };
  expect(nodeHeight({ inputs: [port], outputs: [port] })).toBe(54);
  expect(nodeHeight(ports)).toBe(72);
  expect([portY(ports, "inputs", 0), portY(ports, "outputs", 0), portY(ports, "outputs", 3)]).toEqual([36, 9, 63]);
});

test("a new node covers no other", () => {
  expect(freePlace([0, 0], box(0, 0), [box(0, 0), box(0, 110)])).toEqual([0, 220]);
  expect(freePlace([3, 4], box(0, 0), [])).toEqual([0, 0]);
});

test("a dragged node jumps into line with others that are near", () => {
  expect(alignment(box(3, 300), [box(0, 0)], 6)).toEqual({ dx: -3, dy: 0, x: [0], y: [] });
  expect(alignment(box(20, 300), [box(0, 0)], 6)).toMatchObject({ dx: 0, dy: 0, x: [], y: [] });
});

test("Ctrl and the arrows follow wires, else go to what is nearest", () => {
  const graph = flow(
    [
      node("a", "source"),
      node("b", "clean", { position: [300, 200] }),
      node("near", "source", { position: [250, 0] }),
      node("below", "source", { position: [0, 100] }),
    ],
    ["a.table>b.table"],
  );
  expect(neighbour(graph, "a", "right")).toBe("b");
  expect(neighbour(graph, "b", "left")).toBe("a");
  expect(neighbour(graph, "a", "down")).toBe("below");
  expect(neighbour(graph, "a", "up")).toBeNull();
  expect(firstNode(graph)).toBe("a");
});

test("a frame goes with the nodes that it held when they are laid out anew", () => {
  const before = new Map([
    ["a", box(0, 0)],
    ["far", box(900, 0)],
  ]);
  const frame = newGroup(flow([]), [box(0, 0)]);
  const graph = flow([node("a", "source"), node("far", "source")], [], { notes: frame ? [frame] : [] });
  const after = new Map([
    ["a", box(0, 500)],
    ["far", box(0, 0)],
  ]);
  const [moved] = withFramesKept(graph, before, after).notes ?? [];
  expect(moved && insideOf(moved, after)).toEqual(["a"]);
  expect(withFramesKept(graph, before, before).notes).toEqual(graph.notes);
});

test("a frame holds what it was drawn around", () => {
  const boxes = new Map([
    ["a", box(0, 0)],
    ["far", box(900, 0)],
  ]);
  const group = newGroup(flow([]), [box(0, 0)]);
  expect(group && insideOf(group, boxes)).toEqual(["a"]);
});
