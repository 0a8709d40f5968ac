import { useNodesInitialized, useReactFlow, type Viewport } from "@xyflow/react";
import { useCallback, useEffect, useRef } from "react";
import { useFlow, useOpenGraph } from "../store/flowStore";
import type { CanvasActions } from "./canvasContext";

/** Where somebody was in a flow is where they find themselves the next time; at first everything is in view, or as much as can be read. */
export function useSavedViewport(actions: CanvasActions, remembers: boolean) {
  const key = useFlow(({ project, name, bodyPath }) => `patchbay-view:${[project, name, ...bodyPath].join("/")}`);
  const { setViewport } = useReactFlow();
  const isMeasured = useNodesInitialized();
  const graph = useOpenGraph();
  // Where nothing is, nothing has to come into view; least of all when the first step is dropped somewhere.
  const isReady = isMeasured || graph.nodes.length + (graph.notes ?? []).length === 0;
  const shown = useRef<string | null>(null);

  useEffect(() => {
    if (shown.current === key || !isReady) return;
    shown.current = key;
    const saved = remembers ? read(key) : null;
    // Panels stand in their places a moment later; what is fitted into view goes by them.
    if (saved) void setViewport(saved);
    else requestAnimationFrame(() => actions.fit(undefined, true));
  }, [key, isReady, setViewport, actions, remembers]);

  const keep = useCallback(
    (_event: unknown, viewport: Viewport) => {
      if (!remembers || shown.current !== key) return;
      try {
        localStorage.setItem(key, JSON.stringify(viewport));
      } catch {
        // Without storage the next visit begins with everything in view.
      }
    },
    [key, remembers],
  );
  return { keep };
}

function read(key: string): Viewport | null {
  try {
    const raw: unknown = JSON.parse(localStorage.getItem(key) ?? "null");
    return isViewport(raw) ? raw : null;
  } catch {
    return null;
  }
}

function isViewport(raw: unknown): raw is Viewport {
  return (
    typeof raw === "object" &&
    raw !== null &&
    "x" in raw &&
    "y" in raw &&
    "zoom" in raw &&
    [raw.x, raw.y, raw.zoom].every((value) => typeof value === "number" && Number.isFinite(value))
  );
}
