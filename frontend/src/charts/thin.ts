/**
 * A curve with at most about `most` points, for drawing: of each stretch its lowest and its highest point, and the two
 * ends, so that no peak is lost. Points that are no numbers go.
 */
export function thin(x: readonly number[], y: readonly number[], most: number): { x: number[]; y: number[] } {
  const kept = x.length <= most ? [...x.keys()] : extremes(y, Math.max(1, Math.floor(most / 2) - 1));
  const drawn = kept.filter((at) => Number.isFinite(y[at]));
  return { x: drawn.map((at) => x[at] ?? 0), y: drawn.map((at) => y[at] ?? 0) };
}

/** Positions of what is kept: of each of so many stretches between the ends. */
function extremes(y: readonly number[], stretches: number): number[] {
  const last = y.length - 1;
  const kept = new Set([0]);
  for (let stretch = 0; stretch < stretches; stretch += 1) {
    const from = 1 + Math.floor((stretch * (last - 1)) / stretches);
    const to = 1 + Math.floor(((stretch + 1) * (last - 1)) / stretches);
    let low = from;
    let high = from;
    for (let at = from; at < to; at += 1) {
      if (isLower(y[at], y[low])) low = at;
      if (isLower(y[high], y[at])) high = at;
    }
    if (from < to) for (const at of [Math.min(low, high), Math.max(low, high)]) kept.add(at);
  }
  return [...kept.add(last)];
}

/** Anything is lower than what is no number, so that a number takes its place. */
function isLower(one: number | undefined, other: number | undefined): boolean {
  if (!Number.isFinite(one)) return false;
  return !Number.isFinite(other) || Number(one) < Number(other);
}
