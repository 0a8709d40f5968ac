import type { Box } from "./geometry";

export interface Alignment {
  /** How far the box moves to be in line. */
  readonly dx: number;
  readonly dy: number;
  /** Where the lines are. */
  readonly x: readonly number[];
  readonly y: readonly number[];
}

/** What a moved box is nearly in line with: left, middle, right and top, middle, bottom of the others. */
export function alignment(box: Box, others: readonly Box[], within: number): Alignment {
  const x = nearest([box.x, box.x + box.width / 2, box.x + box.width], others, within, "x", "width");
  const y = nearest([box.y, box.y + box.height / 2, box.y + box.height], others, within, "y", "height");
  return { dx: x?.by ?? 0, dy: y?.by ?? 0, x: x ? [x.at] : [], y: y ? [y.at] : [] };
}

function nearest(
  own: readonly number[],
  others: readonly Box[],
  within: number,
  start: "x" | "y",
  length: "width" | "height",
): { at: number; by: number } | null {
  let best: { at: number; by: number } | null = null;
  for (const other of others) {
    const lines = [other[start], other[start] + other[length] / 2, other[start] + other[length]];
    for (const [index, line] of lines.entries()) {
      // Like with like: a left side with left sides, a middle with middles.
      const by = line - (own[index] ?? 0);
      if (Math.abs(by) <= within && (!best || Math.abs(by) < Math.abs(best.by))) best = { at: line, by };
    }
  }
  return best;
}
