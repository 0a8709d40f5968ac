import { type FieldValues, type Spec, specText } from "./spec";

export interface ShownSection {
  readonly title: string;
  readonly fields: readonly string[];
  readonly advanced: boolean;
}

/** The sections of the spec; fields that none of them names, and values that the spec does not know, in one more. */
export function sectionsOf(spec: Spec, values: FieldValues, language: string, others: string): ShownSection[] {
  const known = new Set(Object.keys(spec.params.properties));
  const placed = new Set<string>();
  const sections = spec.ui.map((section) => {
    const fields = section.fields.filter((name) => known.has(name) && !placed.has(name));
    for (const name of fields) placed.add(name);
    return { title: specText(spec, section.section, language), fields, advanced: section.advanced ?? false };
  });
  const rest = [...new Set([...known, ...Object.keys(values)])].filter((name) => !placed.has(name));
  return [...sections, { title: others, fields: rest, advanced: false }].filter(({ fields }) => fields.length > 0);
}
