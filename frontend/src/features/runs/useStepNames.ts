import { useMemo } from "react";
import { queries } from "../../api/client";
import { isJson } from "../../data/parts";
import { type Text, useLocalize } from "../../lib/localize";
import { importedDataset } from "./parts/flowOfRun";
import { type SpecTexts, useSpecTexts } from "./useSpecTexts";

export interface StepNames {
  /** What the step at a path is called. */
  titleOf: (path: string) => string;
  port: SpecTexts["port"];
}

/**
 * What the steps of a run are called: as their author named them, else as their operators are called; where several
 * would be called alike, with their ids.
 */
export function useStepNames(
  project: string,
  of: { flow: string; revision: number } | undefined,
  tasks: readonly { path: string; operator: string }[],
): StepNames {
  const localize = useLocalize();
  const found = queries.useQuery(
    "get",
    "/api/v1/projects/{project_name}/flows/{flow}/revisions/{number}",
    { params: { path: { project_name: project, flow: of?.flow ?? "", number: of?.revision ?? 0 } } },
    {
      staleTime: Number.POSITIVE_INFINITY,
      retry: false,
      enabled: of !== undefined && importedDataset(of.flow) === null,
    },
  );
  const texts = useSpecTexts(tasks.map(({ operator }) => operator));
  const given = useMemo(() => {
    const all = new Map<string, Text>();
    collect(found.data?.document, "", all);
    return all;
  }, [found.data]);
  const operators = new Map(tasks.map(({ path, operator }) => [path, operator]));
  const named = new Map<string, number>();
  for (const operator of operators.values()) named.set(operator, (named.get(operator) ?? 0) + 1);
  return {
    titleOf(path) {
      const own = localize(given.get(path));
      if (own) return own;
      const operator = operators.get(path);
      const title = operator === undefined ? null : texts.title(operator);
      if (operator === undefined || title === null) return path;
      return (named.get(operator) ?? 0) > 1 ? `${title} · ${path}` : title;
    },
    port: texts.port,
  };
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
