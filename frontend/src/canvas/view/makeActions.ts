import type { ReactFlowInstance } from "@xyflow/react";
import { tidied } from "../layout/tidy";
import { clipOf, pasted, readClip } from "../model/clipboard";
import { edgeId, type FlowGraph, type Position, refText } from "../model/document";
import { connect, insertedOnEdge, moved, removed, withNewNode } from "../model/edit";
import { boundsOf, freePlace, NODE_HEAD, NODE_WIDTH, positionOf } from "../model/geometry";
import { newComment, newGroup, withFramesKept, withNote } from "../model/notes";
import type { Specs } from "../model/spec";
import { newNode, stepKey } from "../model/steps";
import { unwrapped } from "../model/unwrap";
import { bestPort, edgeBehind, wiringOf } from "../model/wiring";
import { wrapped } from "../model/wrap";
import { usePaletteChoices } from "../panels/paletteStore";
import { type FlowStore, openGraph } from "../store/flowStore";
import { NO_PLACES, type ViewStore, type WireEnd } from "../store/viewStore";
import { glide, prefersStillness } from "./animate";
import { boxesOf } from "./boxes";
import type { CanvasActions, CanvasParts } from "./canvasContext";
import { insetsOf } from "./insets";
import { keepClip, keptClip } from "./keptClip";

interface Parts {
  store: FlowStore;
  view: ViewStore;
  specs: () => Specs;
  flow: ReactFlowInstance;
  parts: CanvasParts;
}

export const LEAST_ZOOM = 0.1;
/** Smaller than this a whole flow is not shown when it is opened, but its beginning at a size that can be read. */
const LEAST_WHOLE = 0.5;
const READABLE = 0.8;
/** Milliseconds until the form of what was selected is there. */
export const FORM_OPENS = 120;
/** From the left end of a wire to the node that is added at its right end. */
const AFTER = 48;

