import { type Field, type Spec, specText } from "./spec";

export interface Option {
  value: string;
  label: string;
}

/** The choices of an enum. Values as JSON, so that 1 and "1" stay two. `titles`: where a list has those of its items. */
export function optionsOf(spec: Spec, field: Field, language: string, titles = field["x-enum-titles"]): Option[] {
  return (field.enum ?? []).map((value) => ({
    value: JSON.stringify(value),
    label: specText(spec, titles?.[String(value)] ?? plainText(value), language),
  }));
}

export function plainText(value: unknown): string {
  if (value === null) return "–";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** Width in letters; Chinese ones are twice as wide. */
export function widthOf(text: string): number {
  return [...text].reduce((sum, letter) => sum + (letter > "\u2e7f" ? 2 : 1), 0);
}
