import { useEffect, useRef, useState } from "react";

/** Milliseconds after the last key until what was typed counts. */
const PAUSE = 300;

/**
 * Text that is being typed: kept here, so that typing never waits for the rest of the page, and handed on after a pause
 * or when the field is left. `onText` says false to what is no value (yet): it stays, to be mended. A text that changes
 * from outside (undo, another person) takes the draft's place.
 */
export function useDraft(text: string, onText: (text: string) => boolean) {
  const [draft, setDraft] = useState<string | null>(null);
  const [isRefused, setRefused] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const latest = useRef({ draft, text, onText, hasSpoken: false });
  latest.current = { ...latest.current, draft, text, onText };

  // biome-ignore lint/correctness/useExhaustiveDependencies: only a text that has changed says something
  useEffect(() => {
    if (latest.current.hasSpoken) latest.current.hasSpoken = false;
    else if (timer.current === undefined) {
      setDraft(null);
      setRefused(false);
    }
  }, [text]);

  const commit = (): boolean => {
    if (timer.current === undefined) return !isRefused;
    clearTimeout(timer.current);
    timer.current = undefined;
    const { draft: typed, text: before } = latest.current;
    if (typed === null || typed === before) return true;
    latest.current.hasSpoken = true;
    const isTaken = latest.current.onText(typed);
    setRefused(!isTaken);
    return isTaken;
  };
  const commitLast = useRef(commit);
  commitLast.current = commit;
  useEffect(() => {
    const last = () => void commitLast.current();
    // The page's own listeners keep what is not saved: what is typed must count before.
    addEventListener("pagehide", last, { capture: true });
    return () => {
      removeEventListener("pagehide", last, { capture: true });
      last();
    };
  }, []);

  const type = (next: string) => {
    setDraft(next);
    latest.current.draft = next;
    clearTimeout(timer.current);
    timer.current = setTimeout(() => commitLast.current(), PAUSE);
  };
  const leave = () => {
    if (!commit()) return;
    latest.current.hasSpoken = false;
    setDraft(null);
  };
  return { text: draft ?? text, type, leave, isRefused };
}
