import type { OperatorSpec } from "../model/spec";
import type { Problem } from "../store/problems";
import type { Column } from "./columns";

export interface NodeFormProps {
  spec: OperatorSpec;
  values: Readonly<Record<string, unknown>>;
  onChange: (field: string, values: Record<string, unknown>) => void;
  columns: (input: string) => Column[] | null;
  problems: readonly Problem[];
  disabled: boolean;
  focusField: string | null;
}

/** The form of an operator, from its spec alone. */
export function NodeForm({ values }: NodeFormProps) {
  return <pre>{JSON.stringify(values, null, 2)}</pre>;
}
