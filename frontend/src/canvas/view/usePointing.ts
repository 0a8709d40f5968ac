import type { EdgeMouseHandler, NodeMouseHandler, OnEdgesChange } from "@xyflow/react";
import { type MouseEvent as ReactMouseEvent, useMemo } from "react";
import { edgeOf, type WireViewEdge } from "../edges/viewEdges";
import { edgeId, type FlowEdge, portRef } from "../model/document";
import type { ViewNode } from "../nodes/viewNodes";
import { useRunStore } from "../run/runState";
import { useFlowStore } from "../store/flowStore";
import { useViewStore } from "../store/viewStore";
import type { CanvasActions } from "./canvasContext";
import { FORM_OPENS } from "./makeActions";

interface Pointing {
  onEdgesChange: OnEdgesChange<WireViewEdge>;
  onNodeClick: NodeMouseHandler<ViewNode>;
  onNodeDoubleClick: NodeMouseHandler<ViewNode>;
  onEdgeClick: EdgeMouseHandler<WireViewEdge>;
  onPaneContextMenu: (event: ReactMouseEvent | MouseEvent) => void;
  onNodeContextMenu: NodeMouseHandler<ViewNode>;
  onSelectionContextMenu: (event: ReactMouseEvent) => void;
  onEdgeContextMenu: EdgeMouseHandler<WireViewEdge>;
}

/** Clicks. The handlers stay the same: new ones would have every node drawn anew, with each frame of a gesture. */
export function usePointing(actions: CanvasActions): Pointing {
  const store = useFlowStore();
  const view = useViewStore();
  const runs = useRunStore();
  return useMemo(() => {
    const menu = (event: ReactMouseEvent, edge: FlowEdge | null) => {
      event.preventDefault();
      view.getState().show({ menu: { screen: [event.clientX, event.clientY], at: actions.pointer().at, edge } });
    };
    return {
      onEdgesChange(changes) {
        const chosen = changes.filter((change) => change.type === "select");
        if (chosen.length === 0) return;
        const selection = new Set(store.getState().selection);
        for (const { id, selected } of chosen) {
          if (selected) selection.add(id);
          else selection.delete(id);
        }
        store.getState().select(selection);
      },
      onNodeClick(event, node) {
        const port = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-port]") : null;
        if (node.type !== "step") return;
        if (!port) {
          // The form that opens for it may cover it.
          setTimeout(() => actions.reveal(node.id), FORM_OPENS);
          return;
        }
        const side = port.classList.contains("target") ? "in" : "out";
        const drawer = { tab: "data", node: node.data.path, port: { side, port: port.dataset.port ?? "" } } as const;
        view.getState().show({ drawer });
      },
      onNodeDoubleClick(_event, node) {
        if (node.type !== "step") return;
        const { bodyPath, openBody, setFocus } = store.getState();
        if (node.data.node.body) openBody([...bodyPath, node.id]);
        else setFocus({ node: node.data.path, field: null });
      },
      onEdgeClick(_event, edge) {
        // A wire is clicked to be deleted, too: before anything has run there is nothing to look at.
        if (!runs.getState().model) return;
        const { node, port } = portRef(edgeOf(edge).from);
        const path = [...store.getState().bodyPath, node].join("/");
        view.getState().show({ drawer: { tab: "data", node: path, port: { side: "out", port } } });
      },
      onPaneContextMenu(event) {
        event.preventDefault();
        actions.quickAdd();
      },
      onNodeContextMenu(event, node) {
        if (!store.getState().selection.has(node.id)) store.getState().select([node.id]);
        menu(event, null);
      },
      onSelectionContextMenu: (event) => menu(event, null),
      onEdgeContextMenu(event, edge) {
        const wire = edgeOf(edge);
        store.getState().select([edgeId(wire)]);
        menu(event, wire);
      },
    };
  }, [store, view, runs, actions]);
}