export function makeActions({ store, view, specs, flow, parts }: Parts): CanvasActions {
  const graph = () => openGraph(store.getState());
  const selection = () => store.getState().selection;
  const change = (label: string, recipe: (graph: FlowGraph) => FlowGraph) =>
    // A recipe of one graph keeps whatever else the document has.
    store.getState().changeGraph(label, <Inner extends FlowGraph>(inner: Inner) => ({ ...inner, ...recipe(inner) }));
  const middle = (): Position => {
    const canvas = parts.element;
    const rect = canvas?.getBoundingClientRect();
    if (!canvas || !rect) return [0, 0];
    const { left, right, top, bottom } = insetsOf(canvas);
    return [(rect.left + left + rect.right - right) / 2, (rect.top + top + rect.bottom - bottom) / 2];
  };
  const onCanvas = ([x, y]: Position): Position => {
    const point = flow.screenToFlowPosition({ x, y }, { snapToGrid: false });
    return [point.x, point.y];
  };
  const pointer = () => {
    const screen = parts.pointer ?? middle();
    return { screen, at: onCanvas(screen) };
  };

  const add: CanvasActions["add"] = (step, more = {}) => {
    if (store.getState().readOnly) return null;
    const before = graph();
    const size = { width: NODE_WIDTH, height: NODE_HEAD };
    const wanted = more.at ?? addPlace(before, more.from);
    const isExact = more.at !== undefined && !more.from && !more.after;
    const place = isExact ? wanted : freePlace(wanted, size, [...boxesOf(withoutGroups(before), specs()).values()]);
    const node = newNode(before, step, place);
    change("add", (now) => {
      let next: FlowGraph = withNewNode(now, node);
      if (more.edge) next = insertedOnEdge(next, specs(), node.id, more.edge);
      if (more.from) next = joined(next, node.id, more.from, specs());
      for (const first of more.after ?? []) {
        const edge = edgeBehind(wiringOf(next, specs()), first, node.id);
        if (edge) next = connect(next, specs(), edge);
      }
      return next;
    });
    usePaletteChoices.getState().used(stepKey(step).split("@")[0] ?? "");
    store.getState().select([node.id]);
    // The form that opens for it may cover it.
    setTimeout(() => actions.reveal(node.id), FORM_OPENS);
    return node.id;
  };

  /** Beside the port that it will be wired to, else beside what is selected, else in the middle. */
  const addPlace = (now: FlowGraph, from: WireEnd | undefined): Position => {
    const [x, y] = onCanvas(middle());
    const centre: Position = [x - NODE_WIDTH / 2, y - NODE_HEAD / 2];
    const beside = now.nodes.filter(({ id }) => (from ? id === from.ref.node : selection().has(id))).map(positionOf);
    if (beside.length === 0) return centre;
    const left = Math.max(...beside.map((place) => place[0]));
    const top = Math.min(...beside.map((place) => place[1]));
    return [left + (from?.side === "inputs" ? -1 : 1) * (NODE_WIDTH + AFTER), top];
  };

  const actions: CanvasActions = {
    add,
    pointer,
    quickAdd: (request) => {
      if (store.getState().readOnly) return;
      const { screen, at } = pointer();
      view.getState().show({ quickAdd: request ?? { screen, at } });
    },
    quickAddBehind() {
      const { nodes, edges } = graph();
      const after = nodes.filter(({ id }) => selection().has(id));
      const edge = edges.find((one) => selection().has(edgeId(one)));
      const at = addPlace(graph(), undefined);
      const [x, y] = at;
      const screen = flow.flowToScreenPosition({ x, y });
      if (after.length > 0) actions.quickAdd({ screen: [screen.x, screen.y], at, after: after.map(({ id }) => id) });
      else actions.quickAdd(edge && { ...pointer(), edge });
    },
    fit(ids, readable = false) {
      const canvas = parts.element;
      const boxes = boxesOf(graph(), specs());
      const wanted = ids ? [...ids].flatMap((id) => boxes.get(id) ?? []) : [...boxes.values()];
      const bounds = boundsOf(wanted);
      if (!canvas || !bounds) return;
      const { top, right, bottom, left } = insetsOf(canvas);
      const width = canvas.clientWidth - left - right;
      const height = canvas.clientHeight - top - bottom;
      const whole = Math.min(1, width / bounds.width, height / bounds.height);
      const zoom = readable && whole < LEAST_WHOLE ? READABLE : Math.max(LEAST_ZOOM, whole);
      const first = wanted.toSorted((one, other) => one.x - other.x)[0] ?? bounds;
      const { y: middleY, height: tall } = bounds.height * zoom > height ? first : bounds;
      const x = left + Math.max(0, width - bounds.width * zoom) / 2 - bounds.x * zoom;
      const y = top + height / 2 - (middleY + tall / 2) * zoom;
      void flow.setViewport({ x, y, zoom }, { duration: prefersStillness() ? 0 : 200 });
    },
    zoom(by) {
      const duration = prefersStillness() ? 0 : 120;
      if (by === "in") void flow.zoomIn({ duration });
      else if (by === "out") void flow.zoomOut({ duration });
      else void flow.zoomTo(1, { duration });
    },
    reveal(id) {
      const canvas = parts.element;
      const box = boxesOf(graph(), specs()).get(id);
      if (!canvas || !box) return;
      const { x, y, zoom } = flow.getViewport();
      const { clientWidth, clientHeight } = canvas;
      const insets = insetsOf(canvas);
      const left = box.x * zoom + x;
      const top = box.y * zoom + y;
      const dx = shift(left, left + box.width * zoom, insets.left, clientWidth - insets.right);
      const dy = shift(top, top + box.height * zoom, insets.top, clientHeight - insets.bottom);
      if (dx !== 0 || dy !== 0)
        void flow.setViewport({ x: x + dx, y: y + dy, zoom }, { duration: prefersStillness() ? 0 : 160 });
    },
    async tidy() {
      if (store.getState().readOnly) return;
      const before = graph();
      const some = new Set([...selection()].filter((id) => before.nodes.some((node) => node.id === id)));
      const places = await tidied(before, specs(), some.size > 1 ? some : null);
      // Meanwhile it may have been edited; then the places are for another graph.
      if (graph() !== before) return;
      const from = new Map(before.nodes.map((node) => [node.id, positionOf(node)]));
      const boxes = boxesOf(before, specs());
      change("tidy", (now) => {
        const next = moved(now, places);
        return withFramesKept(next, boxes, boxesOf(next, specs()));
      });
      glide(from, places, (drawn) => view.gesture.setState({ places: drawn.size > 0 ? drawn : NO_PLACES }));
      if (some.size <= 1) actions.fit();
    },
    remove() {
      const ids = selection();
      if (ids.size > 0) change("remove", (now) => removed(now, specs(), ids));
    },
    duplicate() {
      const clip = clipOf(graph(), selection());
      if (clip.nodes.length + clip.notes.length === 0) return;
      insert("duplicate", (now) => pasted(now, clip, null));
    },
    clip() {
      const clip = clipOf(graph(), selection());
      return clip.nodes.length + clip.notes.length > 0 ? JSON.stringify(clip, null, 1) : null;
    },
    copy() {
      const text = actions.clip();
      if (text !== null) void keepClip(text);
    },
    cut() {
      actions.copy();
      actions.remove();
    },
    async paste(at) {
      actions.pasteText(await keptClip(), at);
    },
    pasteText(text, at) {
      const clip = readClip(text);
      if (!clip || store.getState().readOnly) return false;
      insert("paste", (now) => pasted(now, clip, at ?? pointer().at));
      return true;
    },
    comment(at) {
      const note = newComment(graph(), at ?? pointer().at);
      change("note", (now) => withNote(now, note));
      store.getState().select([note.id]);
      view.getState().show({ titleEdit: note.id });
    },
    group() {
      const boxes = boxesOf(graph(), specs());
      const inside = [...selection()].flatMap((id) => boxes.get(id) ?? []);
      const note = newGroup(graph(), inside);
      if (!note) return;
      change("group", (now) => withNote(now, note));
      store.getState().select([note.id]);
      view.getState().show({ titleEdit: note.id });
    },
    wrap() {
      const made = wrapped(graph(), selection(), "flow");
      if (!made) return;
      change("wrap", () => made.graph);
      store.getState().select([made.id]);
    },
    unwrap() {
      const id = [...selection()][0];
      const made = id === undefined ? null : unwrapped(graph(), id);
      if (!made) return;
      change("unwrap", () => made.graph);
      store.getState().select(made.ids);
    },
    focus: () => parts.element?.focus({ preventScroll: true }),
  };

  function insert(label: string, recipe: (graph: FlowGraph) => [FlowGraph, Set<string>]) {
    let ids = new Set<string>();
    change(label, (now) => {
      const [next, given] = recipe(now);
      ids = given;
      return next;
    });
    store.getState().select(ids);
  }
  return actions;
}

/** The new node wired to the port from which it was looked for. */
function joined(graph: FlowGraph, id: string, from: WireEnd, specs: Specs): FlowGraph {
  const port = bestPort(wiringOf(graph, specs), id, from);
  if (!port) return graph;
  const own = `${id}.${port.name}`;
  const other = refText(from.ref);
  return connect(graph, specs, from.side === "outputs" ? { from: other, to: own } : { from: own, to: other });
}

/** Frames are no obstacle: nodes are meant to lie in them. */
function withoutGroups(graph: FlowGraph): FlowGraph {
  return { ...graph, notes: (graph.notes ?? []).filter(({ kind }) => kind !== "group") };
}

function shift(start: number, end: number, from: number, to: number): number {
  if (start >= from && end <= to) return 0;
  if (end - start > to - from || start < from) return from - start;
  return to - end;
}
