import { type Column, isRecord } from "./spec";

/** The columns that the tables of a spec's examples have, by input: so that pickers have something to show. */
export function exampleColumns(examples: unknown, input: string): Column[] | null {
  const tables = (Array.isArray(examples) ? examples : []).map((example: unknown) => columnsOf(example, input));
  const found = tables.flatMap((table) => (table ? Object.entries(table) : []));
  if (found.length === 0) return null;
  const byName = new Map(found.toReversed().map(([name, values]) => [name, columnOf(name, values)]));
  return [...byName.values()].toReversed();
}

function columnsOf(example: unknown, input: string): Record<string, unknown> | null {
  if (!isRecord(example) || !isRecord(example.inputs)) return null;
  const given = example.inputs[input];
  const table = Array.isArray(given) ? given[0] : given;
  return isRecord(table) && isRecord(table.columns) ? table.columns : null;
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const TIME = /^\d{4}-\d{2}-\d{2}[T ]/;

function columnOf(name: string, values: unknown): Column {
  const one = Array.isArray(values) ? values.find((value) => value !== null) : values;
  if (typeof one === "number") return { name, type: Number.isInteger(one) ? "int" : "float", kind: "number" };
  if (typeof one === "boolean") return { name, type: "bool", kind: "boolean" };
  if (typeof one !== "string") return { name, type: "other", kind: "other" };
  if (TIME.test(one)) return { name, type: "datetime", kind: "time" };
  return DAY.test(one) ? { name, type: "date", kind: "time" } : { name, type: "string", kind: "text" };
}
