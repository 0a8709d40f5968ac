import type { NamedType } from "../../../data/parts";

export interface SchemaDiff {
  added: NamedType[];
  removed: NamedType[];
  retyped: { name: string; before: string; after: string }[];
  /** How many columns are as they were. */
  same: number;
}

/** What became of the columns from one version to another. */
export function schemaDiff(before: readonly NamedType[], after: readonly NamedType[]): SchemaDiff {
  const old = new Map(before.map(({ name, type }) => [name, type]));
  const now = new Set(after.map(({ name }) => name));
  const retyped = after.flatMap(({ name, type }) => {
    const was = old.get(name);
    return was !== undefined && was !== type ? [{ name, before: was, after: type }] : [];
  });
  const added = after.filter(({ name }) => !old.has(name));
  return {
    added,
    removed: before.filter(({ name }) => !now.has(name)),
    retyped,
    same: after.length - added.length - retyped.length,
  };
}
