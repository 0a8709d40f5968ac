import { visibleFields } from "./conditions";
import type { FieldValues, ObjectField } from "./spec";

export interface Changed {
  values: Record<string, unknown>;
  /** Values of fields that do not exist now; they come back with them. */
  stash: Record<string, unknown>;
}

/** Sets one field (`undefined`: not set any more): what disappears with that is stashed, what appears is taken back. */
export function changed(
  schema: ObjectField,
  values: FieldValues,
  stash: FieldValues,
  name: string,
  value: unknown,
): Changed {
  const kept: Record<string, unknown> = { ...values };
  const aside: Record<string, unknown> = { ...stash };
  if (value === undefined) delete kept[name];
  else kept[name] = value;
  // A field that comes back may bring others with it: until nothing changes.
  for (let again = true; again; ) {
    again = false;
    const visible = visibleFields(schema, kept);
    for (const field of Object.keys(schema.properties ?? {})) {
      if (!visible.has(field) && Object.hasOwn(kept, field)) {
        aside[field] = kept[field];
        delete kept[field];
        again = true;
      } else if (visible.has(field) && !Object.hasOwn(kept, field) && Object.hasOwn(aside, field)) {
        if (field !== name) kept[field] = aside[field];
        delete aside[field];
        again = true;
      }
    }
  }
  return { values: kept, stash: aside };
}
