import type { SpecField as Field } from "../canvas/model/spec";

export {
  type Conditions,
  type OperatorSpec as Spec,
  type SpecField as Field,
  textOf as specText,
} from "../canvas/model/spec";

export type FieldValues = Readonly<Record<string, unknown>>;
/** Something with fields: the params of an operator, or an item of a list. */
export interface ObjectField {
  readonly properties?: Readonly<Record<string, Field>>;
  readonly required?: readonly string[];
}

/** What the server says of a field. `field`: "params.steps.0.q". */
export interface FieldProblem {
  readonly field: string | null;
  readonly code: string;
  readonly message: string;
  readonly level: string;
  readonly value?: unknown;
  readonly allowed?: unknown;
  /** What is wrong by language, where the other fields do not say it. */
  readonly texts?: { readonly [language: string]: string } | null;
}

/** A column of a table, as the flow's check gives it. */
export interface Column {
  readonly name: string;
  readonly type: string;
  readonly kind: string;
  /** It may be there: a step before keeps or drops it by its values. */
  readonly isPossible?: boolean;
}

/** `isOpen`: there may be columns that nobody knows before the flow has run. */
export type ColumnList = Column[] & { readonly isOpen?: boolean };

export function typesOf(field: Field): readonly string[] {
  return [field.type].flat().filter((type): type is string => typeof type === "string");
}

/** The name of the flow's param that gives the value, where one does. */
export function boundTo(value: unknown): string | null {
  if (typeof value !== "object" || value === null || !("$param" in value)) return null;
  return typeof value.$param === "string" ? value.$param : null;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value of a field; also of one that is called like something that every object has. */
export function given(values: FieldValues, name: string): unknown {
  return Object.hasOwn(values, name) ? values[name] : undefined;
}

/** Whether null is a value that the field may have. */
export function isNullable(field: Field): boolean {
  return typesOf(field).includes("null") || (field.enum?.includes(null) ?? false);
}

/** What a field gets that is emptied: nothing, so that its default counts; null where that means none at all. */
export function emptied(field: Field): null | undefined {
  return isNullable(field) && field.default !== undefined && field.default !== null ? null : undefined;
}
