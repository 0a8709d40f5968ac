import { BaseEdge, type EdgeProps } from "@xyflow/react";
import { memo } from "react";
import { useDiffMark } from "../panels/revisions/diffMarks";
import { useIsRunning } from "../run/runState";
import { useView } from "../store/viewStore";
import type { WireViewEdge } from "./viewEdges";
import styles from "./WireEdge.module.css";
import { wirePath } from "./wirePath";

/** A wire from port to port. */
export const WireEdge = memo(function WireEdge(props: EdgeProps<WireViewEdge>) {
  const { id, data, selected } = props;
  const isRunning = useIsRunning(data?.targetPath ?? "");
  const isDropTarget = useView(({ dropEdge }) => dropEdge === id);
  const mark = useDiffMark(data?.path ?? "");
  const path = wirePath(props, data?.lane ?? null);
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
