import { type Node, Position } from "@xyflow/react";
import type { FlowNode, FlowNote, Position as Place } from "../model/document";
import { NODE_WIDTH, nodeHeight, PORT_SIZE, portY, positionOf } from "../model/geometry";
import { type Ports, portsOf, type Side } from "../model/ports";
import type { OperatorSpec, Specs } from "../model/spec";

export type StepData = {
  readonly node: FlowNode;
  /** As problems, schemas and tasks name it. */
  readonly path: string;
  readonly ports: Ports;
  readonly spec: OperatorSpec | undefined;
};
export type StepViewNode = Node<StepData, "step">;

export type NoteData = { readonly note: FlowNote };
export type NoteViewNode = Node<NoteData, "note">;

/** The ports of the body that is open, as seen from inside. */
export type EndData = { readonly side: Side; readonly ports: Ports };
export type EndViewNode = Node<EndData, "end">;

export type ViewNode = StepViewNode | NoteViewNode | EndViewNode;

/** Of the two nodes that stand for a body's own ports. */
export const END_WIDTH = 132;

/** Where the ports are is known without measuring: nothing jumps, and 1000 nodes are drawn at once. */
export function handlesOf(ports: Ports, width = NODE_WIDTH): NonNullable<Node["handles"]> {
  const handles = (side: Side) =>
    ports[side].map((port, index) => ({
      id: port.name,
      type: side === "inputs" ? ("target" as const) : ("source" as const),
      position: side === "inputs" ? Position.Left : Position.Right,
      x: (side === "inputs" ? 0 : width) - PORT_SIZE / 2,
      y: portY(ports, side, index) - PORT_SIZE / 2,
      width: PORT_SIZE,
      height: PORT_SIZE,
    }));
  return [...handles("inputs"), ...handles("outputs")];
}

/** Makes the canvas's nodes; what has not changed is the same object as before, so that it is not drawn anew. */
export function makeViewNodes() {
  let steps = new Map<string, StepViewNode>();
  let notes = new Map<string, NoteViewNode>();

  function step(node: FlowNode, path: string, ports: Ports, spec: OperatorSpec | undefined): StepViewNode {
    const before = steps.get(node.id);
    if (before && before.data.node === node && before.data.path === path && isSamePorts(before.data.ports, ports))
      return before;
    const [x, y] = positionOf(node);
    const height = nodeHeight(ports);
    const size = { width: NODE_WIDTH, height };
    return {
      id: node.id,
      type: "step",
      position: { x, y },
      data: { node, path, ports, spec },
      ...size,
      measured: size,
      handles: handlesOf(ports),
    };
  }

  function note(one: FlowNote): NoteViewNode {
    const before = notes.get(one.id);
    if (before && before.data.note === one) return before;
    const size = { width: one.size[0], height: one.size[1] };
    return {
      id: one.id,
      type: "note",
      position: { x: one.position[0], y: one.position[1] },
      data: { note: one },
      ...size,
      measured: size,
      handles: [],
      zIndex: one.kind === "group" ? -2 : -1,
      dragHandle: `.${NOTE_HANDLE}`,
    };
  }

  return (
    graph: { nodes: readonly FlowNode[]; edges: readonly { from: string; to: string }[]; notes?: readonly FlowNote[] },
    specs: Specs,
    outer: string,
  ): (StepViewNode | NoteViewNode)[] => {
    const madeNotes = (graph.notes ?? []).map(note);
    const made = graph.nodes.map((node) =>
      step(node, outer ? `${outer}/${node.id}` : node.id, portsOf(node, specs, graph), specs.get(node.operator ?? "")),
    );
    steps = new Map(made.map((node) => [node.id, node]));
    notes = new Map(madeNotes.map((node) => [node.id, node]));
    return [...madeNotes, ...made];
  };
}

/** The part of a note by which it is moved. */
export const NOTE_HANDLE = "note-handle";

function isSamePorts(left: Ports, right: Ports): boolean {
  if (left === right) return true;
  const isSame = (side: Side) =>
    left[side].length === right[side].length &&
    left[side].every((port, index) => port.name === right[side][index]?.name && port.type === right[side][index]?.type);
  return isSame("inputs") && isSame("outputs");
}

export function placeOf({ position }: ViewNode): Place {
  return [position.x, position.y];
}
