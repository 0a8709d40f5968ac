import type { ComponentType } from "react";
import type { ColumnList, Field, Spec } from "./spec";
import type { Trouble } from "./troubles";

/** What every widget is given. `undefined` stands for a value that is not set and has no default. */
export interface WidgetProps {
  id: string;
  /** Of the field, for people: also the accessible name where there is no label element. */
  label: string;
  /** Ids of help and errors, for screen readers. */
  describedBy?: string | undefined;
  field: Field;
  spec: Spec;
  value: unknown;
  onChange: (value: unknown) => void;
  disabled: boolean;
  isInvalid: boolean;
  /** Propagated columns of an input; null: unknown yet. */
  columns: (input: string) => ColumnList | null;
  /** What the field that `x-values-of` names holds. */
  column?: unknown;
  /** What is wrong within the value, by paths from here. */
  troubles: readonly Trouble[];
  /** Within a list or table of fields, where there is little room. */
  isSmall?: boolean;
  /** An empty text is a value like any other. */
  keepsEmpty?: boolean;
}

export interface WidgetKind {
  readonly Widget: ComponentType<WidgetProps>;
  /** Whether the widget can show the value; another one is shown as JSON, to be mended. */
  readonly takes: (value: unknown) => boolean;
  /** It has fields of its own, which show what is wrong with them. */
  readonly nests?: boolean;
  /** Small enough to stand beside its label. */
  readonly isInline?: boolean;
  /** A label element can name it. */
  readonly isLabelled?: boolean;
}
