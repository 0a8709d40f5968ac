/** Reading of JSON whose shape nobody promises. */
export type Json = Record<string, unknown>;

export function isJson(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((each): each is string => typeof each === "string") : [];
}

/** A short text for a fact; null where there is none, or where it is too much to be one. */
export function factText(value: unknown): string | null {
  if (typeof value === "string") return value || null;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (Array.isArray(value) && value.length > 0 && value.length <= 12 && value.every((each) => !isJson(each)))
    return value.map(String).join(", ");
  if (isJson(value) && Object.keys(value).length > 0 && Object.keys(value).length <= 12) {
    const entries = Object.entries(value);
    if (entries.every(([, each]) => typeof each !== "object"))
      return entries.map(([key, each]) => `${key}: ${each}`).join(", ");
  }
  return null;
}

export interface NamedType {
  name: string;
  type: string;
}

/** The columns of a schema as artifacts keep it. */
export function columnsOf(schema: unknown): NamedType[] {
  const columns = isJson(schema) ? schema.columns : null;
  if (!Array.isArray(columns)) return [];
  return columns.filter(isJson).map(({ name, type }) => ({ name: String(name), type: String(type) }));
}

const KINDS: { [type: string]: string } = {
  int: "number",
  float: "number",
  decimal: "number",
  string: "text",
  category: "text",
  bool: "boolean",
  date: "time",
  datetime: "time",
  time: "time",
  duration: "time",
};

export function kindOfType(type: string): string {
  return KINDS[type] ?? "other";
}
