/** An operator's spec, as canvas and forms read it. */
export interface SpecPort {
  readonly name: string;
  readonly type: string;
  readonly title?: string;
  readonly required?: boolean;
  readonly many?: boolean;
}

/** Field name -> what it must match, as a JSON Schema. */
export type Conditions = Readonly<Record<string, object>>;

/** A param: JSON Schema 2020-12 with the few words of operator_specs/operator.schema.json. */
export interface SpecField {
  readonly type?: unknown;
  readonly title?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly multipleOf?: number;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly items?: SpecField;
  readonly properties?: Readonly<Record<string, SpecField>>;
  readonly additionalProperties?: SpecField | boolean;
  readonly required?: readonly string[];
  readonly "x-widget"?: string;
  readonly "x-unit"?: string;
  readonly "x-enum-titles"?: Readonly<Record<string, string>>;
  readonly "x-source"?: { readonly input: string; readonly kinds?: readonly string[] };
  readonly "x-values-of"?: string;
  readonly "x-when"?: Conditions | readonly Conditions[];
  readonly "x-required"?: boolean;
}

export interface OperatorSpec {
  readonly id: string;
  readonly version: string;
  readonly category: string;
  readonly icon: string;
  readonly inputs: readonly SpecPort[];
  readonly outputs: readonly (SpecPort & {
    readonly schema?: {
      readonly from?: string;
      readonly rename?: unknown;
      readonly keep?: unknown;
      readonly columns?: readonly { readonly name: string; readonly title?: string }[];
    };
  })[];
  readonly params: { readonly properties: Readonly<Record<string, SpecField>>; readonly required?: readonly string[] };
  readonly ui: readonly { readonly section: string; readonly fields: readonly string[]; readonly advanced?: boolean }[];
  readonly i18n: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly runs?: { readonly engines: readonly string[]; readonly pool?: string };
}

/** Specs by "id@version". */
export type Specs = ReadonlyMap<string, OperatorSpec>;

/** A text of a spec: "$t.key" stands for that key of its texts. */
export function textOf(spec: OperatorSpec, ref: string | undefined, language: string): string {
  if (ref === undefined) return "";
  if (!ref.startsWith("$t.")) return ref;
  const key = ref.slice(3);
  const others = Object.values(spec.i18n).find((texts) => texts[key] !== undefined);
  return spec.i18n[language]?.[key] ?? spec.i18n.en?.[key] ?? others?.[key] ?? key;
}

/** What an operator is called, and what it says of itself. */
export function titleOf(spec: OperatorSpec, language: string): string {
  return textOf(spec, "$t.title", language);
}

export function isOperatorSpec(raw: unknown): raw is OperatorSpec {
  return (
    typeof raw === "object" &&
    raw !== null &&
    "id" in raw &&
    "inputs" in raw &&
    Array.isArray(raw.inputs) &&
    "outputs" in raw &&
    Array.isArray(raw.outputs) &&
    "i18n" in raw
  );
}
