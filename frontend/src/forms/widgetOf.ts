import type { ComponentType } from "react";
import { type Field, typesOf } from "./spec";
import type { WidgetProps } from "./widget";
import { CodeWidget } from "./widgets/CodeWidget";
import { ColumnsWidget, ColumnWidget } from "./widgets/ColumnWidgets";
import { DateTimeWidget, DateWidget } from "./widgets/DateWidgets";
import { EnumWidget } from "./widgets/EnumWidget";
import { JsonWidget } from "./widgets/JsonWidget";
import { ItemsWidget, ListWidget } from "./widgets/ListWidgets";
import { NumberWidget, SliderWidget } from "./widgets/NumberWidgets";
import { KeyValueWidget, RenameWidget } from "./widgets/PairWidgets";
import { DatasetWidget, SecretWidget } from "./widgets/ServerWidgets";
import { SwitchWidget } from "./widgets/SwitchWidget";
import { PasswordWidget, TextAreaWidget, TextWidget } from "./widgets/TextWidgets";
import { UnionWidget } from "./widgets/UnionWidget";

type Widget = ComponentType<WidgetProps>;

const BY_NAME: Readonly<Record<string, Widget>> = {
  column: ColumnWidget,
  columns: ColumnsWidget,
  code: CodeWidget,
  sql: CodeWidget,
  expression: CodeWidget,
  dataset: DatasetWidget,
  date: DateWidget,
  datetime: DateTimeWidget,
  file: TextWidget,
  key_value: KeyValueWidget,
  password: PasswordWidget,
  rename: RenameWidget,
  secret: SecretWidget,
  segmented: EnumWidget,
  select: EnumWidget,
  slider: SliderWidget,
  switch: SwitchWidget,
  textarea: TextAreaWidget,
};

/** The widget that the spec names, or the one that fits the type; what is odd becomes a JSON editor. */
export function widgetOf(field: Field): Widget {
  const named = BY_NAME[field["x-widget"] ?? ""];
  if (named) return named;
  if (field.enum) return EnumWidget;
  const types = typesOf(field).filter((type) => type !== "null");
  if (types.length > 1)
    return types.every((type) => ["string", "number", "integer", "boolean"].includes(type)) ? UnionWidget : JsonWidget;
  switch (types[0]) {
    case "string":
      return TextWidget;
    case "integer":
    case "number":
      return NumberWidget;
    case "boolean":
      return SwitchWidget;
    case "array":
      if (field.items?.properties) return ItemsWidget;
      return field.items && (field.items.enum || typesOf(field.items).length === 1) ? ListWidget : JsonWidget;
    case "object":
      return field.properties || !field.additionalProperties ? JsonWidget : KeyValueWidget;
    default:
      return JsonWidget;
  }
}
