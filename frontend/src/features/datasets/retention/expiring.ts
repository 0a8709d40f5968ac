const DAY = 24 * 3600;

interface Kept {
  number: number;
  created_at: number;
  expired_at: number | null;
}

interface Rules {
  keep_versions: number | null;
  keep_days: number | null;
}

/**
 * The versions whose rows a retention would remove, as the server decides it: never the newest, nor one that a flow or
 * schedule pins. `versions`: newest first.
 */
export function expiring(versions: readonly Kept[], pinned: ReadonlySet<number>, rules: Rules, now: number): number[] {
  return versions
    .filter(({ number, created_at, expired_at }, place) => {
      if (place === 0 || expired_at !== null || pinned.has(number)) return false;
      if (rules.keep_versions !== null && place + 1 > rules.keep_versions) return true;
      return rules.keep_days !== null && created_at < now - rules.keep_days * DAY;
    })
    .map(({ number }) => number);
}
