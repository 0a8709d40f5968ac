import { create } from "zustand";
import { useTransfers } from "../upload/transfers";
import { startImport } from "./startImport";

export interface ImportDraft {
  /** null: as the file says. */
  name: string | null;
  /** Key of the operator that reads; null: the one for the file's ending. */
  source: string | null;
  options: Record<string, unknown>;
  /** Somebody has decided everything: it begins as soon as the file is here. */
  phase: "open" | "wanted" | "starting";
  /** Why it could not be started. */
  error: unknown;
  /** The run that was started from here. */
  run: number | null;
}

const NOTHING: ImportDraft = { name: null, source: null, options: {}, phase: "open", error: null, run: null };

interface Drafts {
  of: { readonly [upload: string]: ImportDraft };
}

/** What was chosen for the import of an upload: there again when the import fails and is repeated. */
const useDrafts = create<Drafts>(() => ({ of: {} }));

function draftOf(upload: string): ImportDraft {
  return useDrafts.getState().of[upload] ?? NOTHING;
}

export function changeDraft(upload: string, part: Partial<ImportDraft>): void {
  useDrafts.setState(({ of }) => ({ of: { ...of, [upload]: { ...(of[upload] ?? NOTHING), ...part } } }));
}

export function useImportDraft(upload: string): ImportDraft {
  return useDrafts(({ of }) => of[upload] ?? NOTHING);
}

/** Imports an upload: now when it is here, otherwise as soon as it has arrived. */
export function wantImport(project: string, upload: string, name: string, source: string, isHere: boolean): void {
  changeDraft(upload, { name, source, phase: "wanted", error: null });
  if (isHere) void start(project, upload);
}

async function start(project: string, upload: string): Promise<void> {
  const { phase, name, source, options } = draftOf(upload);
  if (phase !== "wanted" || name === null || source === null) return;
  changeDraft(upload, { phase: "starting" });
  try {
    const { run_id } = await startImport(project, name, { upload, source, options });
    changeDraft(upload, { phase: "open", run: run_id });
  } catch (error) {
    changeDraft(upload, { phase: "open", error });
  }
}

// Also while somebody looks at another page.
useTransfers.subscribe(({ of }) => {
  for (const [upload, { phase, project }] of Object.entries(of)) {
    if (phase === "arrived") void start(project, upload);
  }
});
