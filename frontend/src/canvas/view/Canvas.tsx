import { Background, BackgroundVariant, ReactFlow, SelectionMode, useReactFlow, useStore } from "@xyflow/react";
import "@xyflow/react/dist/base.css";
import { type PointerEvent, useCallback, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { edgeOf, type WireViewEdge } from "../edges/viewEdges";
import { WireEdge } from "../edges/WireEdge";
import { edgeId, portRef } from "../model/document";
import { GRID } from "../model/geometry";
import { EndNode } from "../nodes/EndNode";
import { NoteNode } from "../nodes/NoteNode";
import { StepNode } from "../nodes/StepNode";
import type { ViewNode } from "../nodes/viewNodes";
import { useFlow, useFlowStore } from "../store/flowStore";
import { useViewStore } from "../store/viewStore";
import styles from "./Canvas.module.css";
import { type CanvasParts, useCanvas } from "./canvasContext";
import { Guides } from "./Guides";
import { LEAST_ZOOM } from "./makeActions";
import { useDragging } from "./useDragging";
import { useDrop } from "./useDrop";
import { useSavedViewport } from "./useSavedViewport";
import { useViewGraph } from "./useViewGraph";
import { useWiring } from "./useWiring";
import { WiringTip } from "./WiringTip";

const NODE_TYPES = { step: StepNode, note: NoteNode, end: EndNode };
const EDGE_TYPES = { wire: WireEdge };
const SNAP: [number, number] = [GRID, GRID];
/** Below this small letters cannot be read: see `data-far` in the style sheets. */
const FAR = 0.4;

/** The graph that is open, from edge to edge of the page. */
export function Canvas({ parts }: { parts: CanvasParts }) {
  const { t } = useTranslation("canvas");
  const store = useFlowStore();
  const view = useViewStore();
  const actions = useCanvas();
  const flow = useReactFlow<ViewNode, WireViewEdge>();
  const readOnly = useFlow((state) => state.readOnly);
  const isFar = useStore(({ transform }) => transform[2] < FAR);
  const zoom = useCallback(() => flow.getZoom(), [flow]);
  const { nodes, edges } = useViewGraph();
  const dragging = useDragging(zoom);
  const wiring = useWiring(actions);
  const drop = useDrop(actions);
  const viewport = useSavedViewport(actions);
  const element = useRef<HTMLDivElement>(null);

  useEffect(() => {
    parts.element = element.current;
    return () => {
      parts.element = null;
    };
  }, [parts]);

  const track = (event: PointerEvent) => {
    parts.pointer = [event.clientX, event.clientY];
  };
  const showPort = (event: React.MouseEvent, node: ViewNode) => {
    const port = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-port]") : null;
    if (!port || node.type !== "step") return;
    const isInput = port.classList.contains("target");
    const name = port.dataset.port ?? "";
    view
      .getState()
      .show({ drawer: { tab: "data", node: node.data.path, port: { side: isInput ? "in" : "out", port: name } } });
  };

  return (
    <div
      ref={element}
      className={styles.canvas}
      data-far={isFar ? "" : undefined}
      onPointerMove={track}
      onPointerLeave={() => {
        parts.pointer = null;
      }}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the canvas is worked with the keyboard; the sheet at "?" tells how
      tabIndex={0}
      role="application"
      aria-label={t("canvas")}
      aria-describedby="canvas-help"
      data-canvas=""
      {...drop}
    >
      <span id="canvas-help" className="visually-hidden">
        {t("canvasHelp")}
      </span>
      <ReactFlow<ViewNode, WireViewEdge>
        nodes={nodes}
        edges={edges}
        nodeTypes={NODE_TYPES}
        edgeTypes={EDGE_TYPES}
        {...dragging}
        {...wiring}
        onEdgesChange={(changes) => {
          const chosen = changes.filter((change) => change.type === "select");
          if (chosen.length === 0) return;
          const selection = new Set(store.getState().selection);
          for (const { id, selected } of chosen) {
            if (selected) selection.add(id);
            else selection.delete(id);
          }
          store.getState().select(selection);
        }}
        onNodeClick={showPort}
        onNodeDoubleClick={(_event, node) => {
          const { bodyPath, openBody } = store.getState();
          if (node.type === "step" && node.data.node.body) openBody([...bodyPath, node.id]);
          else if (node.type === "step") store.getState().setFocus({ node: node.data.path, field: null });
        }}
        onEdgeClick={(_event, edge) => {
          const { node, port } = portRef(edgeOf(edge).from);
          const path = [...store.getState().bodyPath, node].join("/");
          view.getState().show({ drawer: { tab: "data", node: path, port: { side: "out", port } } });
        }}
        onPaneContextMenu={(event) => {
          event.preventDefault();
          actions.quickAdd();
        }}
        onNodeContextMenu={(event, node) => {
          event.preventDefault();
          if (!store.getState().selection.has(node.id)) store.getState().select([node.id]);
          view
            .getState()
            .show({ menu: { screen: [event.clientX, event.clientY], at: actions.pointer().at, edge: null } });
        }}
        onSelectionContextMenu={(event) => {
          event.preventDefault();
          view
            .getState()
            .show({ menu: { screen: [event.clientX, event.clientY], at: actions.pointer().at, edge: null } });
        }}
        onEdgeContextMenu={(event, edge) => {
          event.preventDefault();
          const wire = edgeOf(edge);
          store.getState().select([edgeId(wire)]);
          view
            .getState()
            .show({ menu: { screen: [event.clientX, event.clientY], at: actions.pointer().at, edge: wire } });
        }}
        onMoveEnd={viewport.keep}
        nodesDraggable={!readOnly}
        nodesConnectable={!readOnly}
        edgesReconnectable={!readOnly}
        nodesFocusable={false}
        edgesFocusable={false}
        deleteKeyCode={null}
        selectionKeyCode={null}
        multiSelectionKeyCode={MULTI}
        disableKeyboardA11y
        connectOnClick={false}
        connectionRadius={28}
        reconnectRadius={14}
        panOnScroll
        panOnDrag={PAN_BUTTONS}
        selectionOnDrag
        selectionMode={SelectionMode.Partial}
        zoomOnDoubleClick={false}
        snapToGrid
        snapGrid={SNAP}
        minZoom={LEAST_ZOOM}
        maxZoom={2}
        elevateNodesOnSelect={false}
        nodeDragThreshold={3}
        connectionDragThreshold={4}
        attributionPosition="bottom-center"
      >
        <Background variant={BackgroundVariant.Dots} gap={20} size={1.6} color="var(--dots)" bgColor="var(--canvas)" />
        <Guides />
        <WiringTip />
      </ReactFlow>
    </div>
  );
}

const MULTI = ["Shift", "Meta", "Control"];
const PAN_BUTTONS = [1];
