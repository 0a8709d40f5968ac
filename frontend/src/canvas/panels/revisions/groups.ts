import type { Schemas } from "../../../api/client";

export type RevisionSummary = Schemas["FlowSummary"];

/** Saves of one person that follow each other closely: one stretch of work. */
export interface RevisionGroup {
  /** Newest first. */
  revisions: [RevisionSummary, ...RevisionSummary[]];
}

const PAUSE = 10 * 60;

/** Autosave makes many revisions; people think of the times at which they worked. `revisions`: newest first. */
export function groupRevisions(revisions: readonly RevisionSummary[]): RevisionGroup[] {
  const groups: RevisionGroup[] = [];
  for (const revision of revisions) {
    const group = groups.at(-1);
    const earliest = group?.revisions.at(-1);
    const isSameWork =
      earliest && earliest.created_by === revision.created_by && earliest.created_at - revision.created_at < PAUSE;
    if (group && isSameWork) group.revisions.push(revision);
    else groups.push({ revisions: [revision] });
  }
  return groups;
}
