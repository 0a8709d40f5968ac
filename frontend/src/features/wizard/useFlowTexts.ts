import { queries } from "../../api/client";
import { isRecord } from "../../forms/spec";
import { useLocalize } from "../../lib/localize";
import { readText } from "../../lib/readText";

interface FlowTexts {
  title: string;
  /** What a node is called, by its id. */
  nodeTitle: (node: string) => string;
}

/** What a flow and its nodes are called in its document. */
export function useFlowTexts(project_name: string, flow: string): FlowTexts {
  const localize = useLocalize();
  const found = queries.useQuery("get", "/api/v1/projects/{project_name}/flows/{flow}", {
    params: { path: { project_name, flow } },
  });
  const document: unknown = found.data?.document;
  const nodes: unknown[] = isRecord(document) && Array.isArray(document.nodes) ? document.nodes : [];
  return {
    title: isRecord(document) ? localize(readText(document.title)) : "",
    nodeTitle: (id) => {
      const node = nodes.find((each) => isRecord(each) && each.id === id);
      return (isRecord(node) && localize(readText(node.title))) || id;
    },
  };
}
