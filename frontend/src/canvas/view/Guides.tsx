import { ViewportPortal } from "@xyflow/react";
import { useGesture } from "../store/viewStore";
import styles from "./Guides.module.css";

const FAR = 100_000;

/** Lines along what a dragged node is in line with. */
export function Guides() {
  const { x, y } = useGesture(({ guides }) => guides);
  if (x.length + y.length === 0) return null;
  return (
    <ViewportPortal>
      {x.map((at) => (
        <div key={`x${at}`} className={styles.upright} style={{ left: at, top: -FAR, height: 2 * FAR }} />
      ))}
      {y.map((at) => (
        <div key={`y${at}`} className={styles.level} style={{ top: at, left: -FAR, width: 2 * FAR }} />
      ))}
    </ViewportPortal>
  );
}
