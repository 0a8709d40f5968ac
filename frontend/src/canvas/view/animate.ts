import type { Position } from "../model/document";

const DURATION = 260;
/** More at once would not be smooth. */
const MOST = 200;

export function prefersStillness(): boolean {
  return window.matchMedia("(prefers-reduced-motion: reduce)").matches;
}

/** Calls `draw` with the places on the way from one to the other, at last with none: then the document's count. */
export function glide(
  from: ReadonlyMap<string, Position>,
  to: ReadonlyMap<string, Position>,
  draw: (places: ReadonlyMap<string, Position>) => void,
): void {
  if (prefersStillness() || to.size > MOST) {
    draw(new Map());
    return;
  }
  const start = performance.now();
  draw(from);
  const step = (now: number) => {
    const share = Math.min(1, (now - start) / DURATION);
    if (share >= 1) {
      draw(new Map());
      return;
    }
    const eased = 1 - (1 - share) ** 3;
    const places = new Map<string, Position>();
    for (const [id, [toX, toY]] of to) {
      const [x, y] = from.get(id) ?? [toX, toY];
      places.set(id, [x + (toX - x) * eased, y + (toY - y) * eased]);
    }
    draw(places);
    requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
}
