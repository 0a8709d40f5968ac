import { type Field, isRecord, typesOf } from "./spec";
import type { WidgetKind, WidgetProps } from "./widget";
import { CodeWidget } from "./widgets/CodeWidget";
import { ColumnsWidget } from "./widgets/ColumnsWidget";
import { ColumnWidget } from "./widgets/ColumnWidget";
import { DateTimeWidget, DateWidget, isDate, isTime } from "./widgets/DateWidgets";
import { EnumWidget } from "./widgets/EnumWidget";
import { FileWidget } from "./widgets/FileWidget";
import { ItemsWidget } from "./widgets/ItemsWidget";
import { JsonWidget } from "./widgets/JsonWidget";
import { ListWidget } from "./widgets/ListWidget";
import { ModelOperatorWidget } from "./widgets/ModelOperatorWidget";
import { NumberWidget, rangeOf, SliderWidget } from "./widgets/NumberWidgets";
import { ObjectWidget } from "./widgets/ObjectWidget";
import { KeyValueWidget, RenameWidget } from "./widgets/PairWidgets";
import { PresetsWidget } from "./widgets/PresetsWidget";
import { DatasetWidget, SecretWidget } from "./widgets/ServerWidgets";
import { SwitchWidget } from "./widgets/SwitchWidget";
import { PasswordWidget, TextAreaWidget, TextWidget } from "./widgets/TextWidgets";
import { UnionWidget } from "./widgets/UnionWidget";
import { ValueWidget } from "./widgets/ValueWidget";

const isText = (value: unknown) => typeof value === "string" || value === null;
const isNumber = (value: unknown) => typeof value === "number" || value === null;
const isScalar = (value: unknown) => typeof value !== "object" || value === null;
/** Also what comes from a param of the flow; two that look alike could not be told apart. */
const isItem = (item: unknown) => (isScalar(item) && item !== null) || (isRecord(item) && "$param" in item);
const isList = (value: unknown) => Array.isArray(value) && value.every(isItem) && !hasTwins(value);
const isPairs = (value: unknown) => isRecord(value) && !("$param" in value);
const hasTwins = (items: readonly unknown[]) => new Set(items.map((item) => JSON.stringify(item))).size < items.length;

const kind = (
  Widget: WidgetKind["Widget"],
  takes: WidgetKind["takes"],
  more: Partial<WidgetKind> = {},
): WidgetKind => ({
  Widget,
  takes,
  ...more,
});

const JSON_KIND = kind(JsonWidget, () => true);
const TEXT = kind(TextWidget, isText);
const NUMBER = kind(NumberWidget, isNumber);
const PRESETS = kind(PresetsWidget, isNumber);
const SLIDER = kind(SliderWidget, isNumber);
const SWITCH = kind(SwitchWidget, (value) => typeof value === "boolean", { isInline: true });
const CHOICE = kind(EnumWidget, () => true);
const LIST = kind(ListWidget, isList);
const ITEMS = kind(ItemsWidget, Array.isArray, { nests: true });
const OBJECT = kind(ObjectWidget, isPairs, { nests: true });
const PAIRS = kind(KeyValueWidget, isPairs);
const UNION = kind(UnionWidget, isScalar);
const CODE = kind(CodeWidget, isText);

/** Kinds by the names that specs use, with the type that the field must have for it. */
const NAMED: Readonly<Record<string, { kind: WidgetKind; type: string }>> = {
  code: { kind: CODE, type: "string" },
  column: { kind: kind(ColumnWidget, isText), type: "string" },
  columns: { kind: kind(ColumnsWidget, isList), type: "array" },
  dataset: { kind: kind(DatasetWidget, isText), type: "string" },
  date: { kind: kind(DateWidget, isDate), type: "string" },
  datetime: { kind: kind(DateTimeWidget, isTime), type: "string" },
  expression: { kind: CODE, type: "string" },
  file: { kind: kind(FileWidget, isText), type: "string" },
  key_value: { kind: PAIRS, type: "object" },
  model_operator: { kind: kind(ModelOperatorWidget, isText), type: "string" },
  number: { kind: NUMBER, type: "number" },
  password: { kind: kind(PasswordWidget, isText), type: "string" },
  rename: { kind: kind(RenameWidget, isPairs), type: "object" },
  secret: { kind: kind(SecretWidget, isText), type: "string" },
  slider: { kind: SLIDER, type: "number" },
  sql: { kind: CODE, type: "string" },
  text: { kind: TEXT, type: "string" },
  textarea: { kind: kind(TextAreaWidget, isText), type: "string" },
  value: { kind: kind(ValueWidget, isText), type: "string" },
};

/** What chooses columns unless the spec names something else. */
const SOURCES: Readonly<Record<string, string>> = { string: "column", array: "columns" };

/** The most steps of a number that becomes a slider without being asked to. */
const FEW = 20;

/** The widget that the spec names, if it fits the type, or the one that does; what is odd is edited as JSON. */
export function kindOf(field: Field, isSmall = false): WidgetKind {
  if (field.enum) return CHOICE;
  const types = new Set(typesOf(field).filter((type) => type !== "null"));
  if (types.delete("integer")) types.add("number");
  const [only = ""] = types;
  if (types.size > 1) return [...types].every((type) => type !== "array" && type !== "object") ? UNION : JSON_KIND;
  const named = NAMED[field["x-widget"] ?? (field["x-source"] ? SOURCES[only] : undefined) ?? ""];
  if (named && named.type === only) {
    if (named.kind === NUMBER && field["x-enum-titles"] && !isSmall) return PRESETS;
    return named.kind === SLIDER && isSmall ? NUMBER : named.kind;
  }
  switch (only) {
    case "string":
      return TEXT;
    case "number":
      return isSmallRange(field) && !isSmall ? SLIDER : NUMBER;
    case "boolean":
      return typesOf(field).includes("null") ? UNION : SWITCH;
    case "array":
      return listKind(field.items);
    case "object":
      if (field.properties) return OBJECT;
      return isSimple(field.additionalProperties) ? PAIRS : JSON_KIND;
    default:
      return JSON_KIND;
  }
}

/** What shows a value that the widget of the field cannot show, so that it can be mended. */
export function fallbackOf(field: Field | null, value: unknown): WidgetKind {
  return typeof value === "string" && field && typesOf(field).includes("string") ? TEXT : JSON_KIND;
}

function listKind(items: Field | undefined): WidgetKind {
  if (!items) return JSON_KIND;
  if (items.properties) return ITEMS;
  return items.enum || isSimple(items, ["string", "number", "integer"]) ? LIST : JSON_KIND;
}

function isSimple(field: Field | boolean | undefined, allowed = ["string", "number", "integer", "boolean", "null"]) {
  if (typeof field !== "object") return false;
  const types = typesOf(field);
  return field.enum !== undefined || (types.length > 0 && types.every((type) => allowed.includes(type)));
}

function isSmallRange(field: Field): boolean {
  const range = rangeOf(field);
  if (!range) return false;
  // From almost nothing to one: what matters is its order of magnitude, which a slider cannot show.
  const isUnit = range.low >= 0 && range.high <= 1 && (range.low === 0 || range.low >= range.step);
  return isUnit || (typesOf(field).includes("integer") && range.high - range.low <= FEW);
}

export type { WidgetProps };
