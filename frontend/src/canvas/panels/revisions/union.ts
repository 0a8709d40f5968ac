import { edgeId, type FlowDocument, type FlowGraph, type FlowNode } from "../../model/document";

/** `now`, and what was taken away since `old`: both can be seen on one canvas. */
export function union(old: FlowDocument, now: FlowDocument): FlowDocument {
  return unionGraph(old, now);
}

function unionGraph<Graph extends FlowGraph>(old: FlowGraph, now: Graph): Graph {
  const before = new Map(old.nodes.map((node) => [node.id, node]));
  const after = new Set(now.nodes.map(({ id }) => id));
  const gone = old.nodes.filter(({ id }) => !after.has(id));
  const known = new Set(now.edges.map(edgeId));
  const edges = old.edges.filter((edge) => !known.has(edgeId(edge)));
  const nodes = now.nodes.map((node): FlowNode => {
    const earlier = before.get(node.id)?.body;
    return earlier && node.body ? { ...node, body: unionGraph(earlier, node.body) } : node;
  });
  return { ...now, nodes: [...nodes, ...gone], edges: [...now.edges, ...edges] };
}
