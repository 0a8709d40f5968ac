import { createContext, type ReactNode, useContext, useState } from "react";
import { createPortal } from "react-dom";

/** Named places for floating panels; where they are is in CanvasFrame.module.css. */
export const PLACES = ["palette", "toolbar", "tools", "path", "run", "inspector", "zoom", "minimap", "drawer"] as const;
export type Place = (typeof PLACES)[number];

type Elements = Partial<Record<Place, HTMLElement | null>>;

const Context = createContext<{ elements: Elements; set: (place: Place, element: HTMLElement | null) => void } | null>(
  null,
);

export function SlotProvider({ children }: { children: ReactNode }) {
  const [elements, setElements] = useState<Elements>({});
  const [set] = useState(() => (place: Place, element: HTMLElement | null) => {
    setElements((before) => (before[place] === element ? before : { ...before, [place]: element }));
  });
  return <Context value={{ elements, set }}>{children}</Context>;
}

/** Puts a panel into a place over the canvas: `<Slot name="inspector">…</Slot>`. */
export function Slot({ name, children }: { name: Place; children: ReactNode }) {
  const element = useContext(Context)?.elements[name];
  return element ? createPortal(children, element) : null;
}

/** The place itself; for CanvasFrame only. */
export function SlotPlace({ name, className, label }: { name: Place; className?: string; label?: string }) {
  const set = useContext(Context)?.set;
  const [keep] = useState(() => (element: HTMLElement | null) => set?.(name, element));
  return (
    <div ref={keep} className={className} data-place={name} {...(label && { role: "region", "aria-label": label })} />
  );
}
