import type { StoreApi } from "zustand/vanilla";
import type { ApiError } from "../../api/client";
import type { FlowDocument } from "../model/document";
import type { FlowDiff } from "./diff";
import type { Choices } from "./merge";

export interface SavedRevision {
  number: number;
  document: FlowDocument;
}

/** What saving needs of the server. All throw ApiError. */
export interface SaverIo {
  put: (document: FlowDocument, version: number) => Promise<number>;
  create: (document: FlowDocument) => Promise<number>;
  newest: () => Promise<SavedRevision>;
  revision: (number: number) => Promise<SavedRevision>;
  /** Reads the session again: it may have been renewed in another tab. */
  refreshSession: () => Promise<void>;
}

/** Both sides of a question that only a person can answer. */
export interface OpenConflict {
  base: FlowDocument;
  mine: FlowDocument;
  theirs: FlowDocument;
  version: number;
}

export interface SavingState {
  /**
   * `saved`: the server has everything. `pending`: edits wait for a pause. `offline`: tried again by itself.
   * `refused`: the server does not take it as it is. `conflict`: see `conflict`. `gone`: the flow was deleted.
   */
  status: "saved" | "pending" | "saving" | "offline" | "refused" | "conflict" | "gone";
  error: ApiError | null;
  conflict: OpenConflict | null;
  /** False: the browser has no room for the edits, so leaving the page would lose them. */
  isKept: boolean;
}

export interface SaverNews {
  /** Another's changes came in, of themselves or beside mine. */
  onTaken: (changes: FlowDiff, version: number) => void;
  /** Edits of an earlier visit are here again. */
  onRestored: () => void;
  onSaved: (version: number) => void;
}

export interface Saver extends StoreApi<SavingState> {
  /** Saves now; the number of the revision that has what is on the screen, null: it could not be saved. */
  save: () => Promise<number | null>;
  /** Ends a conflict. */
  resolve: (choices: Choices) => Promise<number | null>;
  /** The flow was deleted elsewhere: makes it anew. */
  recreate: () => Promise<number | null>;
  /** Looks whether the server has something newer, and takes it. */
  refresh: () => Promise<void>;
  /** Takes up edits that did not reach the server before the page was left. */
  restore: () => Promise<void>;
  /** Keeps what is not saved in the browser, at once. */
  keep: () => void;
  /** Saves what is not saved yet, once; what cannot be saved stays in the browser. */
  close: () => Promise<void>;
}
