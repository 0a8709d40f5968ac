import type { Column } from "./spec";

/**
 * Names of the columns of these kinds (none: of any) that a pattern fits: a part of the name, with * and ? as in file
 * names, or a regular expression between slashes. null: the regular expression is broken.
 */
export function matchColumns(columns: readonly Column[], kinds: readonly string[], pattern: string): string[] | null {
  const fits = matcher(pattern.trim());
  if (!fits) return null;
  return columns
    .filter(({ name, kind }) => (kinds.length === 0 || kinds.includes(kind)) && fits(name))
    .map(({ name }) => name);
}

function matcher(pattern: string): ((name: string) => boolean) | null {
  if (pattern.startsWith("/") && pattern.endsWith("/") && pattern.length > 1) {
    try {
      const expression = new RegExp(pattern.slice(1, -1), "i");
      return (name) => expression.test(name);
    } catch {
      return null;
    }
  }
  if (!/[*?]/.test(pattern)) return (name) => name.toLowerCase().includes(pattern.toLowerCase());
  const escaped = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  const expression = new RegExp(`^${escaped}$`, "i");
  return (name) => expression.test(name);
}
