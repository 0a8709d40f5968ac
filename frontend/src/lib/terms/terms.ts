/** A technical term and its one line, in the language that is read. */
export interface ReadTerm {
  term: string;
  meaning: string;
}

export type Part = string | { text: string; meaning: string };

/** The ways in which a sentence may name "Share found (recall)": as a whole, or by either name. */
function spellings(term: string): string[] {
  const parts = /^(.+?)\s*[（(](.+)[)）]$/.exec(term);
  return [term, ...(parts ? parts.slice(1) : [])].map((part) => part.trim()).filter((part) => part.length > 1);
}

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
const isLatin = (text: string) => /^[\p{Script=Latin}\d]/u.test(text);

interface Finder {
  pattern: RegExp;
  meanings: ReadonlyMap<string, string>;
}

/** Made once for a list of terms: a page has many sentences. */
const finders = new WeakMap<readonly ReadTerm[], Finder | null>();

function finderOf(terms: readonly ReadTerm[]): Finder | null {
  const known = finders.get(terms);
  if (known !== undefined) return known;
  const meanings = new Map<string, string>();
  for (const { term, meaning } of terms)
    for (const name of spellings(term))
      if (!meanings.has(name.toLowerCase())) meanings.set(name.toLowerCase(), meaning);
  const names = [...meanings.keys()].sort((left, right) => right.length - left.length);
  const patterns = names.map((name) =>
    isLatin(name) ? `(?<![\\p{L}\\d])${escaped(name)}s?(?![\\p{Script=Latin}\\d])` : escaped(name),
  );
  const made = names.length === 0 ? null : { pattern: new RegExp(patterns.join("|"), "giu"), meanings };
  finders.set(terms, made);
  return made;
}

/**
 * A sentence cut where it names a term, the longest name first. `seen`: meanings that were given before, to which it
 * adds: each is given once.
 */
export function withTerms(sentence: string, terms: readonly ReadTerm[], seen = new Set<string>()): Part[] {
  const finder = finderOf(terms);
  if (!finder) return [sentence];
  const parts: Part[] = [];
  let from = 0;
  for (const match of sentence.matchAll(finder.pattern)) {
    const found = match[0].toLowerCase();
    const meaning = finder.meanings.get(found) ?? finder.meanings.get(found.replace(/s$/, ""));
    if (meaning === undefined || seen.has(meaning)) continue;
    seen.add(meaning);
    if (match.index > from) parts.push(sentence.slice(from, match.index));
    parts.push({ text: match[0], meaning });
    from = match.index + match[0].length;
  }
  return from < sentence.length ? [...parts, sentence.slice(from)] : parts;
}
