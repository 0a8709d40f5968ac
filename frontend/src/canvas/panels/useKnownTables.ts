import { useCallback } from "react";
import { useProjectName } from "../../api/project";
import type { KnownTables } from "../../forms/valuesOf";
import { useRunState } from "../run/runState";
import { useFlow } from "../store/flowStore";
import { sourcesOf } from "./columns";

/** The tables that came to a node's inputs in the run that is shown. */
export function useKnownTables(node: string): KnownTables {
  const project = useProjectName();
  const document = useFlow((flow) => flow.document);
  const bodyPath = useFlow((flow) => flow.bodyPath);
  const groups = useRunState(({ model }) => model?.groups);
  return useCallback(
    (input) => {
      const sources = sourcesOf(document, bodyPath, node, input) ?? [];
      const [source] = sources.length === 1 ? sources : [];
      const id = source && groups?.get(source.path)?.own.at(-1)?.outputs[source.port];
      return id ? { kind: "artifact", project, id } : null;
    },
    [project, document, bodyPath, node, groups],
  );
}
