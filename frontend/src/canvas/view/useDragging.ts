import type { NodeChange, OnNodeDrag, OnNodesChange } from "@xyflow/react";
import { useMemo, useRef } from "react";
import { alignment } from "../model/align";
import { clipOf, pasted } from "../model/clipboard";
import { edgeId, type FlowEdge, type Position } from "../model/document";
import { insertedOnEdge, moved } from "../model/edit";
import { type Box, boundsOf, GRID } from "../model/geometry";
import { insideOf } from "../model/notes";
import { type Wiring, wiringOf } from "../model/wiring";
import type { ViewNode } from "../nodes/viewNodes";
import { useSpecs } from "../store/catalogue";
import { openGraph, useFlowStore } from "../store/flowStore";
import { NO_GHOSTS, NO_GUIDES, NO_PLACES, useViewStore } from "../store/viewStore";
import { boxesOf } from "./boxes";
import { canBeInserted, nearEdge } from "./nearEdge";

/** Nearer than this, in pixels of the screen, a dragged node jumps into line. */
const LINE_UP = 6;
const NEAR_EDGE = 24;
const FAR_AWAY = 900;

interface Gesture {
  boxes: ReadonlyMap<string, Box>;
  others: readonly Box[];
  ids: ReadonlySet<string>;
  /** What lies in the dragged frames, and is taken along. */
  taken: ReadonlySet<string>;
  wiring: Wiring;
  /** Null: what is dragged cannot be put into a wire. */
  fits: ((edge: FlowEdge) => boolean) | null;
  isCopy: boolean;
  edge: FlowEdge | null;
}

interface Dragging {
  onNodesChange: OnNodesChange<ViewNode>;
  onNodeDragStart: OnNodeDrag<ViewNode>;
  onNodeDragStop: OnNodeDrag<ViewNode>;
}

/** Moving nodes: places change on the screen only, until the gesture ends and is one step of the document. */
export function useDragging(zoom: () => number): Dragging {
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
      const places = new Map<string, Position>();
      for (const change of changes) {
        if (change.type === "position" && change.position && change.dragging)
          places.set(change.id, [change.position.x, change.position.y]);
      }
      const [first] = places;
      if (!first) return;
      const boxAt = (id: string, [x, y]: Position): Box | null => {
        const box = now.boxes.get(id);
        return box ? { ...box, x, y } : null;
      };
      const bounds = boundsOf([...places].flatMap(([id, place]) => boxAt(id, place) ?? []));
      if (!bounds) return;
      const near = now.others.filter((other) => isNear(bounds, other));
      const line = alignment(bounds, near, LINE_UP / zoom());
      const shifted = ([x, y]: Position): Position => [x + line.dx, y + line.dy];
      for (const [id, place] of places) places.set(id, shifted(place));
      const origin = now.boxes.get(first[0]);
      const place = places.get(first[0]);
      if (origin && place) {
        for (const id of now.taken) {
          const box = now.boxes.get(id);
          if (box) places.set(id, [box.x + place[0] - origin.x, box.y + place[1] - origin.y]);
        }
      }
      const middle = { x: bounds.x + bounds.width / 2 + line.dx, y: bounds.y + bounds.height / 2 + line.dy };
      now.edge = now.fits ? nearEdge(now.wiring, middle, NEAR_EDGE, now.fits) : null;
      view.gesture.setState({ places, guides: line.x.length + line.y.length > 0 ? line : NO_GUIDES });
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
      const wiring = wiringOf(graph, specs);
      const isCopy = "altKey" in event && event.altKey;
      const [only] = ids;
      gesture.current = {
        boxes,
        others: [...boxes].filter(([id]) => !ids.has(id) && !taken.has(id)).map(([, box]) => box),
        ids,
        taken,
        wiring,
        fits: ids.size === 1 && only !== undefined ? canBeInserted(wiring, only) : null,
        isCopy,
        edge: null,
      };
      if (isCopy) view.gesture.setState({ ghosts: ids });
      view.getState().show({ isDragging: true });
    };

    const onNodeDragStop: Dragging["onNodeDragStop"] = () => {
      const now = gesture.current;
      gesture.current = null;
      const { places } = view.gesture.getState();
      view.gesture.setState({ places: NO_PLACES, guides: NO_GUIDES, ghosts: NO_GHOSTS });
      view.getState().show({ dropEdge: null, isDragging: false });
      if (!now || places.size === 0) return;
      const ends = new Map([...places].map(([id, [x, y]]) => [id, [tidy(x), tidy(y)] as Position]));
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
        const clip = clipOf(graph, new Set([...now.ids, ...now.taken]));
        const placed = moved({ nodes: clip.nodes, edges: clip.edges, notes: clip.notes }, ends);
        const [next, ids] = pasted(graph, { ...clip, nodes: placed.nodes, notes: placed.notes ?? [] }, "asIs");
        given = ids;
        return next;
      });
      store.getState().select(given);
    };

    return { onNodesChange, onNodeDragStart, onNodeDragStop };
  }, [store, view, specs, zoom]);
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
