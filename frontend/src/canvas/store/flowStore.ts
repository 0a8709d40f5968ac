import { createContext, useContext } from "react";
import { useStore } from "zustand";
import { createStore, type StoreApi } from "zustand/vanilla";
import type { Schemas } from "../../api/client";
import { bodyEdges } from "../model/body";
import { edgeId, type FlowDocument, type FlowGraph, graphAt, withGraphAt } from "../model/document";
import { EMPTY_HISTORY, type History, record, stepBack, stepForth } from "../model/history";

/** What is undone together: the document, and which body was open when it was changed. */
export interface Edited {
  readonly document: FlowDocument;
  readonly bodyPath: readonly string[];
}

export interface FlowCheck {
  problems: Schemas["FlowProblem"][];
  schemas: Schemas["CheckedFlow"]["schemas"];
  /** What was checked; the document that is open may be newer. */
  document: FlowDocument;
}

export interface Focus {
  /** Path of the node: "per_tool/fit". */
  node: string;
  field: string | null;
}

export interface FlowState extends Edited {
  readonly project: string;
  readonly name: string;
  /** Number of the revision that the edit started from: what If-Match wants. */
  readonly version: number;
  /** Ids of nodes, notes and edges ("from>to") of the open graph. */
  readonly selection: ReadonlySet<string>;
  readonly readOnly: boolean;
  readonly history: History<Edited>;
  readonly check: FlowCheck | null;
  readonly focus: Focus | null;
  /** Paths of nodes that were edited, or fed by such, since the run that is shown. */
  readonly stale: ReadonlySet<string>;

  /** One undo step. A change with the same `coalesce` key within a second joins the last step. */
  change: (label: string, recipe: (document: FlowDocument) => FlowDocument, coalesce?: string) => void;
  /** The same for the graph that is open: the document itself or a body. */
  changeGraph: (label: string, recipe: <Graph extends FlowGraph>(graph: Graph) => Graph, coalesce?: string) => void;
  undo: () => void;
  redo: () => void;
  select: (ids: Iterable<string>) => void;
  openBody: (path: readonly string[]) => void;
  /** Takes a document from the server: no undo step, and what could be undone before it no longer can. */
  replace: (document: FlowDocument, version: number) => void;
  /** The document was saved as this revision; what is edited stays. */
  setVersion: (version: number) => void;
  setCheck: (check: FlowCheck | null) => void;
  setReadOnly: (readOnly: boolean) => void;
  setStale: (paths: ReadonlySet<string>) => void;
  /** Opens the body of the node, selects it, and asks its form to show the field. */
  setFocus: (focus: Focus | null) => void;
}

export type FlowStore = StoreApi<FlowState>;

interface StartOf {
  project: string;
  document: FlowDocument;
  version: number;
  readOnly?: boolean;
}

export function makeFlowStore({ project, document, version, readOnly = false }: StartOf): FlowStore {
  return createStore<FlowState>((set, get) => {
    const show = (edited: Edited, history: History<Edited>) =>
      set((state) => ({ ...edited, history, selection: stillThere(state.selection, edited) }));

    return {
      project,
      name: document.name,
      version,
      document,
      bodyPath: [],
      selection: new Set(),
      readOnly,
      history: EMPTY_HISTORY,
      check: null,
      focus: null,
      stale: new Set(),

      change(label, recipe, coalesce) {
        const before = get();
        if (before.readOnly) return;
        const next = recipe(before.document);
        if (next === before.document) return;
        const step = { label, value: { document: before.document, bodyPath: before.bodyPath } };
        const edited = { document: next, bodyPath: openPart(next, before.bodyPath) };
        show(edited, record(before.history, step, Date.now(), coalesce));
      },
      changeGraph(label, recipe, coalesce) {
        const { bodyPath, change } = get();
        change(label, (whole) => withGraphAt(whole, bodyPath, recipe), coalesce);
      },
      undo() {
        const { history, document: current, bodyPath, readOnly: isLocked } = get();
        const back = isLocked ? null : stepBack(history, { document: current, bodyPath });
        if (back) show(...back);
      },
      redo() {
        const { history, document: current, bodyPath, readOnly: isLocked } = get();
        const forth = isLocked ? null : stepForth(history, { document: current, bodyPath });
        if (forth) show(...forth);
      },
      select(ids) {
        const selection = new Set(ids);
        if (!isSameSet(selection, get().selection)) set({ selection });
      },
      openBody(path) {
        const bodyPath = openPart(get().document, path);
        set({ bodyPath, selection: new Set() });
      },
      replace(next, nextVersion) {
        const { bodyPath, selection } = get();
        const edited = { document: next, bodyPath: openPart(next, bodyPath) };
        set({
          ...edited,
          name: next.name,
          version: nextVersion,
          history: EMPTY_HISTORY,
          selection: stillThere(selection, edited),
        });
      },
      setVersion: (next) => set({ version: next }),
      setCheck: (check) => set({ check }),
      setReadOnly: (next) => set({ readOnly: next }),
      setStale(stale) {
        if (!isSameSet(stale, get().stale)) set({ stale });
      },
      setFocus(focus) {
        if (!focus) return set({ focus });
        const path = focus.node.split("/");
        const id = path.pop() ?? "";
        const { bodyPath } = get();
        const body = openPart(get().document, path);
        const isOpen = body.join("/") === bodyPath.join("/");
        set({ focus, selection: new Set([id]), ...(!isOpen && { bodyPath: body }) });
      },
    };
  });
}

/** As much of a path of bodies as is still there. */
function openPart(document: FlowDocument, path: readonly string[]): readonly string[] {
  for (let length = path.length; length > 0; length--) {
    if (graphAt(document, path.slice(0, length))) return path.slice(0, length);
  }
  return [];
}

function stillThere(selection: ReadonlySet<string>, { document, bodyPath }: Edited): ReadonlySet<string> {
  const graph = graphAt(document, bodyPath);
  if (!graph || selection.size === 0) return selection;
  const known = new Set([...graph.nodes, ...(graph.notes ?? [])].map(({ id }) => id));
  for (const edge of [...graph.edges, ...bodyEdges(graph)]) known.add(edgeId(edge));
  const left = [...selection].filter((id) => known.has(id));
  return left.length === selection.size ? selection : new Set(left);
}

function isSameSet(left: ReadonlySet<string>, right: ReadonlySet<string>): boolean {
  return left.size === right.size && [...left].every((id) => right.has(id));
}

const Context = createContext<FlowStore | null>(null);
export const FlowStoreProvider = Context.Provider;

/** The store of the flow that is open; for what is needed when something happens, not to draw. */
export function useFlowStore(): FlowStore {
  const store = useContext(Context);
  if (!store) throw new Error("No flow is open here.");
  return store;
}

export function useFlow<T>(select: (state: FlowState) => T): T {
  return useStore(useFlowStore(), select);
}

/** The graph that is open: the document itself, or a body. */
export function useOpenGraph(): FlowGraph {
  return useFlow(openGraph);
}

export function openGraph({ document, bodyPath }: Edited): FlowGraph {
  return graphAt(document, bodyPath) ?? document;
}
