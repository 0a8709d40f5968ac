const LONGEST = 64;

/** Whether a document may call a node so. */
export function isId(text: string): boolean {
  return /^[A-Za-z][A-Za-z0-9_-]*$/.test(text) && text.length <= LONGEST;
}

/** An id that is free: the wish, or the wish with a number. */
export function freeId(wish: string, taken: ReadonlySet<string>): string {
  const clean = wish.replace(/[^A-Za-z0-9_-]/g, "_").replace(/^[^A-Za-z]+/, "") || "node";
  const base = clean.slice(0, LONGEST);
  if (!taken.has(base)) return base;
  const stem = base.replace(/_\d+$/, "");
  for (let number = 2; ; number++) {
    const id = `${stem.slice(0, LONGEST - 1 - String(number).length)}_${number}`;
    if (!taken.has(id)) return id;
  }
}

/** What a node of an operator is called at first: the last part of its id. */
export function idWish(operator: string): string {
  return operator.split("@")[0]?.split(".").pop() ?? operator;
}
