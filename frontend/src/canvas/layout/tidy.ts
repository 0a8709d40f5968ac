import type { ELK, ElkNode } from "elkjs/lib/elk-api";
import { type FlowGraph, type Position, portRef } from "../model/document";
import { type Box, GRID, NODE_FOOT, NODE_WIDTH, nodeHeight, portY, positionOf } from "../model/geometry";
import { type Ports, portsOf, type Side } from "../model/ports";
import type { Specs } from "../model/spec";
import { inRows } from "./rows";
import { wrapRows } from "./wrapRows";

let engine: Promise<ELK> | null = null;

/** Loaded when something is tidied up for the first time; it works beside the page, which stays quick meanwhile. */
function elk(): Promise<ELK> {
  engine ??= Promise.all([import("elkjs/lib/elk-api.js"), import("elkjs/lib/elk-worker.min.js?url")]).then(
    ([{ default: Elk }, { default: workerUrl }]) => new Elk({ workerUrl }),
  );
  return engine;
}

const OPTIONS = {
  "elk.algorithm": "layered",
  "elk.direction": "RIGHT",
  "elk.layered.spacing.nodeNodeBetweenLayers": "48",
  "elk.spacing.nodeNode": "24",
  "elk.spacing.componentComponent": "40",
  "elk.layered.nodePlacement.strategy": "NETWORK_SIMPLEX",
  "elk.layered.considerModelOrder.strategy": "NODES_AND_EDGES",
  "elk.layered.crossingMinimization.semiInteractive": "true",
};

/** New places for nodes, so that wires run from left to right, in rows where one would be too long. `ids`: only these; they stay about where they are. */
export async function tidied(
  graph: FlowGraph,
  specs: Specs,
  ids: ReadonlySet<string> | null,
): Promise<Map<string, Position>> {
  const nodes = graph.nodes.filter(({ id }) => !ids || ids.has(id));
  const inside = new Set(nodes.map(({ id }) => id));
  const edges = graph.edges.filter(({ from, to }) => inside.has(portRef(from).node) && inside.has(portRef(to).node));
  const root: ElkNode = {
    id: "root",
    layoutOptions: OPTIONS,
    children: nodes.map((node) => elkNode(node.id, portsOf(node, specs, graph))),
    edges: edges.map(({ from, to }) => ({
      id: `${from}>${to}`,
      sources: [`out:${from}`],
      targets: [`in:${to}`],
    })),
  };
  const laid = await (await elk()).layout(root);
  const boxes = new Map<string, Box>(
    (laid.children ?? []).map(({ id, x = 0, y = 0, width = 0, height = 0 }) => [id, { x, y, width, height }]),
  );
  const rows = inRows(boxes, edges);
  const laidOut = ids ? rows : wrapRows(rows, edges);
  const places = [...laidOut].map(([id, { x, y }]): [string, Position] => [id, [x, y]]);
  const [dx, dy] = anchor(
    nodes.map(positionOf),
    places.map(([, place]) => place),
  );
  const snap = (value: number) => Math.round(value / GRID) * GRID;
  return new Map(places.map(([id, [x, y]]) => [id, [snap(x + dx), snap(y + dy)]]));
}

/** FIXED_POS: without it wires would be planned to leave a node anywhere, and then be drawn behind others. */
function elkNode(id: string, ports: Ports): ElkNode {
  const elkPorts = (side: Side) =>
    ports[side].map((port, index) => ({
      id: `${side === "inputs" ? "in" : "out"}:${id}.${port.name}`,
      x: side === "inputs" ? 0 : NODE_WIDTH,
      y: portY(ports, side, index),
      width: 0,
      height: 0,
    }));
  return {
    id,
    width: NODE_WIDTH,
    height: nodeHeight(ports) + NODE_FOOT,
    ports: [...elkPorts("inputs"), ...elkPorts("outputs")],
    layoutOptions: { "elk.portConstraints": "FIXED_POS" },
  };
}

/** From where the layout begins to where the nodes began. */
function anchor(before: readonly Position[], after: readonly Position[]): Position {
  const least = (places: readonly Position[], axis: 0 | 1) => Math.min(...places.map((place) => place[axis]));
  if (before.length === 0 || after.length === 0) return [0, 0];
  return [least(before, 0) - least(after, 0), least(before, 1) - least(after, 1)];
}
