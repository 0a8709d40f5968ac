import { BaseEdge, type EdgeProps } from "@xyflow/react";
import { memo } from "react";
import { useDiffMark } from "../panels/revisions/diffMarks";
import { useIsRunning } from "../run/runState";
import { type GestureState, useGesture, useView } from "../store/viewStore";
import type { WireViewEdge } from "./viewEdges";
import styles from "./WireEdge.module.css";
import { wirePath } from "./wirePath";

/** A wire from port to port. */
export const WireEdge = memo(function WireEdge(props: EdgeProps<WireViewEdge>) {
  const { id, data, selected, source, target } = props;
  const isRunning = useIsRunning(data?.targetPath ?? "");
  const isDropTarget = useView(({ dropEdge }) => dropEdge === id);
  // With both ends it is carried along as it is.
  const carried = useGesture((gesture) =>
    gesture.carried?.ids.has(source) !== gesture.carried?.ids.has(target) ? gesture.carried : null,
  );
  const mark = useDiffMark(data?.path ?? "");
  const path = wirePath(carried ? withCarriedEnd(props, carried) : props, data?.lane ?? null);
  return (
    <g
      className={styles.wire}
      data-selected={selected ? "" : undefined}
      data-running={isRunning ? "" : undefined}
      data-mark={mark ?? undefined}
      data-drop={isDropTarget ? "" : undefined}
    >
      <BaseEdge id={id} path={path} interactionWidth={18} className={styles.path} />
    </g>
  );
});

function withCarriedEnd(
  props: EdgeProps<WireViewEdge>,
  { ids, by: [dx, dy] }: NonNullable<GestureState["carried"]>,
): EdgeProps<WireViewEdge> {
  return ids.has(props.source)
    ? { ...props, sourceX: props.sourceX + dx, sourceY: props.sourceY + dy }
    : { ...props, targetX: props.targetX + dx, targetY: props.targetY + dy };
}
