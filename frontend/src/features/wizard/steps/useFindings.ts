import { useMemo, useState } from "react";
import { type FindingData, readFindings } from "../finding";

export const keyOf = ({ code, columns }: FindingData): string => `${code} ${columns.join(" ")}`;

/**
 * What the look at this revision found (`json` null: it is not there yet); meanwhile what the one before it did, so that
 * several things can be settled one after the other without waiting. What is settled is hidden until the next look, and
 * so is what else is about its columns: it may not be true any more.
 */
export function useFindings(revision: number, json: unknown) {
  const [latest, setLatest] = useState({ revision: -1, json: null as unknown });
  const [settled, setSettled] = useState<FindingData[]>([]);
  if (json !== null && latest.revision !== revision) {
    setLatest({ revision, json });
    setSettled([]);
  }
  const findings = useMemo(() => readFindings(latest.json), [latest]);
  const shown = findings.filter((finding) => !settled.some((other) => areAboutTheSame(finding, other)));
  return {
    shown,
    hide: (finding: FindingData) => setSettled((before) => [...before, finding]),
    showAgain: (finding: FindingData) => setSettled((before) => before.filter((other) => other !== finding)),
  };
}

function areAboutTheSame(left: FindingData, right: FindingData): boolean {
  return keyOf(left) === keyOf(right) || left.columns.some((column) => right.columns.includes(column));
}
