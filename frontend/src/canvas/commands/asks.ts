import type { FlowGraph } from "../model/document";
import { type FlowState, openGraph } from "../store/flowStore";
import type { CommandContext } from "./command";

/** What commands ask of what is open. */
export const state = ({ store }: CommandContext): FlowState => store.getState();
export const graph = (context: CommandContext): FlowGraph => openGraph(state(context));
export const mayEdit = (context: CommandContext) => !state(context).readOnly;
export const chosen = (context: CommandContext) =>
  graph(context).nodes.filter(({ id }) => state(context).selection.has(id));
export const hasSelection = (context: CommandContext) => state(context).selection.size > 0;
export const canEditSelection = (context: CommandContext) => mayEdit(context) && hasSelection(context);
export const hasNodes = (context: CommandContext) => mayEdit(context) && chosen(context).length > 0;
export const only = (context: CommandContext) => {
  const nodes = chosen(context);
  return nodes.length === 1 ? nodes[0] : undefined;
};
