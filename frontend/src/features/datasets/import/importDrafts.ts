import { create } from "zustand";

export interface ImportDraft {
  name: string | null;
  /** Key of the operator that reads; null: the one for the file's ending. */
  source: string | null;
  options: Record<string, unknown>;
}

const NOTHING: ImportDraft = { name: null, source: null, options: {} };

interface Drafts {
  of: { readonly [upload: string]: ImportDraft };
}

/** What was chosen for the import of an upload: there again when the import fails and is repeated. */
const useDrafts = create<Drafts>(() => ({ of: {} }));

export function useImportDraft(upload: string): [ImportDraft, (part: Partial<ImportDraft>) => void] {
  const draft = useDrafts(({ of }) => of[upload] ?? NOTHING);
  const change = (part: Partial<ImportDraft>) =>
    useDrafts.setState(({ of }) => ({ of: { ...of, [upload]: { ...(of[upload] ?? NOTHING), ...part } } }));
  return [draft, change];
}
