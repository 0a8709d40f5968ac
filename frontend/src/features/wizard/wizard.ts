import type { Schemas } from "../../api/client";
import type { ColumnList } from "../../forms/SchemaForm";
import { isRecord } from "../../forms/spec";
import type { Text } from "../../lib/localize";
import { readText } from "../../lib/readText";

export type Wizard = Schemas["Wizard"];
export type OfferedWizard = Schemas["OfferedWizard"];
export const WIZARD_PATH = "/api/v1/projects/{project_name}/flows/{flow}/wizard";
const VIEWS = ["data", "form", "check", "run", "result"] as const;
export type View = (typeof VIEWS)[number];

export interface Step {
  id: string;
  view: View;
  title: Text;
  help: Text;
  /** Names of the flow's params that the step asks for. */
  params: readonly string[];
  /** The node whose output the step shows; null: the step runs the whole flow. */
  node: string | null;
}

/** The steps of the block `wizard` of a flow document. */
export function stepsOf(wizard: Readonly<Record<string, unknown>>): Step[] {
  const steps = Array.isArray(wizard.steps) ? wizard.steps.filter(isRecord) : [];
  return steps.map((step) => ({
    id: String(step.id),
    view: VIEWS.find((view) => view === step.view) ?? "form",
    title: readText(step.title) ?? String(step.id),
    help: readText(step.help),
    params: Array.isArray(step.params) ? step.params.map(String) : [],
    node: typeof step.node === "string" ? step.node : null,
  }));
}

const KINDS: Readonly<Record<string, string>> = {
  int: "number",
  float: "number",
  string: "text",
  category: "text",
  date: "time",
  datetime: "time",
  bool: "boolean",
};

/** What the picker of a param offers; null: not known yet. */
export function columnsOf({ columns }: Pick<Wizard, "columns">, param: string): ColumnList | null {
  const found = columns[param];
  return found ? found.map(({ name, type }) => ({ name, type, kind: KINDS[type] ?? "other" })) : null;
}

/** The values of a step that somebody gave. */
export function valuesOf({ values }: Pick<Wizard, "values">, params: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    params.filter((name) => values[name] !== undefined && values[name] !== null).map((name) => [name, values[name]]),
  );
}

/** The params of a step that must be given and are not. */
export function missingIn(wizard: Wizard, step: Step): string[] {
  const required = Array.isArray(wizard.form.params.required) ? wizard.form.params.required.map(String) : [];
  return step.params.filter((name) => required.includes(name) && isEmpty(wizard.values[name]));
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === "" || (Array.isArray(value) && value.length === 0);
}

/** The step to begin with: the first one that something is missing in, at the latest the one that runs. */
export function firstOpen(wizard: Wizard, steps: readonly Step[]): string {
  const open = steps.find((step) => step.view === "run" || missingIn(wizard, step).length > 0);
  return open?.id ?? steps[0]?.id ?? "";
}
