import { Skeleton } from "antd";
import { Suspense, useMemo } from "react";
import type { FieldProblem, SchemaFormProps } from "../../forms/SchemaForm";
import { lateCode, useLateCode } from "../../lib/lateCode";
import type { Problem } from "../store/problems";

// Loaded with the first form: the canvas is there without it.
const schemaForm = lateCode(async () => (await import("../../forms/SchemaForm")).SchemaForm);

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
  const { code: SchemaForm, failure } = useLateCode(schemaForm);
  const loading = <Skeleton active title={false} paragraph={{ rows: 5 }} />;
  if (!SchemaForm) return failure || loading;
  return (
    <Suspense fallback={loading}>
      <SchemaForm {...others} problems={told} onChange={({ field, values }) => onChange(field, values)} />
    </Suspense>
  );
}
