/** How much of a limit is used; more than 1: more than it allows. Without a limit there is nothing to fill. */
export function shareOf(used: number, limit: number | null): number {
  if (limit === null || used === 0) return 0;
  return limit > 0 ? used / limit : Number.POSITIVE_INFINITY;
}
