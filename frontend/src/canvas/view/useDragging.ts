import type { NodeChange, OnNodeDrag, OnNodesChange, ReactFlowInstance, Viewport } from "@xyflow/react";
import { useMemo, useRef } from "react";
import { alignment } from "../model/align";
import { clipOf, pasted } from "../model/clipboard";
import { edgeId, type FlowEdge, type Position } from "../model/document";
import { insertedOnEdge, moved } from "../model/edit";
import { type Box, boundsOf, GRID } from "../model/geometry";
import { insideOf } from "../model/notes";
import { wiringOf } from "../model/wiring";
import type { ViewNode } from "../nodes/viewNodes";
import { useSpecs } from "../store/catalogue";
import { openGraph, useFlowStore } from "../store/flowStore";
import { NO_GHOSTS, NO_GUIDES, NO_PLACES, useViewStore } from "../store/viewStore";
import { boxesOf } from "./boxes";
import type { CanvasParts } from "./canvasContext";
import { type Carrying, startCarrying } from "./carry";
import { canBeInserted, type DrawnWire, drawnWires, nearEdge } from "./nearEdge";

/** Nearer than this, in pixels of the screen, a dragged node jumps into line. */
const LINE_UP = 6;
const NEAR_EDGE = 24;
const FAR_AWAY = 900;

interface Gesture {
  boxes: ReadonlyMap<string, Box>;
  /** What is dragged. */
  ids: ReadonlySet<string>;
  /** That, and what lies in the dragged frames. */
  moved: ReadonlySet<string>;
  bounds: Box;
  others: readonly Box[];
  wires: readonly DrawnWire[];
  /** Null: what is dragged cannot be put into a wire. */
  fits: ((edge: FlowEdge) => boolean) | null;
  isCopy: boolean;
  edge: FlowEdge | null;
  /** How far it has come. */
  by: Position | null;
  /** Null: the view has moved too, and so the canvas library draws what comes into it. */
  carrying: Carrying | null;
  viewport: Viewport;
}

interface Dragging {
  onNodesChange: OnNodesChange<ViewNode>;
  onNodeDragStart: OnNodeDrag<ViewNode>;
  onNodeDragStop: OnNodeDrag<ViewNode>;
}

