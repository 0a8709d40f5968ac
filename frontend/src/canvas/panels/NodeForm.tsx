import { useMemo } from "react";
import { type FieldProblem, SchemaForm, type SchemaFormProps } from "../../forms/SchemaForm";
import type { Problem } from "../store/problems";

interface NodeFormProps extends Omit<SchemaFormProps, "problems" | "onChange"> {
  problems: readonly Problem[];
  onChange: (field: string, values: Record<string, unknown>) => void;
}

/** The form of an operator in the inspector. A check of a flow writes "param_" before what a check of params says. */
export function NodeForm({ problems, onChange, ...others }: NodeFormProps) {
  const told = useMemo<FieldProblem[]>(
    () => problems.map((problem) => ({ ...problem, code: problem.code.replace(/^param_/, "") })),
    [problems],
  );
  return <SchemaForm {...others} problems={told} onChange={({ field, values }) => onChange(field, values)} />;
}
