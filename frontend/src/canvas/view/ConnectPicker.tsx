import { ArrowLeftOutlined, ArrowRightOutlined, PlusOutlined } from "@ant-design/icons";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { FlowEdge, FlowNode } from "../model/document";
import { connect } from "../model/edit";
import { positionOf } from "../model/geometry";
import type { Port } from "../model/ports";
import { refusal, wiringOf } from "../model/wiring";
import { usePortTitle } from "../nodes/usePortTitle";
import { usePlaces } from "../panels/usePlaces";
import { useSpecs } from "../store/catalogue";
import { openGraph, useFlowStore } from "../store/flowStore";
import { useView } from "../store/viewStore";
import styles from "./ConnectPicker.module.css";
import { useCanvas } from "./canvasContext";
import { Popup } from "./Popup";
import { type Choice, SearchList } from "./SearchList";

interface Wire extends Choice {
  readonly act: () => void;
}

/**
 * Wiring with the keyboard: every wire that could be drawn from or to the selected node, the nearest first. Among those
 * of one node a word tells the port.
 */
export function ConnectPicker() {
  const id = useView(({ overlay }) => overlay === "connect");
  const store = useFlowStore();
  if (!id) return null;
  const graph = openGraph(store.getState());
  const node = graph.nodes.find((one) => store.getState().selection.has(one.id));
  return node ? <OpenPicker node={node} /> : null;
}

function OpenPicker({ node }: { node: FlowNode }) {
  const { t } = useTranslation("canvas");
  const store = useFlowStore();
  const specs = useSpecs();
  const canvas = useCanvas();
  const show = useView((view) => view.show);
  const { titleOf } = usePlaces();
  const portTitle = usePortTitle();
  const close = () => {
    show({ overlay: null });
    canvas.focus();
  };
  const choices = useMemo<Wire[]>(() => {
    const graph = openGraph(store.getState());
    const wiring = wiringOf(graph, specs);
    const named = (of: FlowNode, port: Port) => portTitle(specs.get(of.operator ?? ""), port);
    const draw = (edge: FlowEdge) => () => store.getState().changeGraph("connect", (now) => connect(now, specs, edge));
    const [x, y] = positionOf(node);
    const distance = (other: FlowNode) => {
      const [otherX, otherY] = positionOf(other);
      return Math.hypot(otherX - x, otherY - y);
    };
    const others = graph.nodes
      .filter(({ id }) => id !== node.id)
      .toSorted((left, right) => distance(left) - distance(right));
    const { inputs, outputs } = wiring.ports(node.id);
    const onward = outputs.flatMap((output) =>
      others.flatMap((other) =>
        wiring.ports(other.id).inputs.flatMap((input): Wire[] => {
          const from = { node: node.id, port: output.name };
          const to = { node: other.id, port: input.name };
          if (refusal(wiring, from, to) !== null) return [];
          const edge = { from: `${from.node}.${from.port}`, to: `${to.node}.${to.port}` };
          const title = titleOf(other);
          return [
            {
              key: `${edge.from}>${edge.to}`,
              title,
              detail: t("connect.to", { from: named(node, output), to: named(other, input) }),
              texts: [named(node, output), named(other, input), title, other.id],
              icon: <ArrowRightOutlined />,
              act: draw(edge),
            },
          ];
        }),
      ),
    );
    const back = inputs.flatMap((input) =>
      others.flatMap((other) =>
        wiring.ports(other.id).outputs.flatMap((output): Wire[] => {
          const from = { node: other.id, port: output.name };
          const to = { node: node.id, port: input.name };
          if (refusal(wiring, from, to) !== null) return [];
          const edge = { from: `${from.node}.${from.port}`, to: `${to.node}.${to.port}` };
          const title = titleOf(other);
          return [
            {
              key: `${edge.from}>${edge.to}`,
              title,
              detail: t("connect.from", { from: named(other, output), to: named(node, input) }),
              texts: [named(other, output), named(node, input), title, other.id],
              icon: <ArrowLeftOutlined />,
              act: draw(edge),
            },
          ];
        }),
      ),
    );
    const added = outputs.map((output): Wire => {
      const title = t("connect.new", { port: named(node, output) });
      const from = { side: "outputs" as const, ref: { node: node.id, port: output.name }, type: output.type };
      return {
        key: `new:${output.name}`,
        title,
        texts: [title],
        icon: <PlusOutlined />,
        act: () => {
          const { screen } = canvas.pointer();
          canvas.quickAdd({ screen, at: [x + 260, y + 27], from });
        },
      };
    });
    return [...onward, ...added, ...back];
  }, [store, specs, node, t, titleOf, portTitle, canvas]);
  return (
    <Popup at={null} label={t("commands.wire")} className={styles.box ?? ""} onClose={close}>
      <SearchList
        label={t("connect.search", { title: titleOf(node) })}
        choices={choices}
        nothing={t("connect.nothing")}
        onChoose={({ act }) => {
          close();
          act();
        }}
      />
    </Popup>
  );
}
