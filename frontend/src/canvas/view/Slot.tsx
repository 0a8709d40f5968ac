import { createContext, type ReactNode, Suspense, useContext, useState } from "react";
import { createPortal } from "react-dom";

/** Named places for floating panels; where they are is in CanvasFrame.module.css. */
export const PLACES = ["palette", "toolbar", "tools", "path", "run", "inspector", "zoom", "minimap", "drawer"] as const;
export type Place = (typeof PLACES)[number];

type Elements = Partial<Record<Place, HTMLElement>>;

const Context = createContext<{ elements: Elements; set: (place: Place, element: HTMLElement) => void } | null>(null);

export function SlotProvider({ children }: { children: ReactNode }) {
  const [elements, setElements] = useState<Elements>({});
  const [set] = useState(() => (place: Place, element: HTMLElement) => {
    setElements((before) => (before[place] === element ? before : { ...before, [place]: element }));
  });
  return <Context value={{ elements, set }}>{children}</Context>;
}

/** Puts a panel into a place over the canvas: `<Slot name="inspector">…</Slot>`. */
export function Slot({ name, children }: { name: Place; children: ReactNode }) {
  const element = useContext(Context)?.elements[name];
  // What a panel still loads is its own affair: the canvas stays.
  return element ? createPortal(<Suspense fallback={null}>{children}</Suspense>, element) : null;
}

/** The place itself; for CanvasFrame only. */
export function SlotPlace({ name, className, label }: { name: Place; className?: string; label?: string }) {
  const set = useContext(Context)?.set;
  // Once there it stays: React takes the reference away, too, while something within is hidden.
  const [keep] = useState(() => (element: HTMLElement | null) => {
    if (element) set?.(name, element);
  });
  return (
    <div ref={keep} className={className} data-place={name} {...(label && { role: "region", "aria-label": label })} />
  );
}
