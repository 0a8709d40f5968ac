import { createContext, useContext } from "react";
import { useStore } from "zustand";
import { createStore, type StoreApi } from "zustand/vanilla";
import type { FlowEdge, PortRef, Position } from "../model/document";
import type { Side } from "../model/ports";
import type { Refusal } from "../model/wiring";

/** A port from which a wire comes: that of a gesture, or that for which an operator is looked for. */
export interface WireEnd {
  readonly side: Side;
  readonly ref: PortRef;
  readonly type: string;
}

export interface QuickAddRequest {
  /** Where it opens, in pixels of the window. */
  readonly screen: Position;
  /** Where the node goes, on the canvas. */
  readonly at: Position;
  /** Only operators that fit this port are offered, and the chosen one is wired to it. */
  readonly from?: WireEnd;
  /** The chosen operator is put into the middle of this edge. */
  readonly edge?: FlowEdge;
  /** The chosen operator comes behind these nodes, wired to as many of them as fit. */
  readonly after?: readonly string[];
}

export type DrawerTab = "data" | "problems" | "logs";

export interface DrawerRequest {
  readonly tab: DrawerTab;
  /** Path of the node whose data or logs are shown; null: that of the selection. */
  readonly node: string | null;
  readonly port: { readonly side: "in" | "out"; readonly port: string } | null;
}

export interface MenuRequest {
  readonly screen: Position;
  readonly at: Position;
  /** What was clicked: an edge; else the selection, or the empty canvas when nothing is selected. */
  readonly edge: FlowEdge | null;
}

/** What is going on on the screen; never part of the document nor of its history. */
export interface ViewState {
  /** While a wire is drawn: where it comes from, and for every port why it does not fit (null: it fits). */
  readonly wiring: { readonly from: WireEnd; readonly refusals: ReadonlyMap<string, Refusal | null> } | null;
  readonly quickAdd: QuickAddRequest | null;
  readonly menu: MenuRequest | null;
  readonly overlay: "commands" | "help" | "connect" | "publish" | null;
  readonly drawer: DrawerRequest | null;
  /** The edge into which the dragged node would be put. */
  readonly dropEdge: string | null;
  readonly isDragging: boolean;
  /** Everything is too small for small letters and ports. */
  readonly isFar: boolean;
  /** The node whose title is being edited on the canvas. */
  readonly titleEdit: string | null;
  /** Runs a part of the flow as seen from the selection; null: nothing can be run. */
  readonly runPart: ((mode: "to" | "from" | "only") => void) | null;
  readonly isPaletteOpen: boolean;
  readonly isMapOpen: boolean;
  show: (change: Partial<Omit<ViewState, "show">>) => void;
}

/** What changes with every frame of a gesture or an animation: apart from all else, so that only the graph hears of it. */
export interface GestureState {
  /** Where things are drawn meanwhile, by a gesture or an animation; the document says where they end. */
  readonly places: ReadonlyMap<string, Position>;
  /** Nodes that a drag has moved on the screen, all by the same way; the canvas library still has them where they were. */
  readonly carried: { readonly ids: ReadonlySet<string>; readonly by: Position } | null;
  /** Copies of these stay behind while they are dragged: dropped, they are the copies. */
  readonly ghosts: ReadonlySet<string>;
  /** Lines that show what a dragged node is in line with. */
  readonly guides: { readonly x: readonly number[]; readonly y: readonly number[] };
}

export interface ViewStore extends StoreApi<ViewState> {
  readonly gesture: StoreApi<GestureState>;
}

export const NO_GUIDES: GestureState["guides"] = { x: [], y: [] };
export const NO_PLACES: ReadonlyMap<string, Position> = new Map();
export const NO_GHOSTS: ReadonlySet<string> = new Set();

export function makeViewStore(): ViewStore {
  const gesture = createStore<GestureState>(() => ({
    places: NO_PLACES,
    carried: null,
    ghosts: NO_GHOSTS,
    guides: NO_GUIDES,
  }));
  const view = createStore<ViewState>((set) => ({
    wiring: null,
    quickAdd: null,
    menu: null,
    overlay: null,
    drawer: null,
    dropEdge: null,
    isDragging: false,
    isFar: false,
    titleEdit: null,
    runPart: null,
    isPaletteOpen: true,
    isMapOpen: true,
    show(change) {
      // What opens takes the place of what was open.
      const opens = change.overlay || change.quickAdd || change.menu;
      set({ ...(opens && CLOSED), ...change });
    },
  }));
  return Object.assign(view, { gesture });
}

const CLOSED = { overlay: null, quickAdd: null, menu: null };

/** A port's key in `wiring.refusals`. */
export function portKey(side: Side, { node, port }: PortRef): string {
  return `${side}:${node}.${port}`;
}

const Context = createContext<ViewStore | null>(null);
export const ViewStoreProvider = Context.Provider;

export function useViewStore(): ViewStore {
  const store = useContext(Context);
  if (!store) throw new Error("No flow is open here.");
  return store;
}

export function useView<T>(select: (state: ViewState) => T): T {
  return useStore(useViewStore(), select);
}

export function useGesture<T>(select: (state: GestureState) => T): T {
  return useStore(useViewStore().gesture, select);
}
