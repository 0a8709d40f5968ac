import { isRecord } from "../../forms/spec";
import type { Text } from "../../lib/localize";
import { readText } from "../../lib/readText";
import { readList } from "./text";

export const SEVERITIES = ["stop", "warn", "note", "good"] as const;
/** stop: settle it before a model is made; warn: settle it, or know it; note: good to know; good: all is well. */
export type Severity = (typeof SEVERITIES)[number];

/** What a click does about a finding: a step before the check, or values of the flow's params. */
export type FindingFix =
  | { label: Text; node: { operator: string; params: Record<string, unknown> }; params?: undefined }
  | { label: Text; params: Record<string, unknown>; node?: undefined };

/** One thing that an operator found, in its own words. */
export interface FindingData {
  code: string;
  severity: Severity;
  /** The columns that it is about; none: the rows, or the whole table. */
  columns: string[];
  title: Text;
  meaning: Text;
  fix: FindingFix | null;
}

/** Findings as operators write them, worst first; what an unknown plugin got wrong is left out rather than shown wrong. */
export function readFindings(raw: unknown): FindingData[] {
  const found = readList(raw, (item) => ({
    code: String(item.code ?? ""),
    severity: SEVERITIES.find((known) => known === item.severity) ?? "note",
    columns: Array.isArray(item.columns) ? item.columns.map(String) : [],
    title: readText(item.title),
    meaning: readText(item.meaning),
    fix: readFix(item.fix),
  }));
  return found
    .filter(({ title }) => title)
    .sort((left, right) => SEVERITIES.indexOf(left.severity) - SEVERITIES.indexOf(right.severity));
}

function readFix(raw: unknown): FindingFix | null {
  if (!isRecord(raw)) return null;
  const label = readText(raw.label);
  if (isRecord(raw.node) && typeof raw.node.operator === "string")
    return { label, node: { operator: raw.node.operator, params: isRecord(raw.node.params) ? raw.node.params : {} } };
  return isRecord(raw.params) ? { label, params: raw.params } : null;
}
