import type { Column } from "./spec";
import type { WidgetProps } from "./widget";

/** The columns of the input that the field names; null: not known yet. `fitting`: those of a kind that it takes. */
export function useColumns({ field, columns }: WidgetProps): { fitting: Column[] | null; all: Column[] | null } {
  const all = columns(field["x-source"]?.input ?? "table");
  const kinds = field["x-source"]?.kinds;
  return { all, fitting: all && kinds ? all.filter(({ kind }) => kinds.includes(kind)) : all };
}
