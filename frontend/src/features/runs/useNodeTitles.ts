import { useMemo } from "react";
import { queries } from "../../api/client";
import { isJson } from "../../data/parts";
import { type Text, useLocalize } from "../../lib/localize";

/** What the nodes of a revision are called; a node without a title is called by its id. */
export function useNodeTitles(project: string, flow: string, revision: number): (path: string) => string {
  const localize = useLocalize();
  const found = queries.useQuery(
    "get",
    "/api/v1/projects/{project_name}/flows/{flow}/revisions/{number}",
    { params: { path: { project_name: project, flow, number: revision } } },
    { staleTime: Number.POSITIVE_INFINITY, retry: false },
  );
  const titles = useMemo(() => {
    const all = new Map<string, Text>();
    collect(found.data?.document, "", all);
    return all;
  }, [found.data]);
  return (path) => localize(titles.get(path)) || path;
}

function collect(document: unknown, prefix: string, into: Map<string, Text>): void {
  if (!isJson(document) || !Array.isArray(document.nodes)) return;
  for (const node of document.nodes) {
    if (!isJson(node) || typeof node.id !== "string") continue;
    const path = prefix + node.id;
    if (isText(node.title)) into.set(path, node.title);
    collect(node.body, `${path}/`, into);
  }
}

function isText(value: unknown): value is Text {
  return typeof value === "string" || (isJson(value) && Object.values(value).every((text) => typeof text === "string"));
}
