import type { Schemas } from "../../api/client";
import { type FlowCheck, useFlow } from "./flowStore";

export type Problem = Schemas["FlowProblem"];

const NONE: readonly Problem[] = [];
const known = new WeakMap<FlowCheck, ReadonlyMap<string, readonly Problem[]>>();

/** Problems by the path of the node; errors first. A node around a body has those within it, too. */
export function problemsByNode(check: FlowCheck): ReadonlyMap<string, readonly Problem[]> {
  const before = known.get(check);
  if (before) return before;
  const found = new Map<string, Problem[]>();
  const sorted = check.problems.toSorted((left, right) => rank(left) - rank(right));
  for (const problem of sorted) {
    const parts = problem.node?.split("/") ?? [];
    for (let length = 1; length <= parts.length; length++) {
      const path = parts.slice(0, length).join("/");
      found.set(path, [...(found.get(path) ?? []), problem]);
    }
  }
  known.set(check, found);
  return found;
}

function rank({ level }: Problem): number {
  return level === "error" ? 0 : 1;
}

export function useProblemsOf(path: string): readonly Problem[] {
  return useFlow(({ check }) => (check ? problemsByNode(check).get(path) : undefined) ?? NONE);
}
