import { shortened } from "../../forms/numberText";
import type { Spec } from "../../forms/SchemaForm";

export interface Column {
  name: string;
  type: string;
}

/** Types of JSON Schema by type of a column; what had no values in training can only be unknown. */
const FIELDS: { readonly [type: string]: { type: string[]; format?: string } } = {
  int: { type: ["number", "null"] },
  float: { type: ["number", "null"] },
  bool: { type: ["boolean", "null"] },
  string: { type: ["string", "null"] },
  category: { type: ["string", "null"] },
  date: { type: ["string", "null"], format: "date" },
  datetime: { type: ["string", "null"], format: "date-time" },
  duration: { type: ["number", "null"] },
};

/** How a wide row is asked for: from an example, whose values are shown short, of which only so many fields are shown, the named ones first. */
export interface Example {
  row: Readonly<Record<string, unknown>>;
  first: readonly string[];
  most: number;
  /** What the fold with all other fields is called. */
  others: string;
}

/** A form for one row, made as the forms of operators are: from a spec, here of the model's input schema. */
export function specOfColumns(columns: readonly Column[], example?: Example): Spec {
  const known = columns.flatMap(({ name, type }) => {
    const field = FIELDS[type];
    const usual = shortened(example?.row[name]);
    return field ? [[name, { ...field, title: name, ...(usual != null && { default: usual }) }] as const] : [];
  });
  return {
    id: "input",
    version: "1",
    category: "apply",
    icon: "",
    inputs: [],
    outputs: [],
    params: { properties: Object.fromEntries(known) },
    ui: sections(
      known.map(([name]) => name),
      example,
    ),
    i18n: {},
  };
}

function sections(names: readonly string[], example?: Example): Spec["ui"] {
  if (!example || names.length <= example.most) return [{ section: "", fields: names }];
  const named = example.first.filter((name) => names.includes(name));
  const first = [...named, ...names.filter((name) => !named.includes(name))].slice(0, example.most);
  const rest = names.filter((name) => !first.includes(name));
  return [
    { section: "", fields: first },
    { section: example.others, fields: rest, advanced: true },
  ];
}

/** What the endpoint is asked: a value for each column, null where none was typed. */
export function rowOf(columns: readonly Column[], values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    columns.map(({ name }) => [name, Object.hasOwn(values, name) ? (values[name] ?? null) : null]),
  );
}

export type Asked = { rows: Record<string, unknown>[] } | { problem: "json" | "shape" };

/** Rows that were typed or pasted as JSON: one object, a list of them, or a request as programs send it. */
export function rowsOfText(text: string): Asked {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { problem: "json" };
  }
  if (isObject(value) && Array.isArray(value.rows)) value = value.rows;
  if (isObject(value) && isObject(value.row)) value = value.row;
  const rows = Array.isArray(value) ? value : [value];
  return rows.length > 0 && rows.every(isObject) ? { rows } : { problem: "shape" };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export interface RowProblem {
  row: number;
  column: string | null;
  message: string;
}

/** What the server said about rows, by column. */
export function problemsOf(details: Readonly<Record<string, unknown>>): RowProblem[] {
  const all = Array.isArray(details.problems) ? details.problems : [];
  return all.filter(isObject).map(({ row, column, message }) => ({
    row: Number(row),
    column: typeof column === "string" ? column : null,
    message: String(message),
  }));
}

/** How a program asks the endpoint, to be copied into a shell. */
export function curlOf(url: string, row: Readonly<Record<string, unknown>>): string {
  const body = JSON.stringify({ row }).replaceAll("'", "'\\''");
  return [
    `curl ${url}/predict`,
    `-H "Authorization: Bearer $KEY"`,
    `-H "Content-Type: application/json"`,
    `-d '${body}'`,
  ].join(" \\\n  ");
}
