import { api } from "../../api/client";
import { type FlowNode, readDocument, withGraphAt } from "../model/document";
import { withNode } from "../model/edit";
import { isSame } from "../saving/same";
import type { FlowStore } from "../store/flowStore";
import type { Offered } from "../store/operators";
import { nodeAt } from "./places";

/** The version that is offered and newer than the one that a node pins; null: there is none. */
export function newerVersion(operator: string | undefined, offered: readonly Offered[]): string | null {
  const [id, version] = operator?.split("@") ?? [];
  if (!id || !version) return null;
  const newest = offered.find(({ spec }) => spec.id === id)?.spec.version;
  return newest && isNewer(newest, version) ? newest : null;
}

export function isNewer(version: string, than: string): boolean {
  const [left, right] = [version, than].map((text) => text.split(".").map(Number));
  for (let at = 0; at < 3; at++) {
    const difference = (left?.[at] ?? 0) - (right?.[at] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return false;
}

/** A param that an upgrade calls `now`, sets or drops. */
export interface ParamChange {
  kind: "renamed" | "set" | "dropped";
  name: string;
  now: string;
  value: unknown;
}

/** What an upgrade made of a node's params: a value that is under another name than before was renamed. */
export function paramChanges(before: FlowNode, after: FlowNode): ParamChange[] {
  const [old, now] = [before.params ?? {}, after.params ?? {}];
  const added = new Set(Object.keys(now).filter((name) => !(name in old)));
  const gone = Object.entries(old).filter(([name]) => !(name in now));
  const changes = gone.map(([name, value]): ParamChange => {
    const next = [...added].find((candidate) => isSame(now[candidate], value));
    if (next === undefined) return { kind: "dropped", name, now: name, value };
    added.delete(next);
    return { kind: "renamed", name, now: next, value };
  });
  const isSet = (name: string) => added.has(name) || (name in old && !isSame(old[name], now[name]));
  const set = Object.entries(now).filter(([name]) => isSet(name));
  return [...changes, ...set.map(([name, value]): ParamChange => ({ kind: "set", name, now: name, value }))];
}

/** Has the server bring a node of the saved flow to its operator's newest version; gives the node as it is then. */
export async function upgradeNode(store: FlowStore, path: string): Promise<FlowNode | null> {
  const { project, name } = store.getState();
  const { data } = await api.POST("/api/v1/projects/{project_name}/flows/{flow}/upgrade", {
    params: { path: { project_name: project, flow: name } },
    body: { nodes: [path] },
  });
  const node: FlowNode | undefined = data && nodeAt(readDocument(data.document), path);
  if (!node) return null;
  const outer = path.split("/").slice(0, -1);
  store.getState().change("upgrade", (document) =>
    withGraphAt(document, outer, (graph) => {
      // Where it lies may have been changed since.
      return withNode(graph, node.id, ({ position }) => ({ ...node, ...(position && { position }) }));
    }),
  );
  return node;
}
