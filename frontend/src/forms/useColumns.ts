import type { Column } from "./spec";
import type { WidgetProps } from "./widget";

interface FieldColumns {
  /** null: not known yet. */
  all: Column[] | null;
  /** Of a kind that the field takes. */
  fitting: Column[] | null;
  /** There may be others: a name that is not among them is no mistake, and can be typed. */
  isOpen: boolean;
}

/** The columns of the input that the field names. */
export function useColumns({ field, columns }: WidgetProps): FieldColumns {
  const all = columns(field["x-source"]?.input ?? "table");
  const kinds = field["x-source"]?.kinds;
  const isOpen = all === null || all.isOpen === true;
  return { all, isOpen, fitting: all && kinds ? all.filter(({ kind }) => kinds.includes(kind)) : all };
}
