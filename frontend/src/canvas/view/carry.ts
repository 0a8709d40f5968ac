import { edgeId, type FlowEdge, type Position, portRef } from "../model/document";

/** Moves what is on the screen, without React or the canvas library drawing anything anew. */
export interface Carrying {
  to: (by: Position) => void;
  /** Puts everything back where the library has it. */
  end: () => void;
}

/** Takes nodes along, and the wires that run between them; wires that lead elsewhere draw themselves. */
export function startCarrying(canvas: HTMLElement, ids: ReadonlySet<string>, edges: readonly FlowEdge[]): Carrying {
  const elements = carried(canvas, ids, edges);
  const moveTo = (translate: string) => {
    for (const element of elements) element.style.translate = translate;
  };
  return { to: ([x, y]) => moveTo(`${x}px ${y}px`), end: () => moveTo("") };
}

type Drawn = HTMLElement | SVGSVGElement;

function carried(canvas: HTMLElement, ids: ReadonlySet<string>, edges: readonly FlowEdge[]): Drawn[] {
  const nodes = [...canvas.querySelectorAll<HTMLElement>(".react-flow__node")];
  const frame = canvas.querySelectorAll<HTMLElement>(".react-flow__nodesselection-rect");
  if (nodes.every(({ dataset }) => ids.has(dataset.id ?? "")))
    return [...canvas.querySelectorAll<HTMLElement>(".react-flow__nodes, .react-flow__edges"), ...frame];
  const within = edges.filter(({ from, to }) => ids.has(portRef(from).node) && ids.has(portRef(to).node));
  const wires = new Set(within.map(edgeId));
  return [
    ...nodes.filter(({ dataset }) => ids.has(dataset.id ?? "")),
    ...[...canvas.querySelectorAll<SVGGElement>(".react-flow__edge")].flatMap((wire) =>
      wire.ownerSVGElement && wires.has(wire.dataset.id ?? "") ? wire.ownerSVGElement : [],
    ),
    ...frame,
  ];
}
