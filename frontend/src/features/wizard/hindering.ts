import type { FlowDocument } from "../../canvas/model/document";
import { hindering } from "../../canvas/run/planScope";
import { boundTo } from "../../forms/spec";
import type { Step, Wizard } from "./wizard";

export type Problem = Wizard["problems"][number];

/** The flow's param that a problem is about; null: of the flow as it was built. */
export function paramOf(document: FlowDocument, { node, field }: Problem): string | null {
  const [group = "", name = ""] = field?.split(".") ?? [];
  if (node === null || group !== "params") return null;
  return boundTo(document.nodes.find(({ id }) => id === node)?.params?.[name]);
}

/** Nothing is given yet, which is no mistake. */
export function isMissing({ code, value }: Problem): boolean {
  return code === "flow_param_missing" || (code.startsWith("param_") && (value === "" || code === "param_missing"));
}

/** What keeps a run up to `node` (null: of the whole flow) from starting; of problems with one param the first. */
export function hindrances(document: FlowDocument, problems: readonly Problem[], node: string | null): Problem[] {
  const found = hindering(problems, document.edges, node === null ? "all" : "to", node === null ? [] : [node]);
  const seen = new Set<string>();
  return found.filter((problem) => {
    const param = paramOf(document, problem);
    if (param === null) return true;
    const key = JSON.stringify(isMissing(problem) ? [param] : [param, problem.code, problem.value]);
    return !seen.has(key) && seen.add(key);
  });
}

/** Where somebody settles it: the step that asks for the param; null: nowhere in the wizard. */
export function stepFor(document: FlowDocument, problem: Problem, steps: readonly Step[]): Step | null {
  const param = paramOf(document, problem);
  return steps.find(({ params }) => param !== null && params.includes(param)) ?? null;
}

/** Problems as those of the form's fields, which are called after the flow's params; what several nodes say, once. */
export function ofFields(document: FlowDocument, problems: readonly Problem[]): Problem[] {
  const told = problems.flatMap((problem) => {
    const param = paramOf(document, problem);
    if (param === null || isMissing(problem)) return [];
    const inner = problem.field?.split(".").slice(2) ?? [];
    return [{ ...problem, code: codeOfField(problem), field: ["params", param, ...inner].join(".") }];
  });
  const known = new Map(told.map((problem) => [JSON.stringify([problem.field, problem.code, problem.value]), problem]));
  return [...known.values()];
}

/** A problem's code as forms know it. */
export function codeOfField({ code }: Problem): string {
  return code.replace(/^param_/, "");
}
