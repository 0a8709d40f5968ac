import { api, type Schemas } from "../../api/client";

type Run = Schemas["Run"];

const RUNS = "/api/v1/projects/{project_name}/runs";

export interface Wanted {
  flow: string;
  /** Up to this node; null: the whole flow. */
  node: string | null;
  /** Only among those that ended so. */
  state?: "done" | undefined;
}

/** The latest run of a flow up to a node, however many others the flow has had since; null: there is none. */
export async function latestRun(project_name: string, wanted: Wanted, signal?: AbortSignal): Promise<Run | null> {
  const { flow, node, state } = wanted;
  let cursor: string | undefined;
  do {
    const query = { flow, limit: 100, ...(state && { state }), ...(cursor && { cursor }) };
    const { data } = await api.GET(RUNS, { params: { path: { project_name }, query }, ...(signal && { signal }) });
    const found = data?.items.find((run) => isTo(run, node));
    if (found) return found;
    cursor = data?.next ?? undefined;
  } while (cursor);
  return null;
}

function isTo({ mode }: Run, node: string | null): boolean {
  return node === null ? mode.kind === "all" : mode.kind === "to" && mode.nodes.length === 1 && mode.nodes[0] === node;
}
