import { format, type OutputUnit, Validator } from "@cfworker/json-schema";
import type { Conditions, Field, FieldValues, ObjectField } from "./spec";

// Formats are hints, as they are for the server.
for (const name of Object.keys(format)) delete format[name];

const validators = new WeakMap<object, Validator>();

/** What a value breaks of a schema. A pattern that only the server understands is left to it. */
export function violations(schema: object, value: unknown): OutputUnit[] {
  const validator = validators.get(schema) ?? new Validator(schema, "2020-12", false);
  validators.set(schema, validator);
  try {
    return validator.validate(value).errors;
  } catch (error) {
    if (error instanceof SyntaxError) return [];
    throw error;
  }
}

/** Names of the fields that exist for these values. An absent value counts as its default. */
export function visibleFields(schema: ObjectField, values: FieldValues): Set<string> {
  const fields = schema.properties ?? {};
  const known = new Map<string, boolean>();
  const isVisible = (name: string): boolean => {
    const before = known.get(name);
    if (before !== undefined) return before;
    known.set(name, false); // a circle, which no spec that was checked has, is not visible
    const field = fields[name];
    const isThere = field !== undefined && alternatives(field).some((all) => Object.entries(all).every(holds));
    known.set(name, isThere);
    return isThere;
  };
  const holds = ([name, condition]: [string, object]): boolean => {
    if (!isVisible(name)) return false;
    const value = Object.hasOwn(values, name) ? values[name] : fields[name]?.default;
    return value !== undefined && violations(condition, value).length === 0;
  };
  return new Set(Object.keys(fields).filter(isVisible));
}

function alternatives(field: Field): readonly Conditions[] {
  const when = field["x-when"];
  if (when === undefined) return [{}];
  return isList(when) ? when : [when];
}

function isList(when: Conditions | readonly Conditions[]): when is readonly Conditions[] {
  return Array.isArray(when);
}
