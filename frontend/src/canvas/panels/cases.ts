import type { BranchCase, FlowGraph } from "../model/document";
import { withNode } from "../model/edit";

/** The cases of a branch anew; wires of ports that are gone go with them. */
export function withCases<Graph extends FlowGraph>(graph: Graph, id: string, cases: readonly BranchCase[]): Graph {
  const ports = new Set(cases.map(({ port }) => `${id}.${port}`));
  const edges = graph.edges.filter(({ from }) => !from.startsWith(`${id}.`) || ports.has(from));
  return withNode({ ...graph, edges }, id, (node) => ({ ...node, cases }));
}

/** The port of a case under another name; its wires follow. */
export function withPortRenamed<Graph extends FlowGraph>(graph: Graph, id: string, old: string, name: string): Graph {
  const edges = graph.edges.map((edge) => (edge.from === `${id}.${old}` ? { ...edge, from: `${id}.${name}` } : edge));
  return withNode({ ...graph, edges }, id, ({ cases = [], ...node }) => ({
    ...node,
    cases: cases.map((one) => (one.port === old ? { ...one, port: name } : one)),
  }));
}

export function freePort(cases: readonly BranchCase[]): string {
  const taken = new Set(cases.map(({ port }) => port));
  let number = cases.length + 1;
  while (taken.has(`case_${number}`)) number++;
  return `case_${number}`;
}
