import { useCallback, useRef } from "react";
import { changed } from "./change";
import type { FieldValues, ObjectField } from "./spec";

/** What is hidden now: kept for when it is shown again. */
export interface Stash {
  current: FieldValues;
}

/**
 * Sets the fields of an object, by a function that stays the same. What is hidden by a change is put aside and comes
 * back with its field; `onChange` never gets it. `kept`: where it is put, if it is to outlive the form.
 */
export function useObject(
  schema: ObjectField,
  values: FieldValues,
  onChange: (name: string, values: Record<string, unknown>) => void,
  kept?: Stash,
): (name: string, value: unknown) => void {
  const own = useRef<FieldValues>({});
  const stash = kept ?? own;
  const latest = useRef({ schema, values, onChange });
  latest.current = { schema, values, onChange };
  return useCallback(
    (name, value) => {
      const { schema: known, values: before, onChange: tell } = latest.current;
      const next = changed(known, before, stash.current, name, value);
      // Two fields that are left at once must both count, though nothing has been drawn between them.
      latest.current.values = next.values;
      stash.current = next.stash;
      tell(name, next.values);
    },
    [stash],
  );
}
