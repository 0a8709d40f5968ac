import type { TFunction } from "i18next";
import type { Finding } from "./check";
import { findingText, problemText } from "./messages";
import { boundTo, type FieldProblem, type FieldValues } from "./spec";

/** What is wrong, for people. `path`: of the field, "steps.0.q"; within a widget, of what is in it, "0.q" or "". */
export interface Trouble {
  readonly path: string;
  readonly text: string;
  /** `missing`: not filled in yet, which is no mistake. */
  readonly level: "error" | "missing" | "warning";
}

const PREFIX = "params.";

/** What the browser finds itself, and what only the server can; an answer about values that have changed since is old. */
export function troublesOf(
  t: TFunction<"forms">,
  findings: readonly Finding[],
  problems: readonly FieldProblem[],
  values: FieldValues,
): Trouble[] {
  const own = findings.map((finding): Trouble => {
    const level = finding.verdict === "missing" ? "missing" : "error";
    return { path: finding.path, text: findingText(t, finding), level };
  });
  const isFoundHere = (path: string) => findings.some((finding) => touches(finding.path, path));
  const told = problems.flatMap((problem): Trouble[] => {
    if (!problem.field?.startsWith(PREFIX)) return [];
    const path = problem.field.slice(PREFIX.length);
    if (isFoundHere(path) || isOld(problem, path, values)) return [];
    const level = problem.level === "error" ? (problem.code === "missing" ? "missing" : "error") : "warning";
    return [{ path, text: problemText(t, problem), level }];
  });
  return [...own, ...told];
}

function touches(one: string, other: string): boolean {
  return one === other || one.startsWith(`${other}.`) || other.startsWith(`${one}.`);
}

function isOld({ code, value }: FieldProblem, path: string, values: FieldValues): boolean {
  const now = valueAt(values, path.split("."));
  if (boundTo(now) !== null) return false;
  if (code === "missing") return now !== undefined;
  if (code.startsWith("column_")) return typeof now === "string" ? now !== value : !contains(now, value);
  return value !== undefined && now !== undefined && !hasParam(now) && JSON.stringify(now) !== JSON.stringify(value);
}

/** What the server was given instead of a param of the flow is not here to compare. */
function hasParam(value: unknown): boolean {
  return JSON.stringify(value)?.includes('"$param"') ?? false;
}

function contains(value: unknown, name: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return hasParam(value) || Object.values(value).includes(name) || Object.keys(value).some((key) => key === name);
}

function valueAt(value: unknown, path: readonly string[]): unknown {
  const [first, ...rest] = path;
  if (first === undefined || boundTo(value) !== null) return value;
  return typeof value === "object" && value !== null ? valueAt(Reflect.get(value, first), rest) : undefined;
}

/** Those of one field or item, told as seen from it. */
export function within(troubles: readonly Trouble[], name: string): Trouble[] {
  return troubles
    .filter(({ path }) => path === name || path.startsWith(`${name}.`))
    .map((trouble) => ({ ...trouble, path: trouble.path.slice(name.length + 1) }));
}
