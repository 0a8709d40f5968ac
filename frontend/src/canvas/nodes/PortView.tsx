import { Handle, Position } from "@xyflow/react";
import { useTranslation } from "react-i18next";
import type { Port, Side } from "../model/ports";
import type { OperatorSpec } from "../model/spec";
import { portKey, useView } from "../store/viewStore";
import styles from "./PortView.module.css";
import { usePortTitle } from "./usePortTitle";

interface PortViewProps {
  node: string;
  side: Side;
  port: Port;
  spec: OperatorSpec | undefined;
  /** Its middle, from the top of the node. */
  y: number;
  isConnectable: boolean;
  /** The only one at its side: there is room for a larger area that takes the pointer. */
  isAlone?: boolean;
}

/** One port: its shape and colour tell the type. Seen from far away it is only the place where wires end. */
export function PortView(props: PortViewProps) {
  const isFar = useView((view) => view.isFar);
  if (!isFar) return <NearPort {...props} />;
  const isInput = props.side === "inputs";
  // What the canvas library looks for when it measures a node; a port that can be wired costs it much more.
  return (
    <div
      className={`${isInput ? "target" : "source"} ${styles.mark}`}
      style={{ top: props.y }}
      data-handleid={props.port.name}
      data-nodeid={props.node}
      data-handlepos={isInput ? "left" : "right"}
    />
  );
}

/** While a wire is drawn, it says whether the wire fits. */
function NearPort({ node, side, port, spec, y, isConnectable, isAlone = false }: PortViewProps) {
  const { t } = useTranslation("canvas");
  const portTitle = usePortTitle();
  const state = useView(({ wiring }) => {
    if (!wiring) return "idle";
    const refusal = wiring.refusals.get(portKey(side, { node, port: port.name }));
    return refusal === undefined ? "own" : refusal === null ? "fits" : "refused";
  });
  const title = portTitle(spec, port);
  const type = t(`portTypes.${port.type}`, { defaultValue: port.type });
  const isInput = side === "inputs";
  return (
    <Handle
      id={port.name}
      type={isInput ? "target" : "source"}
      position={isInput ? Position.Left : Position.Right}
      isConnectable={isConnectable}
      className={styles.port}
      style={{ top: y }}
      title={`${title} (${type})`}
      data-type={port.type}
      data-wiring={state}
      data-required={isInput && port.required ? "" : undefined}
      data-port={port.name}
      data-alone={isAlone ? "" : undefined}
    >
      <span className={styles.dot} />
      <span className={isInput ? `${styles.label} ${styles.before}` : styles.label} data-port-label="">
        {title}
      </span>
    </Handle>
  );
}
