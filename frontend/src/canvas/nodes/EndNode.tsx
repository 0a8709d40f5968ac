import { LoginOutlined, LogoutOutlined } from "@ant-design/icons";
import type { NodeProps } from "@xyflow/react";
import { memo } from "react";
import { useTranslation } from "react-i18next";
import { nodeHeight, portY } from "../model/geometry";
import { useFlow } from "../store/flowStore";
import styles from "./EndNode.module.css";
import { PortView } from "./PortView";
import type { EndViewNode } from "./viewNodes";

/** A body's own inputs or outputs, seen from inside: a wire to the last port makes a new one. */
export const EndNode = memo(function EndNode({ id, data }: NodeProps<EndViewNode>) {
  const { t } = useTranslation("canvas");
  const isConnectable = useFlow(({ readOnly }) => !readOnly);
  const { side, ports } = data;
  const isInputs = side === "outputs";
  return (
    <div className={styles.end} style={{ height: nodeHeight(ports) }} data-side={side}>
      {isInputs ? <LoginOutlined /> : <LogoutOutlined />}
      <span>{t(isInputs ? "body.inputs" : "body.outputs")}</span>
      {ports[side].map((port, index) => (
        <PortView
          key={port.name}
          node={id}
          side={side}
          port={port}
          spec={undefined}
          y={portY(ports, side, index)}
          isConnectable={isConnectable}
        />
      ))}
    </div>
  );
});
