import { useCallback } from "react";
import { queries, type Schemas } from "../api/client";
import { usePreferences } from "../app/preferences";
import { isOperatorSpec, textOf } from "../canvas/model/spec";

/** What a column is called at its head. */
export type ColumnTitle = (name: string) => string;

/** The titles that the spec of the operator gives the columns that it makes; other columns are called by their names. */
export function useColumnTitle(maker: Schemas["Maker"] | undefined): ColumnTitle {
  const language = usePreferences((preferences) => preferences.language);
  const { data } = queries.useQuery(
    "get",
    "/api/v1/operators/{key}",
    { params: { path: { key: maker?.operator ?? "" } } },
    { enabled: maker !== undefined, staleTime: Number.POSITIVE_INFINITY, retry: false },
  );
  const spec = data?.spec;
  const port = maker?.port;
  return useCallback(
    (name) => {
      if (!isOperatorSpec(spec)) return name;
      const columns = spec.outputs.find((output) => output.name === port)?.schema?.columns;
      return textOf(spec, columns?.find((column) => column.name === name)?.title, language) || name;
    },
    [spec, port, language],
  );
}
