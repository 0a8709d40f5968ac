import type { FlowNode, Position } from "./document";
import type { Ports } from "./ports";

/** Sizes of what is drawn, known without measuring it; the style sheets use the same. */
export const NODE_WIDTH = 212;
export const NODE_HEAD = 54;
export const NODE_FOOT = 28;
/** From port to port of one side. */
export const PORT_STEP = 18;
/** Of what is drawn of a port, at whose outer side a wire ends; the area that takes the pointer is larger. */
export const PORT_SIZE = 10;
export const GRID = 10;

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** The height of a node without what it shows of its run. */
export function nodeHeight({ inputs, outputs }: Ports): number {
  return Math.max(NODE_HEAD, Math.max(inputs.length, outputs.length) * PORT_STEP);
}

/** Where the middle of a port is, from the top of its node. */
export function portY(ports: Ports, side: "inputs" | "outputs", index: number): number {
  return nodeHeight(ports) / 2 + (index - (ports[side].length - 1) / 2) * PORT_STEP;
}

export function positionOf(node: FlowNode): Position {
  return node.position ?? [0, 0];
}

export function snapped([x, y]: Position): Position {
  return [Math.round(x / GRID) * GRID, Math.round(y / GRID) * GRID];
}

export function boundsOf(boxes: readonly Box[]): Box | null {
  if (boxes.length === 0) return null;
  const left = Math.min(...boxes.map(({ x }) => x));
  const top = Math.min(...boxes.map(({ y }) => y));
  const right = Math.max(...boxes.map(({ x, width }) => x + width));
  const bottom = Math.max(...boxes.map(({ y, height }) => y + height));
  return { x: left, y: top, width: right - left, height: bottom - top };
}

export function overlap(one: Box, other: Box): boolean {
  return (
    one.x < other.x + other.width &&
    other.x < one.x + one.width &&
    one.y < other.y + other.height &&
    other.y < one.y + one.height
  );
}

/** The nearest place, going down, where a box covers none of the others. */
export function freePlace(wanted: Position, size: { width: number; height: number }, others: readonly Box[]): Position {
  let [x, y] = snapped(wanted);
  for (let tries = 0; tries < 200; tries++) {
    const box = { ...size, x, y };
    const hit = others.find((other) => overlap(box, other));
    if (!hit) break;
    y = Math.ceil((hit.y + hit.height + 20) / GRID) * GRID;
  }
  return [x, y];
}
