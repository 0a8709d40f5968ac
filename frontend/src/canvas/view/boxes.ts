import type { FlowGraph } from "../model/document";
import { type Box, NODE_FOOT, NODE_WIDTH, nodeHeight, positionOf } from "../model/geometry";
import { portsOf } from "../model/ports";
import type { Specs } from "../model/spec";

/** Where everything of a graph is. Nodes count with the line that they show of their run, unless `foot` is 0. */
export function boxesOf(graph: FlowGraph, specs: Specs, foot = NODE_FOOT): Map<string, Box> {
  const boxes = new Map<string, Box>();
  for (const node of graph.nodes) {
    const [x, y] = positionOf(node);
    boxes.set(node.id, { x, y, width: NODE_WIDTH, height: nodeHeight(portsOf(node, specs, graph)) + foot });
  }
  for (const { id, position, size } of graph.notes ?? [])
    boxes.set(id, { x: position[0], y: position[1], width: size[0], height: size[1] });
  return boxes;
}
