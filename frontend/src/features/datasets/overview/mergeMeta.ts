import type { Meta } from "../dataset";

export type MetaField = keyof Meta;

export interface Merged {
  meta: Meta;
  /** Fields that both sides changed, each to something else. */
  conflicts: MetaField[];
}

/** What somebody wrote, on top of what others wrote meanwhile; where both changed a field, it is a question. */
export function mergeMeta(base: Meta, mine: Meta, theirs: Meta): Merged {
  const fields = new Set([...keysOf(base), ...keysOf(mine), ...keysOf(theirs)]);
  const meta: Meta = { ...theirs };
  const conflicts: MetaField[] = [];
  for (const field of fields) {
    if (isSame(mine[field], base[field]) || isSame(mine[field], theirs[field])) continue;
    if (isSame(theirs[field], base[field])) Object.assign(meta, { [field]: mine[field] });
    else conflicts.push(field);
  }
  return { meta: withoutNothing(meta), conflicts };
}

/** A field that is empty is as good as none. */
export function withoutNothing(meta: Meta): Meta {
  return Object.fromEntries(
    Object.entries(meta)
      .map(([field, value]) => [field, typeof value === "string" ? value.trim() : value])
      .filter(([, value]) => value !== undefined && value !== "" && !(Array.isArray(value) && value.length === 0)),
  );
}

export function isSameMeta(a: Meta, b: Meta): boolean {
  return [...keysOf(a), ...keysOf(b)].every((field) => isSame(a[field], b[field]));
}

function isSame(a: Meta[MetaField], b: Meta[MetaField]): boolean {
  return textOf(a) === textOf(b);
}

export function textOf(value: Meta[MetaField]): string {
  return Array.isArray(value) ? value.join(", ") : (value ?? "").trim();
}

const FIELDS = [
  "title",
  "description",
  "meaning",
  "owner",
  "version",
  "entity",
  "target",
  "time_column",
  "group_column",
  "process_step",
  "tool",
  "licence",
  "tags",
] as const satisfies readonly MetaField[];

export const META_FIELDS: readonly MetaField[] = FIELDS;

function keysOf(meta: Meta): MetaField[] {
  return FIELDS.filter((field) => field in meta);
}
