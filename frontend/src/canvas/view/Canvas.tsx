import { Background, BackgroundVariant, ReactFlow, SelectionMode, useReactFlow, useStore } from "@xyflow/react";
import "@xyflow/react/dist/base.css";
import { type PointerEvent, useEffect, useLayoutEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { WireViewEdge } from "../edges/viewEdges";
import { WireEdge } from "../edges/WireEdge";
import { GRID } from "../model/geometry";
import { EndNode } from "../nodes/EndNode";
import { NoteNode } from "../nodes/NoteNode";
import { StepNode } from "../nodes/StepNode";
import type { ViewNode } from "../nodes/viewNodes";
import { useFlow } from "../store/flowStore";
import { useView, useViewStore } from "../store/viewStore";
import styles from "./Canvas.module.css";
import { type CanvasParts, useCanvas } from "./canvasContext";
import { Guides } from "./Guides";
import { LEAST_ZOOM } from "./makeActions";
import { useDragging } from "./useDragging";
import { useDrop } from "./useDrop";
import { usePointing } from "./usePointing";
import { useSavedViewport } from "./useSavedViewport";
import { useViewGraph } from "./useViewGraph";
import { useWiring } from "./useWiring";
import { WiringTip } from "./WiringTip";

const NODE_TYPES = { step: StepNode, note: NoteNode, end: EndNode };
const EDGE_TYPES = { wire: WireEdge };
const SNAP: [number, number] = [GRID, GRID];
/** Below these no small letters can be read, and no letters at all: see `data-far` and `data-tiny` in the style sheets. */
const FAR = 0.4;
const TINY = 0.28;

interface CanvasProps {
  parts: CanvasParts;
  /** Whether the next visit finds the same part in view; otherwise everything. */
  remembers?: boolean;
}

/** The graph that is open, from edge to edge of the page. */
export function Canvas({ parts, remembers = true }: CanvasProps) {
  const { t } = useTranslation("canvas");
  const view = useViewStore();
  const actions = useCanvas();
  const flow = useReactFlow<ViewNode, WireViewEdge>();
  const readOnly = useFlow((state) => state.readOnly);
  const isFar = useStore(({ transform }) => transform[2] < FAR);
  const isTiny = useStore(({ transform }) => transform[2] < TINY);
  const isDragging = useView((state) => state.isDragging);
  const { nodes, edges } = useViewGraph();
  const dragging = useDragging(flow, parts);
  const wiring = useWiring(actions);
  const pointing = usePointing(actions);
  const drop = useDrop(actions);
  const viewport = useSavedViewport(actions, remembers);
  const element = useRef<HTMLDivElement>(null);

  useLayoutEffect(() => view.getState().show({ isFar }), [view, isFar]);
  useEffect(() => {
    parts.element = element.current;
    return () => {
      parts.element = null;
    };
  }, [parts]);

  const track = (event: PointerEvent) => {
    parts.pointer = [event.clientX, event.clientY];
  };
  return (
    <div
      ref={element}
      className={styles.canvas}
      data-far={isFar ? "" : undefined}
      data-tiny={isTiny ? "" : undefined}
      data-dragging={isDragging ? "" : undefined}
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
        {...pointing}
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
        onlyRenderVisibleElements={nodes.length > MANY}
        attributionPosition="bottom-center"
      >
        <Background variant={BackgroundVariant.Dots} gap={20} size={1.6} color="var(--dots)" bgColor="var(--canvas)" />
        <Guides />
        <WiringTip />
      </ReactFlow>
    </div>
  );
}

/** With more nodes only those in view are drawn; with fewer the drawing of new ones would be felt while moving about. */
const MANY = 150;
const MULTI = ["Shift", "Meta", "Control"];
const PAN_BUTTONS = [1];