/** Moving nodes: places change on the screen only, until the gesture ends and is one step of the document. */
export function useDragging(flow: Pick<ReactFlowInstance, "getViewport">, parts: CanvasParts): Dragging {
  const store = useFlowStore();
  const view = useViewStore();
  const specs = useSpecs();
  const gesture = useRef<Gesture | null>(null);

  return useMemo(() => {
    const onNodesChange: Dragging["onNodesChange"] = (changes) => {
      const chosen = changes.filter((change) => change.type === "select");
      if (chosen.length > 0) {
        const selection = new Set(store.getState().selection);
        for (const { id, selected } of chosen) {
          if (selected) selection.add(id);
          else selection.delete(id);
        }
        store.getState().select(selection);
      }
      const now = gesture.current;
      if (now) follow(now, changes);
    };

    const follow = (now: Gesture, changes: NodeChange<ViewNode>[]) => {
      // All go the same way.
      const change = changes.find((one) => one.type === "position" && one.dragging && one.position);
      if (change?.type !== "position" || !change.position) return;
      const origin = now.boxes.get(change.id);
      if (!origin) return;
      const { zoom, x, y } = flow.getViewport();
      const dragged = shifted(now.bounds, [change.position.x - origin.x, change.position.y - origin.y]);
      const near = now.others.filter((other) => isNear(dragged, other));
      const line = alignment(dragged, near, LINE_UP / zoom);
      const by: Position = [dragged.x + line.dx - now.bounds.x, dragged.y + line.dy - now.bounds.y];
      now.by = by;
      const middle = { x: dragged.x + dragged.width / 2 + line.dx, y: dragged.y + dragged.height / 2 + line.dy };
      now.edge = now.fits ? nearEdge(now.wires, middle, NEAR_EDGE, now.fits) : null;
      const guides = line.x.length + line.y.length > 0 ? line : NO_GUIDES;
      const isStill = x === now.viewport.x && y === now.viewport.y && zoom === now.viewport.zoom;
      if (now.carrying && isStill) {
        now.carrying.to(by);
        view.gesture.setState({ carried: { ids: now.moved, by }, guides });
      } else {
        now.carrying?.end();
        now.carrying = null;
        view.gesture.setState({ carried: null, places: placesOf(now, by), guides });
      }
      const dropEdge = now.edge ? edgeId(now.edge) : null;
      if (view.getState().dropEdge !== dropEdge) view.getState().show({ dropEdge });
    };

    const onNodeDragStart: Dragging["onNodeDragStart"] = (event, _node, nodes) => {
      const graph = openGraph(store.getState());
      // Lines go by what all nodes have, also those that have not run.
      const boxes = boxesOf(graph, specs, 0);
      const ids = new Set(nodes.map(({ id }) => id));
      const frames = (graph.notes ?? []).filter(({ id, kind }) => kind === "group" && ids.has(id));
      const taken = new Set(frames.flatMap((frame) => insideOf(frame, boxes)).filter((id) => !ids.has(id)));
      const moved = new Set([...ids, ...taken]);
      const bounds = boundsOf([...ids].flatMap((id) => boxes.get(id) ?? []));
      if (!bounds) return;
      const wiring = wiringOf(graph, specs);
      const isCopy = "altKey" in event && event.altKey;
      const [only] = ids;
      const fits = ids.size === 1 && only !== undefined ? canBeInserted(wiring, only) : null;
      gesture.current = {
        boxes,
        ids,
        moved,
        bounds,
        others: [...boxes].filter(([id]) => !moved.has(id)).map(([, box]) => box),
        wires: fits ? drawnWires(wiring) : [],
        fits,
        isCopy,
        edge: null,
        by: null,
        carrying: parts.element && startCarrying(parts.element, moved, graph.edges),
        viewport: flow.getViewport(),
      };
      if (isCopy) view.gesture.setState({ ghosts: ids });
      view.getState().show({ isDragging: true });
    };

    const onNodeDragStop: Dragging["onNodeDragStop"] = () => {
      const now = gesture.current;
      gesture.current = null;
      view.gesture.setState({ places: NO_PLACES, carried: null, guides: NO_GUIDES, ghosts: NO_GHOSTS });
      view.getState().show({ dropEdge: null, isDragging: false });
      now?.carrying?.end();
      if (!now?.by) return;
      const ends = new Map([...placesOf(now, now.by)].map(([id, [x, y]]) => [id, [tidy(x), tidy(y)] as Position]));
      if (now.isCopy) drop(now, ends);
      else {
        const [only] = now.ids;
        store.getState().changeGraph("move", (graph) => {
          const next = moved(graph, ends);
          return now.edge && only !== undefined ? insertedOnEdge(next, specs, only, now.edge) : next;
        });
      }
    };

    const drop = (now: Gesture, ends: ReadonlyMap<string, Position>) => {
      let given = new Set<string>();
      store.getState().changeGraph("duplicate", (graph) => {
        const clip = clipOf(graph, now.moved);
        const placed = moved({ nodes: clip.nodes, edges: clip.edges, notes: clip.notes }, ends);
        const [next, ids] = pasted(graph, { ...clip, nodes: placed.nodes, notes: placed.notes ?? [] }, "asIs");
        given = ids;
        return next;
      });
      store.getState().select(given);
    };

    return { onNodesChange, onNodeDragStart, onNodeDragStop };
  }, [store, view, specs, flow, parts]);
}

function placesOf({ boxes, moved }: Gesture, [dx, dy]: Position): Map<string, Position> {
  const places = new Map<string, Position>();
  for (const id of moved) {
    const box = boxes.get(id);
    if (box) places.set(id, [box.x + dx, box.y + dy]);
  }
  return places;
}

function shifted(box: Box, [dx, dy]: Position): Box {
  return { ...box, x: box.x + dx, y: box.y + dy };
}

/** Lines to what is far away help nobody. */
function isNear(one: Box, other: Box): boolean {
  return Math.abs(one.x - other.x) < FAR_AWAY && Math.abs(one.y - other.y) < FAR_AWAY;
}

/** Whole pixels; where nothing drew it into line it lies on the grid already. */
function tidy(value: number): number {
  const near = Math.round(value / GRID) * GRID;
  return Math.abs(near - value) < 0.5 ? near : Math.round(value);
}
