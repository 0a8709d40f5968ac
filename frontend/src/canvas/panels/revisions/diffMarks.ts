import { createContext, useContext } from "react";
import { edgeId, nodePath } from "../../model/document";
import { changedNodes, type FlowDiff, type PlacedEdge } from "../../saving/diff";

export type Mark = "added" | "removed" | "changed";

/** Paths of nodes and wires and what became of them; nodes around a body in which something differs are changed, too. */
export function marksOf(diff: FlowDiff): ReadonlyMap<string, Mark> {
  const marks = new Map<string, Mark>();
  const around = (path: string) => {
    const parts = path.split("/");
    for (let length = 1; length < parts.length; length++) marks.set(parts.slice(0, length).join("/"), "changed");
  };
  const edges = [...diff.edgesAdded, ...diff.edgesRemoved].flatMap(({ within }) => (within === null ? [] : [within]));
  for (const path of [...changedNodes(diff), ...edges]) {
    around(path);
    marks.set(path, "changed");
  }
  for (const path of diff.added) around(path);
  for (const path of diff.removed) around(path);
  for (const path of diff.added) marks.set(path, "added");
  for (const path of diff.removed) marks.set(path, "removed");
  for (const edge of diff.edgesAdded) marks.set(wirePlace(edge), "added");
  for (const edge of diff.edgesRemoved) marks.set(wirePlace(edge), "removed");
  return marks;
}

const wirePlace = ({ within, ...edge }: PlacedEdge) => nodePath(within === null ? [] : [within], edgeId(edge));

const Context = createContext<ReadonlyMap<string, Mark> | null>(null);
export const DiffMarksProvider = Context.Provider;

/** What became of a node or wire between two revisions that are compared; null: nothing, or nothing is compared. */
export function useDiffMark(path: string): Mark | null {
  return useContext(Context)?.get(path) ?? null;
}
