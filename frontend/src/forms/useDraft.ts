import { useEffect, useRef, useState } from "react";

/** Milliseconds after the last key until what was typed counts. */
const PAUSE = 300;

/**
 * What is being typed: kept here, so that typing never waits for the rest of the page, and handed on after a pause or
 * when the field is left. A value that changes from outside replaces it.
 */
export function useDraft<Value>(value: Value, onChange: (value: Value) => void) {
  const [draft, setDraft] = useState(value);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const latest = useRef({ draft, value, onChange });
  latest.current = { draft, value, onChange };

  useEffect(() => {
    if (timer.current === undefined) setDraft(value);
  }, [value]);

  const commit = () => {
    if (timer.current === undefined) return;
    clearTimeout(timer.current);
    timer.current = undefined;
    if (latest.current.draft !== latest.current.value) latest.current.onChange(latest.current.draft);
  };
  const commitLast = useRef(commit);
  commitLast.current = commit;
  useEffect(() => () => commitLast.current(), []);

  const type = (next: Value) => {
    setDraft(next);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => commitLast.current(), PAUSE);
  };
  return { draft, type, commit };
}
