import { type CSSProperties, type ReactNode, useEffect, useLayoutEffect, useRef, useState } from "react";
import type { Position } from "../model/document";
import styles from "./Popup.module.css";

interface PopupProps {
  /** Where it opens, in pixels of the window; null: in the middle, over everything. */
  at: Position | null;
  label: string;
  className?: string;
  onClose: () => void;
  children: ReactNode;
}

const EDGE = 8;

/** Something that floats until Escape or a click elsewhere. The keyboard goes back to where it was. */
export function Popup({ at, label, className, onClose, children }: PopupProps) {
  const box = useRef<HTMLDivElement>(null);
  const close = useRef(onClose);
  close.current = onClose;
  const [place, setPlace] = useState<CSSProperties>({ opacity: 0 });
  const [before] = useState(() => document.activeElement);

  useLayoutEffect(() => {
    const size = box.current?.getBoundingClientRect();
    if (!at || !size) {
      setPlace({});
      return;
    }
    const left = Math.max(EDGE, Math.min(at[0], window.innerWidth - size.width - EDGE));
    const top = Math.max(EDGE, Math.min(at[1], window.innerHeight - size.height - EDGE));
    setPlace({ left, top });
  }, [at]);

  useEffect(() => {
    const onPointerDown = (event: PointerEvent) => {
      if (event.target instanceof Node && !box.current?.contains(event.target)) close.current();
    };
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key !== "Escape") return;
      event.preventDefault();
      event.stopPropagation();
      close.current();
    };
    document.addEventListener("keydown", onKeyDown, true);
    // In the capture phase: the canvas keeps its own presses to itself.
    document.addEventListener("pointerdown", onPointerDown, true);
    return () => {
      document.removeEventListener("keydown", onKeyDown, true);
      document.removeEventListener("pointerdown", onPointerDown, true);
      const isLost = document.activeElement === document.body || document.activeElement === null;
      if (isLost && before instanceof HTMLElement) before.focus({ preventScroll: true });
    };
  }, [before]);

  return (
    <div
      ref={box}
      role="dialog"
      aria-label={label}
      className={`${styles.popup} ${at ? "" : styles.middle} ${className ?? ""}`}
      style={place}
      onKeyDown={(event) => event.stopPropagation()}
    >
      {children}
    </div>
  );
}
