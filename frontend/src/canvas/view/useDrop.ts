import { useReactFlow } from "@xyflow/react";
import { type DragEvent, useMemo } from "react";
import { edgeId, type FlowEdge, type FlowGraph } from "../model/document";
import { placeOnEdge, withNewNode } from "../model/edit";
import { NODE_HEAD, NODE_WIDTH, snapped } from "../model/geometry";
import { newNode, stepOf } from "../model/steps";
import { wiringOf } from "../model/wiring";
import { STEP_MIME } from "../panels/PaletteEntry";
import { useSpecs } from "../store/catalogue";
import { openGraph, useFlowStore } from "../store/flowStore";
import { useViewStore } from "../store/viewStore";
import type { CanvasActions } from "./canvasContext";
import { type DrawnWire, drawnWires, nearEdge } from "./nearEdge";

const NEAR = 24;

/** Steps dragged from the palette: dropped on the canvas, or into a wire. */
export function useDrop(actions: CanvasActions) {
  const store = useFlowStore();
  const view = useViewStore();
  const specs = useSpecs();
  const flow = useReactFlow();
  return useMemo(() => {
    const point = (event: DragEvent) =>
      flow.screenToFlowPosition({ x: event.clientX, y: event.clientY }, { snapToGrid: false });
    const isStep = (event: DragEvent) => event.dataTransfer.types.includes(STEP_MIME);
    let drawn: { graph: FlowGraph; wires: DrawnWire[] } | null = null;
    const near = (event: DragEvent, fits: (edge: FlowEdge) => boolean) => {
      const graph = openGraph(store.getState());
      if (drawn?.graph !== graph) drawn = { graph, wires: drawnWires(wiringOf(graph, specs)) };
      return nearEdge(drawn.wires, point(event), NEAR, fits);
    };
    return {
      onDragOver(event: DragEvent) {
        if (!isStep(event) || store.getState().readOnly) return;
        event.preventDefault();
        event.dataTransfer.dropEffect = "copy";
        // What is dragged is told only when it is dropped; so any wire may take it until then.
        const edge = near(event, () => true);
        const dropEdge = edge ? edgeId(edge) : null;
        if (view.getState().dropEdge !== dropEdge) view.getState().show({ dropEdge });
      },
      onDragLeave() {
        view.getState().show({ dropEdge: null });
      },
      onDrop(event: DragEvent) {
        if (!isStep(event)) return;
        event.preventDefault();
        view.getState().show({ dropEdge: null });
        const step = stepOf(event.dataTransfer.getData(STEP_MIME));
        const { x, y } = point(event);
        const graph = openGraph(store.getState());
        const trial = newNode(graph, step, [0, 0]);
        const wiring = wiringOf(withNewNode(graph, trial), specs);
        const edge = near(event, (one) => placeOnEdge(wiring, trial.id, one) !== null);
        actions.add(step, { at: snapped([x - NODE_WIDTH / 2, y - NODE_HEAD / 2]), ...(edge && { edge }) });
        actions.focus();
      },
    };
  }, [store, view, specs, flow, actions]);
}
