import type { Column, Field, Spec } from "./spec";

/** What every widget is given. `undefined` stands for a value that is not set. */
export interface WidgetProps {
  id: string;
  /** Of the field, for people: also the accessible name where there is no label element. */
  label: string;
  field: Field;
  spec: Spec;
  value: unknown;
  onChange: (value: unknown) => void;
  disabled: boolean;
  isInvalid: boolean;
  /** Propagated columns of an input; null: unknown yet. */
  columns: (input: string) => Column[] | null;
}
