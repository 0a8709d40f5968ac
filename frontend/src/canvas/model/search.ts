/** Something that can be found: its texts, the most telling first. */
export interface Findable {
  readonly texts: readonly string[];
}

/** How well a query fits; 0: not at all. Every word of the query must be found somewhere. */
export function score(query: string, { texts }: Findable): number {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return 1;
  let total = 0;
  for (const word of words) {
    const best = Math.max(...texts.map((text, index) => scoreOf(word, text.toLowerCase()) / (index + 1)));
    if (best <= 0) return 0;
    total += best;
  }
  return total / words.length;
}

function scoreOf(word: string, text: string): number {
  if (text === word) return 100;
  const at = text.indexOf(word);
  if (at === 0) return 80;
  if (at > 0) return /[\s._\-/(]/.test(text[at - 1] ?? "") ? 60 : 40;
  return word.length >= 2 && isWithin(word, text) ? 10 : 0;
}

/** Whether the letters come in this order, the first at the start of a word: "flmi" in "fill missing". */
function isWithin(word: string, text: string): boolean {
  let from = new RegExp(`(^|[\\s._-])${escaped(word[0] ?? "")}`).exec(text)?.index ?? -1;
  if (from < 0) return false;
  for (const letter of word) {
    const at = text.indexOf(letter, from);
    if (at < 0) return false;
    from = at + 1;
  }
  return true;
}

function escaped(letter: string): string {
  return letter.replace(/[.*+?^${}()|[\]\\]/, "\\$&");
}

/** What fits, best first; what fits alike stays in its order. */
export function found<Thing extends Findable>(query: string, things: readonly Thing[]): Thing[] {
  if (!query.trim()) return [...things];
  return things
    .map((thing) => ({ thing, fit: score(query, thing) }))
    .filter(({ fit }) => fit > 0)
    .toSorted((left, right) => right.fit - left.fit)
    .map(({ thing }) => thing);
}
