import type { Edge } from "@xyflow/react";
import { edgeId, type FlowEdge, portRef } from "../model/document";

export type WireData = {
  readonly edge: FlowEdge;
  /** Path of the node that the wire feeds, as tasks name it; and its own: "per_tool/a.table>b.table". */
  readonly targetPath: string;
  readonly path: string;
  /** The height at which it leads back; null: it is a curve. */
  readonly lane: number | null;
};
export type WireViewEdge = Edge<WireData, "wire">;

/** Makes the canvas's edges; what has not changed is the same object as before. */
export function makeViewEdges() {
  let known = new Map<string, WireViewEdge>();
  return (
    edges: readonly FlowEdge[],
    lanes: ReadonlyMap<string, number>,
    selection: ReadonlySet<string>,
    outer: string,
  ): WireViewEdge[] => {
    const made = edges.map((edge) => {
      const id = edgeId(edge);
      const source = portRef(edge.from);
      const target = portRef(edge.to);
      const targetPath = outer ? `${outer}/${target.node}` : target.node;
      const before = known.get(id);
      const selected = selection.has(id);
      const lane = lanes.get(id) ?? null;
      if (before?.selected === selected && before.data?.targetPath === targetPath && before.data.lane === lane)
        return before;
      return {
        id,
        type: "wire" as const,
        source: source.node,
        sourceHandle: source.port,
        target: target.node,
        targetHandle: target.port,
        selected,
        data: { edge, targetPath, path: outer ? `${outer}/${id}` : id, lane },
        ariaRole: "img" as const,
      };
    });
    known = new Map(made.map((edge) => [edge.id, edge]));
    return made;
  };
}

/** The edge that the canvas reports. */
export function edgeOf(connection: {
  source: string;
  target: string;
  sourceHandle?: string | null;
  targetHandle?: string | null;
}): FlowEdge {
  return {
    from: `${connection.source}.${connection.sourceHandle ?? ""}`,
    to: `${connection.target}.${connection.targetHandle ?? ""}`,
  };
}
