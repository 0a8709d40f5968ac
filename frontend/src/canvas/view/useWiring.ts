import type { IsValidConnection, OnConnect, OnConnectEnd, OnConnectStart, OnReconnect } from "@xyflow/react";
import { useMemo, useRef } from "react";
import { edgeOf, type WireViewEdge } from "../edges/viewEdges";
import { BODY_INPUTS, BODY_OUTPUTS, bodyEdges, isBodyEdge, withoutBodyEdge } from "../model/body";
import { edgeId, type FlowEdge, type FlowGraph, type PortRef, refText } from "../model/document";
import { connect, rewired } from "../model/edit";
import { portNamed, type Side } from "../model/ports";
import { bestPort, type Refusal, refusal, wiringOf } from "../model/wiring";
import { useSpecs } from "../store/catalogue";
import { openGraph, useFlowStore } from "../store/flowStore";
import { portKey, useViewStore, type WireEnd } from "../store/viewStore";
import type { CanvasActions } from "./canvasContext";

interface WiringGestures {
  isValidConnection: IsValidConnection<WireViewEdge>;
  onConnectStart: OnConnectStart;
  onConnect: OnConnect;
  onConnectEnd: OnConnectEnd;
  onReconnectStart: (event: unknown, edge: WireViewEdge, handle: "source" | "target") => void;
  onReconnect: OnReconnect<WireViewEdge>;
  onReconnectEnd: (event: MouseEvent | TouchEvent, edge: WireViewEdge) => void;
}

/** Drawing wires, putting an end of a wire elsewhere, and what happens when it is let go somewhere. */
export function useWiring(actions: CanvasActions): WiringGestures {
  const store = useFlowStore();
  const view = useViewStore();
  const specs = useSpecs();
  const moving = useRef<{ edge: FlowEdge; isDone: boolean } | null>(null);

  return useMemo(() => {
    const graph = () => openGraph(store.getState());

    /** Says of every port whether the wire fits. The wire whose end is being moved is no obstacle to itself. */
    const begin = (ref: PortRef, side: Side) => {
      const now = moving.current ? without(graph(), moving.current.edge) : graph();
      const wiring = wiringOf(now, specs);
      const port = portNamed(wiring.ports(ref.node), side, ref.port);
      if (!port) return;
      const refusals = new Map<string, Refusal | null>();
      const other: Side = side === "outputs" ? "inputs" : "outputs";
      const ids = [...now.nodes.map(({ id }) => id), ...(store.getState().bodyPath.length > 0 ? ENDS : [])];
      for (const id of ids) {
        for (const { name } of wiring.ports(id)[side])
          if (id !== ref.node || name !== ref.port) refusals.set(portKey(side, { node: id, port: name }), "side");
        for (const { name } of wiring.ports(id)[other]) {
          const end = { node: id, port: name };
          refusals.set(portKey(other, end), side === "outputs" ? refusal(wiring, ref, end) : refusal(wiring, end, ref));
        }
      }
      view.getState().show({ wiring: { from: { side, ref, type: port.type }, refusals } });
    };

    const add = (edge: FlowEdge) => store.getState().changeGraph("connect", (now) => connect(now, specs, edge));

    const join = (from: WireEnd, node: string) => {
      const port = bestPort(wiringOf(graph(), specs), node, from);
      if (!port) return;
      const own = refText({ node, port: port.name });
      const other = refText(from.ref);
      add(from.side === "outputs" ? { from: other, to: own } : { from: own, to: other });
    };

    const gestures: WiringGestures = {
      isValidConnection: (connection) => {
        const { wiring } = view.getState();
        if (!wiring) return false;
        const { from, to } = edgeOf(connection);
        const end = wiring.from.side === "outputs" ? `inputs:${to}` : `outputs:${from}`;
        return wiring.refusals.get(end) === null;
      },
      onConnectStart: (_event, { nodeId, handleId, handleType }) => {
        if (nodeId && handleId && !moving.current)
          begin({ node: nodeId, port: handleId }, handleType === "source" ? "outputs" : "inputs");
      },
      onConnect: (connection) => add(edgeOf(connection)),
      onConnectEnd: (event, connection) => {
        const from = view.getState().wiring?.from;
        view.getState().show({ wiring: null });
        if (!from || moving.current || connection.isValid || connection.toHandle) return;
        const point = "changedTouches" in event ? event.changedTouches[0] : event;
        if (!point) return;
        const target = document.elementFromPoint(point.clientX, point.clientY);
        const node = target?.closest<HTMLElement>(".react-flow__node-step")?.dataset.id;
        if (node) join(from, node);
        else if (target?.closest(".react-flow__pane") && !ENDS.includes(from.ref.node)) {
          const { at } = actions.pointer();
          actions.quickAdd({ screen: [point.clientX, point.clientY], at, from });
        }
      },
      // The canvas reports the handle that stays where it is.
      onReconnectStart: (_event, edge, handle) => {
        const { data } = edge;
        if (!data) return;
        moving.current = { edge: data.edge, isDone: false };
        const stays = handle === "source" ? edge.source : edge.target;
        const port = (handle === "source" ? edge.sourceHandle : edge.targetHandle) ?? "";
        begin({ node: stays, port }, handle === "source" ? "outputs" : "inputs");
      },
      onReconnect: (old, connection) => {
        if (!moving.current || !old.data) return;
        moving.current.isDone = true;
        const { edge } = old.data;
        store.getState().changeGraph("connect", (now) => rewired(now, specs, edge, edgeOf(connection)));
      },
      onReconnectEnd: () => {
        const now = moving.current;
        moving.current = null;
        view.getState().show({ wiring: null });
        // Pulled off and let go anywhere else: it is taken away.
        if (now && !now.isDone) store.getState().changeGraph("disconnect", (whole) => without(whole, now.edge));
      },
    };
    return gestures;
  }, [store, view, specs, actions]);
}

const ENDS = [BODY_INPUTS, BODY_OUTPUTS];

function without<Graph extends FlowGraph>(graph: Graph, edge: FlowEdge): Graph {
  const id = edgeId(edge);
  if (isBodyEdge(edge))
    return bodyEdges(graph).some((one) => edgeId(one) === id) ? withoutBodyEdge(graph, edge) : graph;
  return { ...graph, edges: graph.edges.filter((one) => edgeId(one) !== id) };
}
