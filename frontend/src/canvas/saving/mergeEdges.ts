import { edgeId, type FlowEdge, portRef } from "../model/document";
import type { MergeContext, Side } from "./merge";
import { decided } from "./mergeFields";

interface Sides {
  base: readonly FlowEdge[];
  mine: readonly FlowEdge[];
  theirs: readonly FlowEdge[];
}

interface Around {
  /** Ids of the nodes that there are. */
  known: ReadonlySet<string>;
  revived: ReadonlyMap<string, Side>;
  path: readonly string[];
}

/** Edges that one side made or took away. Two sources for one input, one from each side, are a conflict. */
export function mergeEdges(context: MergeContext, sides: Sides, { known, revived, path }: Around): FlowEdge[] {
  const has = { base: ids(sides.base), mine: ids(sides.mine), theirs: ids(sides.theirs) };
  const all = new Map([...sides.theirs, ...sides.mine].map((edge) => [edgeId(edge), edge]));
  const merged = [...all].filter(([id, edge]) => {
    const ends = [portRef(edge.from).node, portRef(edge.to).node];
    if (!ends.every((end) => known.has(end))) return false;
    const side = ends.map((end) => revived.get(end)).find((found) => found !== undefined);
    if (side) return has[side].has(id);
    return has.mine.has(id) === has.base.has(id) ? has.theirs.has(id) : has.mine.has(id);
  });

  const byPort = new Map<string, FlowEdge[]>();
  for (const [, edge] of merged) byPort.set(edge.to, [...(byPort.get(edge.to) ?? []), edge]);
  return [...byPort].flatMap(([to, edges]) => {
    if (edges.length < 2) return edges;
    const from = { base: sources(sides.base, to), mine: sources(sides.mine, to), theirs: sources(sides.theirs, to) };
    const target = portRef(to);
    const isMany = Object.values(from).some(({ length }) => length > 1) || context.takesMany(target.node, target.port);
    if (isMany) return edges;
    const revivedSide = edges.map((edge) => revived.get(portRef(edge.from).node)).find((side) => side !== undefined);
    const place = { node: [...path, target.node].join("/"), field: `inputs.${target.port}` };
    const chosen = revivedSide
      ? from[revivedSide]
      : decided(context, place, { base: from.base, mine: from.mine, theirs: from.theirs });
    return edges.filter((edge) => chosen.includes(edge.from));
  });
}

function ids(edges: readonly FlowEdge[]): Set<string> {
  return new Set(edges.map(edgeId));
}

function sources(edges: readonly FlowEdge[], to: string): string[] {
  return edges.filter((edge) => edge.to === to).map(({ from }) => from);
}
