import { violations, visibleFields } from "./conditions";
import { boundTo, type Field, type FieldValues, isRecord, type ObjectField } from "./spec";

export type Verdict = "missing" | "invalid" | "hidden" | "unknown";

/** What is wrong with a field. `path`: "columns", "steps.0.q". `keyword`, `limit`: what an invalid value breaks. */
export interface Finding {
  readonly path: string;
  readonly verdict: Verdict;
  readonly keyword?: string;
  readonly limit?: unknown;
}

/** Everything that is wrong with values, as the server finds it (operator_specs/vectors); columns are its business. */
export function check(schema: ObjectField, values: FieldValues, above = ""): Finding[] {
  const fields = schema.properties ?? {};
  const visible = visibleFields(schema, values);
  const found: Finding[] = [];
  for (const [name, field] of Object.entries(fields)) {
    const path = above + name;
    const isGiven = Object.hasOwn(values, name);
    if (!visible.has(name)) {
      if (isGiven) found.push({ path, verdict: "hidden" });
    } else if (!isGiven) {
      if (field["x-required"] || schema.required?.includes(name)) found.push({ path, verdict: "missing" });
    } else if (boundTo(values[name]) === null) {
      found.push(...checkValue(field, values[name], path));
    }
  }
  for (const name of Object.keys(values)) {
    if (!Object.hasOwn(fields, name)) found.push({ path: above + name, verdict: "unknown" });
  }
  return found;
}

function checkValue(field: Field, value: unknown, path: string): Finding[] {
  const { items, properties, ...own } = field;
  if (properties && isRecord(value)) {
    return [...checkAlone(own, field, value, path), ...check(field, value, `${path}.`)];
  }
  if (items?.properties && Array.isArray(value)) {
    const inside = value.flatMap((item: unknown, index) => checkValue(items, item, `${path}.${index}`));
    return [...checkAlone(own, field, value, path), ...inside];
  }
  return checkAlone(field, field, value, path);
}

const strippedOf = new WeakMap<object, object>();

/** Against the words of the field itself. The schema is kept with the field, for its validator is costly to make. */
function checkAlone(schema: object, field: Field, value: unknown, path: string): Finding[] {
  const kept = schema === field ? field : (strippedOf.get(field) ?? schema);
  if (schema !== field) strippedOf.set(field, kept);
  // Of a chain of errors the last ones say what is really wrong; the others only lead there.
  const own = violations(plain(kept), value).flatMap(({ keyword, instanceLocation }) => {
    const inside = instanceLocation.slice(2).split("/").filter(Boolean).map(decodeURIComponent);
    const leads = keyword === "items" || keyword === "additionalProperties";
    return leads || isBound(value, inside[0]) ? [] : [{ keyword, inside }];
  });
  return own.slice(0, 1).map(({ keyword, inside }) => {
    const words: Record<string, unknown> = { ...(inside.length > 0 ? (field.items ?? valuesOf(field)) : field) };
    return { path: [path, ...inside].join("."), verdict: "invalid", keyword, limit: words[keyword] };
  });
}

/** What every value of an object must match. */
function valuesOf({ additionalProperties }: Field): Field {
  return typeof additionalProperties === "object" ? additionalProperties : {};
}

/** What comes from a param of the flow is checked with its value, on the server. */
function isBound(value: unknown, key: string | undefined): boolean {
  return key !== undefined && typeof value === "object" && value !== null && boundTo(Reflect.get(value, key)) !== null;
}

const plainOf = new WeakMap<object, object>();

/** Without what is no JSON Schema: `required` of nested objects is checked field by field. */
function plain(schema: object): object {
  const known = plainOf.get(schema);
  if (known) return known;
  const made = Object.fromEntries(
    Object.entries(schema).filter(([word]) => !word.startsWith("x-") && word !== "required"),
  );
  plainOf.set(schema, made);
  return made;
}
