import { createStore } from "zustand/vanilla";
import { ApiError } from "../../api/client";
import type { FlowDocument } from "../model/document";
import type { FlowStore } from "../store/flowStore";
import { diff, isEmptyDiff } from "./diff";
import type { Drafts, LeftDraft } from "./drafts";
import { type Choices, type MergeOptions, merge } from "./merge";
import { normal } from "./normal";
import { isSame } from "./same";
import type { SavedRevision, Saver, SaverIo, SaverNews, SavingState } from "./saving";

const PAUSE = 1000;
const KEEP_AFTER = 150;
const LONGEST_WAIT = 30_000;
/** Undo steps that get another's changes, too; older ones are forgotten then. */
const STEPS_KEPT = 50;

interface SaverParts {
  store: FlowStore;
  io: SaverIo;
  drafts: Drafts;
  news: SaverNews;
  takesMany?: MergeOptions["takesMany"];
}

export function makeSaver({ store, io, drafts, news, takesMany }: SaverParts): Saver {
  /** What the server has as the revision that the store names. */
  let base = store.getState().document;
  /** Sent, but no answer came: perhaps the server has it. */
  let lost: FlowDocument | null = null;
  let running: Promise<number | null> | null = null;
  let saveTimer: ReturnType<typeof setTimeout> | undefined;
  let keepTimer: ReturnType<typeof setTimeout> | undefined;
  let failures = 0;
  let isTaking = false;

  const state = createStore<SavingState>(() => ({ status: "saved", error: null, conflict: null, isKept: true }));
  const set = (change: Partial<SavingState>) => state.setState(change);
  const edited = () => store.getState().document;
  const isDirty = () => edited() !== base && !isSame(normal(edited()), normal(base));
  const options: MergeOptions = takesMany ? { takesMany } : {};

  const keepNow = () => {
    clearTimeout(keepTimer);
    keepTimer = undefined;
    if (state.getState().status === "saved") return;
    set({ isKept: drafts.keep({ version: store.getState().version, document: edited(), at: Date.now() }) });
  };
  const schedule = (wait: number) => {
    clearTimeout(saveTimer);
    saveTimer = setTimeout(() => void save(), wait);
  };
  const settled = () => {
    failures = 0;
    clearTimeout(keepTimer);
    drafts.drop();
    set({ status: "saved", error: null, conflict: null, isKept: true });
  };

  const stopWatching = store.subscribe((now, before) => {
    if (isTaking || now.document === before.document) return;
    const { status } = state.getState();
    if (status !== "saving" && status !== "conflict" && status !== "gone") set({ status: "pending", error: null });
    keepTimer ??= setTimeout(keepNow, KEEP_AFTER);
    if (status !== "conflict" && status !== "gone") schedule(PAUSE);
  });

  /** Shows another document without making it an edit. What could be undone gets the others' changes, too. */
  const take = (document: FlowDocument, from: FlowDocument, theirs: SavedRevision) => {
    const { history } = store.getState();
    const follow = (step: (typeof history.past)[number]) => ({
      ...step,
      value: { ...step.value, document: merge(from, step.value.document, theirs.document, options).document },
    });
    const past = history.past.slice(-STEPS_KEPT).map(follow);
    const future = history.future.slice(0, STEPS_KEPT).map(follow);
    isTaking = true;
    store.getState().replace(document, theirs.number);
    store.setState({ history: { past, future, last: null } });
    isTaking = false;
    base = theirs.document;
  };

  /** The server has another revision than the one that was edited. False: a person has to choose. */
  const reconcile = async (): Promise<boolean> => {
    const newest = await io.newest();
    const { version } = store.getState();
    const sent = lost;
    lost = null;
    if (sent && newest.number > version) {
      const next = newest.number === version + 1 ? newest : await io.revision(version + 1);
      if (isSame(normal(next.document), normal(sent))) {
        base = sent;
        store.getState().setVersion(next.number);
        if (next.number === newest.number) return true;
      }
    }
    const mine = edited();
    const from = base;
    const { document, conflicts } = merge(from, mine, newest.document, options);
    if (conflicts.length > 0) {
      set({
        status: "conflict",
        conflict: { base: from, mine, theirs: newest.document, version: newest.number },
        error: null,
      });
      keepNow();
      return false;
    }
    take(document, from, newest);
    const changes = diff(from, newest.document);
    if (!isEmptyDiff(changes)) news.onTaken(changes, newest.number);
    return true;
  };

  const failed = async (error: unknown): Promise<null> => {
    if (!(error instanceof ApiError)) throw error;
    const { status } = error;
    if (status === 404) {
      set({ status: "gone", error });
      return null;
    }
    const isSession = status === 401 || error.code.startsWith("csrf");
    if (isSession) await io.refreshSession().catch(() => undefined);
    const willPass = status === 0 || status === 429 || status >= 500 || isSession;
    set({ status: willPass ? "offline" : "refused", error });
    if (willPass) schedule(Math.min(LONGEST_WAIT, 1000 * 2 ** failures++));
    return null;
  };

  const attempt = async (): Promise<number | null> => {
    for (let tries = 0; tries < 5; tries++) {
      const document = edited();
      const { version } = store.getState();
      if (!isDirty()) {
        settled();
        return version;
      }
      set({ status: "saving" });
      try {
        const number = await io.put(document, version);
        base = document;
        lost = null;
        store.getState().setVersion(number);
        news.onSaved(number);
        if (edited() === document) settled();
        else {
          set({ status: "pending", error: null });
          schedule(PAUSE);
        }
        return number;
      } catch (error) {
        if (!(error instanceof ApiError) || error.status !== 409) {
          if (error instanceof ApiError && (error.status === 0 || error.status >= 500)) lost = document;
          return failed(error);
        }
        try {
          if (!(await reconcile())) return null;
        } catch (problem) {
          return failed(problem);
        }
      }
    }
    schedule(PAUSE);
    return null;
  };

  const save = async (): Promise<number | null> => {
    clearTimeout(saveTimer);
    if (store.getState().readOnly) return store.getState().version;
    if (state.getState().conflict || state.getState().status === "gone") return null;
    while (running) await running;
    running = attempt().finally(() => {
      running = null;
    });
    return running;
  };

  const resolve = async (choices: Choices): Promise<number | null> => {
    const { conflict } = state.getState();
    if (!conflict) return null;
    const theirs = { number: conflict.version, document: conflict.theirs };
    const { document } = merge(conflict.base, edited(), conflict.theirs, { ...options, choices });
    take(document, conflict.base, theirs);
    set({ status: "pending", conflict: null });
    keepNow();
    return save();
  };

  const recreate = async (): Promise<number | null> => {
    try {
      const document = edited();
      const number = await io.create(document);
      base = document;
      store.getState().setVersion(number);
      settled();
      return number;
    } catch (error) {
      return failed(error);
    }
  };

  const refresh = async () => {
    if (running || state.getState().status !== "saved") return;
    const { version } = store.getState();
    const newest = await io.newest();
    if (running || state.getState().status !== "saved" || store.getState().version !== version) return;
    if (newest.number === version) return;
    const changes = diff(base, newest.document);
    take(newest.document, base, newest);
    if (!isEmptyDiff(changes)) news.onTaken(changes, newest.number);
  };

  const restoreOne = async (draft: LeftDraft): Promise<boolean> => {
    const { version, document } = store.getState();
    const from = draft.version === version ? { number: version, document } : await io.revision(draft.version);
    if (isSame(normal(draft.document), normal(from.document))) {
      draft.forget();
      return true;
    }
    isTaking = true;
    store.getState().replace(from.document, from.number);
    isTaking = false;
    base = from.document;
    // As an edit, so that it can be undone.
    store.getState().change("restored", () => draft.document);
    keepNow();
    if (!draft.isOwn && state.getState().isKept) draft.forget();
    news.onRestored();
    return (await save()) !== null;
  };

  const restore = async () => {
    if (store.getState().readOnly) return;
    try {
      for (const draft of await drafts.left()) {
        if (state.getState().status !== "saved" || !(await restoreOne(draft))) return;
      }
    } catch (error) {
      // What was not taken up stays in the browser, for the next time.
      await failed(error);
    }
  };

  const close = async () => {
    keepNow();
    stopWatching();
    drafts.close();
    const { status } = state.getState();
    if (status === "pending" || status === "offline") await save();
    else await running;
    clearTimeout(saveTimer);
  };

  return Object.assign(state, { save, resolve, recreate, refresh, restore, keep: keepNow, close });
}
