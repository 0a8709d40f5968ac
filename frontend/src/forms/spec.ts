import type { OperatorSpec, SpecField } from "../canvas/model/spec";

export { textOf as specText } from "../canvas/model/spec";

export type FieldValues = Readonly<Record<string, unknown>>;
/** Field name -> what it must match, as a JSON Schema. */
export type Conditions = Readonly<Record<string, object>>;

/** A param: JSON Schema 2020-12 with the few words of operator_specs/operator.schema.json. */
export interface Field extends SpecField {
  readonly description?: string;
  readonly const?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly multipleOf?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly items?: Field;
  readonly properties?: Readonly<Record<string, Field>>;
  readonly additionalProperties?: Field | boolean;
  readonly required?: readonly string[];
  readonly "x-source"?: { readonly input: string; readonly kinds?: readonly string[] };
  readonly "x-when"?: Conditions | readonly Conditions[];
}

/** Something with fields: the params of an operator, or an item of a list. */
export interface ObjectField {
  readonly properties?: Readonly<Record<string, Field>>;
  readonly required?: readonly string[];
}

export type Spec = OperatorSpec;

/** A column of a table, as the flow's check gives it. */
export interface Column {
  readonly name: string;
  readonly type: string;
  readonly kind: string;
}

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
