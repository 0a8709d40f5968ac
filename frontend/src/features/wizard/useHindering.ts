import { useMemo } from "react";
import { queries } from "../../api/client";
import { type FlowDocument, readDocument } from "../../canvas/model/document";
import { hindrances, type Problem } from "./hindering";
import type { Wizard } from "./wizard";

/** The document of the flow that a wizard shows, once it is the one of which `wizard` tells. */
export function useWizardDocument(project_name: string, flow: string, wizard: Wizard): FlowDocument | null {
  const { data } = queries.useQuery("get", "/api/v1/projects/{project_name}/flows/{flow}", {
    params: { path: { project_name, flow } },
  });
  return useMemo(
    () => (data && data.number >= (wizard.number ?? 0) ? readDocument(data.document) : null),
    [data, wizard.number],
  );
}

/** What keeps a run up to `node` from starting; null: not known yet. */
export function useHindering(
  project: string,
  flow: string,
  wizard: Wizard,
  node: string | null,
): { document: FlowDocument; problems: Problem[] } | null {
  const document = useWizardDocument(project, flow, wizard);
  return useMemo(
    () => document && { document, problems: hindrances(document, wizard.problems, node) },
    [document, wizard.problems, node],
  );
}
