import type { NodeProps } from "@xyflow/react";
import { memo } from "react";
import { useTranslation } from "react-i18next";
import { usePreferences } from "../../app/preferences";
import { localized } from "../../lib/localize";
import { OperatorIcon } from "../../lib/OperatorIcon";
import { kindOf } from "../model/document";
import { nodeHeight, portY } from "../model/geometry";
import { titleOf } from "../model/spec";
import { summaryOf } from "../model/summary";
import { useDiffMark } from "../panels/revisions/diffMarks";
import { useNodeRun } from "../run/runState";
import { useFlow } from "../store/flowStore";
import { useView } from "../store/viewStore";
import { controlSummary } from "./controlSummary";
import { NodeFoot } from "./NodeFoot";
import { NodeStatus } from "./NodeStatus";
import { PortView } from "./PortView";
import styles from "./StepNode.module.css";
import { TitleEdit } from "./TitleEdit";
import type { StepData, StepViewNode } from "./viewNodes";

/** A node of the flow, of whatever kind. */
export const StepNode = memo(
  function StepNode({ id, data, selected, dragging }: NodeProps<StepViewNode>) {
    const { ports, path, spec } = data;
    const run = useNodeRun(path);
    const mark = useDiffMark(path);
    const isConnectable = useFlow(({ readOnly }) => !readOnly);
    const isEditing = useView(({ titleEdit }) => titleEdit === id);
    const kind = kindOf(data.node);
    const title = useNodeTitle(data);
    const summary = useNodeSummary(data);
    return (
      <div
        className={styles.node}
        data-selected={selected ? "" : undefined}
        data-dragging={dragging ? "" : undefined}
        data-state={run?.state}
        data-kind={kind}
        data-mark={mark ?? undefined}
      >
        <div className={styles.head} style={{ height: nodeHeight(ports) - 2 }}>
          <OperatorIcon icon={spec?.icon ?? kind} category={spec?.category ?? kind} />
          <div className={styles.texts}>
            {isEditing ? <TitleEdit id={id} title={title} /> : <div className={styles.title}>{title}</div>}
            <div className={styles.summary}>{summary}</div>
          </div>
          <NodeStatus path={path} run={run} />
        </div>
        {run && <NodeFoot run={run} outputs={ports.outputs} />}
        {ports.inputs.map((port, index) => (
          <PortView
            key={port.name}
            node={id}
            side="inputs"
            port={port}
            spec={spec}
            y={portY(ports, "inputs", index)}
            isConnectable={isConnectable}
            isAlone={ports.inputs.length === 1}
          />
        ))}
        {ports.outputs.map((port, index) => (
          <PortView
            key={port.name}
            node={id}
            side="outputs"
            port={port}
            spec={spec}
            y={portY(ports, "outputs", index)}
            isConnectable={isConnectable}
            isAlone={ports.outputs.length === 1}
          />
        ))}
      </div>
    );
  },
  // Where it is, is none of its business: a node that is dragged is moved, not drawn anew.
  (before, after) =>
    before.data === after.data && before.selected === after.selected && before.dragging === after.dragging,
);

export function useNodeTitle({ node, spec }: Pick<StepData, "node" | "spec">): string {
  const { t } = useTranslation("canvas");
  const language = usePreferences((preferences) => preferences.language);
  const own = localized(node.title, language);
  if (own) return own;
  if (spec) return titleOf(spec, language);
  return node.kind && node.kind !== "operator" ? t(`kinds.${node.kind}`) : node.id;
}

function useNodeSummary({ node, spec }: StepData): string {
  const { t } = useTranslation("canvas");
  const language = usePreferences((preferences) => preferences.language);
  return kindOf(node) === "operator" ? summaryOf(node, spec, language) : controlSummary(node, t);
}
