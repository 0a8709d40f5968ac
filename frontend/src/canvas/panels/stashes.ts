import type { Stash } from "../../forms/useObject";
import { type FlowStore, useFlowStore } from "../store/flowStore";

const stashes = new WeakMap<FlowStore, Map<string, Stash>>();

/** What the form of a node has put aside: as long as the flow is open, also while another node is selected. */
export function useStash(path: string): Stash {
  const store = useFlowStore();
  const ofFlow = stashes.get(store) ?? new Map<string, Stash>();
  stashes.set(store, ofFlow);
  const stash = ofFlow.get(path) ?? { current: {} };
  ofFlow.set(path, stash);
  return stash;
}
