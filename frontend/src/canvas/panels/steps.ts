import type { FlowNode } from "../model/document";
import { withNode } from "../model/edit";
import type { FlowStore } from "../store/flowStore";

/** A change of one node of the open graph as an undo step; changes of one field that follow each other are one step. */
export function changeNode(store: FlowStore, id: string, part: string, recipe: (node: FlowNode) => FlowNode): void {
  const { bodyPath, changeGraph } = store.getState();
  changeGraph("params", (graph) => withNode(graph, id, recipe), `${[...bodyPath, id].join("/")}#${part}`);
}

/** With the field, or without it when there is no value. */
export function withField<Holder extends object, Name extends keyof Holder & string>(
  holder: Holder,
  name: Name,
  value: Holder[Name] | undefined,
): Holder {
  const next = { ...holder, [name]: value };
  if (value === undefined) Reflect.deleteProperty(next, name);
  return next;
}
