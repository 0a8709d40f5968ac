import { useMemo, useState } from "react";
import { makeViewEdges, type WireViewEdge } from "../edges/viewEdges";
import { BODY_INPUTS, BODY_OUTPUTS, bodyEdges, bodyEnds } from "../model/body";
import type { FlowGraph, Position } from "../model/document";
import { boundsOf, nodeHeight } from "../model/geometry";
import { lanesOf } from "../model/lanes";
import type { Ports, Side } from "../model/ports";
import type { Specs } from "../model/spec";
import { wiringOf } from "../model/wiring";
import { END_WIDTH, type EndViewNode, handlesOf, makeViewNodes, type ViewNode } from "../nodes/viewNodes";
import { useSpecs } from "../store/catalogue";
import { useFlow, useOpenGraph } from "../store/flowStore";
import { useGesture } from "../store/viewStore";
import { boxesOf } from "./boxes";

const GHOST = "ghost:";
const BESIDE = 90;

/** Everything that the canvas draws; what has not changed since the last time is the same object. */
export function useViewGraph(): { nodes: ViewNode[]; edges: WireViewEdge[] } {
  const graph = useOpenGraph();
  const specs = useSpecs();
  const isBody = useFlow(({ bodyPath }) => bodyPath.length > 0);
  const outer = useFlow(({ bodyPath }) => bodyPath.join("/"));
  const selection = useFlow((state) => state.selection);
  const places = useGesture((gesture) => gesture.places);
  const ghosts = useGesture((gesture) => gesture.ghosts);
  const [make] = useState(makeViewNodes);
  const [makeEdges] = useState(makeViewEdges);
  const [draw] = useState(makeDrawn);

  const base = useMemo(() => {
    const nodes: ViewNode[] = make(graph, specs, outer);
    return isBody ? [...nodes, ...endNodes(graph, specs)] : nodes;
  }, [make, graph, specs, outer, isBody]);
  const nodes = useMemo(() => draw(base, selection, places, ghosts), [draw, base, selection, places, ghosts]);
  const lanes = useMemo(() => lanesOf(wiringOf(graph, specs)), [graph, specs]);
  const edges = useMemo(
    () => makeEdges(isBody ? [...graph.edges, ...bodyEdges(graph)] : graph.edges, lanes, selection, outer),
    [makeEdges, graph, lanes, selection, outer, isBody],
  );
  return { nodes, edges };
}

/** The nodes as they are drawn now: selected or not, and where a gesture has taken them. */
function makeDrawn() {
  let before = new Map<string, { base: ViewNode; drawn: ViewNode }>();
  return (
    nodes: readonly ViewNode[],
    selection: ReadonlySet<string>,
    places: ReadonlyMap<string, Position>,
    ghosts: ReadonlySet<string>,
  ): ViewNode[] => {
    const next = new Map<string, { base: ViewNode; drawn: ViewNode }>();
    const drawn = nodes.map((base) => {
      const [x, y] = places.get(base.id) ?? [base.position.x, base.position.y];
      const selected = selection.has(base.id);
      const old = before.get(base.id);
      const isSame =
        old?.base === base &&
        old.drawn.selected === selected &&
        old.drawn.position.x === x &&
        old.drawn.position.y === y;
      const node = isSame ? old.drawn : { ...base, selected, position: { x, y } };
      next.set(base.id, { base, drawn: node });
      return node;
    });
    before = next;
    if (ghosts.size === 0) return drawn;
    const left = nodes
      .filter(({ id }) => ghosts.has(id))
      .map((base) => ({ ...base, id: GHOST + base.id, selectable: false, draggable: false, selected: false }));
    return [...left, ...drawn];
  };
}

/** The body's own inputs at its left, its outputs at its right. */
function endNodes(graph: FlowGraph, specs: Specs): EndViewNode[] {
  const bounds = boundsOf([...boxesOf(graph, specs, 0).values()]) ?? { x: 0, y: 0, width: 240, height: 54 };
  const ends = bodyEnds(graph, specs);
  const end = (id: string, side: Side, ports: Ports, x: number): EndViewNode => {
    const size = { width: END_WIDTH, height: nodeHeight(ports) };
    return {
      id,
      type: "end",
      position: { x, y: bounds.y + bounds.height / 2 - size.height / 2 },
      data: { side, ports },
      ...size,
      measured: size,
      handles: handlesOf(ports, END_WIDTH),
      draggable: false,
      selectable: false,
    };
  };
  return [
    end(BODY_INPUTS, "outputs", ends.inputs, bounds.x - BESIDE - END_WIDTH),
    end(BODY_OUTPUTS, "inputs", ends.outputs, bounds.x + bounds.width + BESIDE),
  ];
}
