import { useQueries } from "@tanstack/react-query";
import { queries } from "../../api/client";
import { usePreferences } from "../../app/preferences";
import { isOperatorSpec, type OperatorSpec, titleOf } from "../../canvas/model/spec";
import { usePortTitle } from "../../canvas/nodes/usePortTitle";

export interface SpecTexts {
  /** What an operator is called; null: it is not known. */
  title: (operator: string) => string | null;
  port: (operator: string, side: "in" | "out", port: string) => string;
}

/** How the operators of a run call themselves and their ports. Versions never change: each is asked for once. */
export function useSpecTexts(operators: readonly string[]): SpecTexts {
  const language = usePreferences((preferences) => preferences.language);
  const portTitle = usePortTitle();
  // Control flow is no operator of a version.
  const keys = [...new Set(operators)].filter((key) => key.includes("@")).sort();
  const answers = useQueries({
    queries: keys.map((key) =>
      queries.queryOptions(
        "get",
        "/api/v1/operators/{key}",
        { params: { path: { key } } },
        { staleTime: Number.POSITIVE_INFINITY, retry: false },
      ),
    ),
  });
  const specs = new Map<string, OperatorSpec>();
  for (const [index, key] of keys.entries()) {
    const spec = answers[index]?.data?.spec;
    if (isOperatorSpec(spec)) specs.set(key, spec);
  }
  return {
    title: (operator) => {
      const spec = specs.get(operator);
      return spec ? titleOf(spec, language) : null;
    },
    port: (operator, side, port) => {
      const spec = specs.get(operator);
      const found = (side === "in" ? spec?.inputs : spec?.outputs)?.find(({ name }) => name === port);
      return portTitle(spec, found ?? { name: port });
    },
  };
}
