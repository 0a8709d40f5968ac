import { queries } from "../../api/client";
import { isRecord } from "../../forms/spec";
import { useLocalize } from "../../lib/localize";
import { readText } from "./text";

/** What the nodes of a flow are called in its document, by their ids. */
export function useNodeTitles(project_name: string, flow: string): (node: string) => string {
  const localize = useLocalize();
  const found = queries.useQuery("get", "/api/v1/projects/{project_name}/flows/{flow}", {
    params: { path: { project_name, flow } },
  });
  const nodes =
    isRecord(found.data?.document) && Array.isArray(found.data.document.nodes) ? found.data.document.nodes : [];
  return (id) => {
    const node: unknown = nodes.find((each: unknown) => isRecord(each) && each.id === id);
    return (isRecord(node) && localize(readText(node.title))) || id;
  };
}
