import { Validator } from "@cfworker/json-schema";
import type { Conditions, Field, FieldValues, ObjectField } from "./spec";

const validators = new WeakMap<object, Validator>();

/** A validator of this very schema, made once. */
export function validatorOf(schema: object): Validator {
  const known = validators.get(schema);
  if (known) return known;
  const made = new Validator(schema, "2020-12", false);
  validators.set(schema, made);
  return made;
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
    const value = name in values ? values[name] : fields[name]?.default;
    return value !== undefined && validatorOf(condition).validate(value).valid;
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
