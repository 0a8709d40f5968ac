import type { FlowNode } from "./document";
import { type OperatorSpec, type SpecField, textOf } from "./spec";

const MOST = 3;

/** What a node does, in a few words: the values of its first params, as far as they say something. */
export function summaryOf(node: FlowNode, spec: OperatorSpec | undefined, language: string): string {
  if (!spec) return node.operator ?? "";
  const fields = spec.ui.filter((section) => !section.advanced).flatMap((section) => section.fields);
  const parts: string[] = [];
  for (const name of fields) {
    const field = spec.params.properties[name];
    if (!field || parts.length === MOST) continue;
    const value = node.params?.[name] ?? field.default;
    const text = valueText(value, field, spec, language);
    if (text) parts.push(text);
  }
  return parts.join(" · ");
}

function valueText(value: unknown, field: SpecField, spec: OperatorSpec, language: string): string {
  const title = textOf(spec, field.title, language);
  if (value === undefined || value === null || value === "") return "";
  if (typeof value === "boolean") return value ? title : "";
  if (typeof value === "number") return `${title} ${value}${field["x-unit"] ? ` ${field["x-unit"]}` : ""}`;
  if (typeof value === "string") return stringText(value, field, spec, language);
  if (Array.isArray(value)) return listText(value, title, language);
  const param = paramName(value);
  return param === null ? "" : `$${param}`;
}

function stringText(value: string, field: SpecField, spec: OperatorSpec, language: string): string {
  const named = field["x-enum-titles"]?.[value];
  if (named !== undefined) return textOf(spec, named, language);
  // Of a path its end says most.
  if (field["x-widget"] === "file") return value.split("/").pop() ?? value;
  if (field["x-widget"] === "secret" || field["x-widget"] === "password") return "";
  return value.replace(/\s+/g, " ").slice(0, 60);
}

function listText(values: readonly unknown[], title: string, language: string): string {
  if (values.length === 0) return "";
  const [first] = values;
  const only = values.length === 1 ? (typeof first === "string" ? first : paramText(first)) : null;
  if (only) return only;
  return language.startsWith("zh") ? `${title} ${values.length} 项` : `${values.length} ${title.toLowerCase()}`;
}

function paramText(value: unknown): string | null {
  const name = paramName(value);
  return name === null ? null : `$${name}`;
}

/** The flow param that a value stands for. */
export function paramName(value: unknown): string | null {
  if (typeof value !== "object" || value === null || !("$param" in value)) return null;
  return typeof value.$param === "string" ? value.$param : null;
}
