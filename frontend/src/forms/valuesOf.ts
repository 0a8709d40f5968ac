import { skipToken, useQuery } from "@tanstack/react-query";
import { createContext, useContext } from "react";
import { fetchHistogram, sourceKey, type TableSource } from "../data/source";
import type { WidgetProps } from "./widget";

/** The table that comes to an input, where there is one already; null: nobody knows it yet. */
export type KnownTables = (input: string) => TableSource | null;

const Tables = createContext<KnownTables>(() => null);

/** Around a form: where its fields look up what values a column has. */
export const KnownTablesProvider = Tables.Provider;

/** The most values that are offered. */
const MOST = 50;

export interface ColumnValue {
  value: string;
  rows: number;
}

/** The most frequent values of the column that another field names; none where they are not known. */
export function useValuesOf({ field, spec, column }: WidgetProps): readonly ColumnValue[] {
  const other = spec.params.properties[field["x-values-of"] ?? ""];
  const table = useContext(Tables)(other?.["x-source"]?.input ?? "table");
  const found = useQuery({
    queryKey: ["values", table && sourceKey(table), column],
    queryFn:
      table && typeof column === "string" && column
        ? ({ signal }) => fetchHistogram(table, { column, bins: MOST }, signal)
        : skipToken,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
  return found.data ? valuesIn(found.data) : [];
}

interface Distribution {
  readonly type: string;
  readonly edges: readonly unknown[] | null;
  readonly values: readonly unknown[] | null;
  readonly counts: readonly number[];
}

/** Texts and booleans by value; whole numbers where each has a bin of its own. */
export function valuesIn({ type, edges, values, counts }: Distribution): ColumnValue[] {
  const haveOwnBins = type === "int" && edges?.every((edge, index) => edge === Number(edges[0]) + index);
  const shown = values ?? (haveOwnBins ? edges : null) ?? [];
  return counts
    .map((rows, index) => ({ value: String(shown[index] ?? ""), rows }))
    .filter(({ value, rows }) => value !== "" && rows > 0);
}
