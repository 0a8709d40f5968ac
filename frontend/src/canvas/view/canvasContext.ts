import { createContext, useContext } from "react";
import type { Position } from "../model/document";
import type { NewStep } from "../model/steps";
import type { QuickAddRequest } from "../store/viewStore";

export interface AddOptions extends Pick<QuickAddRequest, "from" | "edge" | "after"> {
  at?: Position;
}

/** What can be done with the canvas from anywhere: panels, menus, commands. */
export interface CanvasActions {
  /** Adds a step; without a place, beside what it follows or in the middle of what is seen. Gives its id. */
  add: (step: NewStep, more?: AddOptions) => string | null;
  /** Opens the search for a step; without a request, at the pointer. */
  quickAdd: (request?: QuickAddRequest) => void;
  /** The same for a step behind the selected nodes, or in the middle of the selected wire; else at the pointer. */
  quickAddBehind: () => void;
  /** Shows these nodes, or all, beside the panels; `readable`: of what would be too small to read, the beginning. */
  fit: (ids?: Iterable<string>, readable?: boolean) => void;
  zoom: (change: "in" | "out" | "full") => void;
  /** Scrolls as far as is needed to see the node. */
  reveal: (id: string) => void;
  tidy: () => Promise<void>;
  remove: () => void;
  duplicate: () => void;
  copy: () => void;
  /** The selection as text for a clipboard; null: nothing to copy. */
  clip: () => string | null;
  cut: () => void;
  paste: (at?: Position) => Promise<void>;
  pasteText: (text: string, at?: Position) => boolean;
  comment: (at?: Position) => void;
  group: () => void;
  /** Makes the selected nodes a sub-flow. */
  wrap: () => void;
  /** Puts the steps of the selected sub-flow where it stands. */
  unwrap: () => void;
  /** Where the pointer is over the canvas, else the middle of what is seen. */
  pointer: () => { screen: Position; at: Position };
  /** Puts the keyboard back on the canvas. */
  focus: () => void;
}

const Context = createContext<CanvasActions | null>(null);
export const CanvasProvider = Context.Provider;

export function useCanvas(): CanvasActions {
  const actions = useContext(Context);
  if (!actions) throw new Error("No flow is open here.");
  return actions;
}

/** What the canvas itself tells the actions: never drawn, so it is no state. */
export interface CanvasParts {
  element: HTMLElement | null;
  /** In pixels of the window; null: not over the canvas. */
  pointer: Position | null;
}
