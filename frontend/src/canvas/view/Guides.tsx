import { useStore } from "@xyflow/react";
import { useGesture } from "../store/viewStore";
import styles from "./Guides.module.css";

/** Lines along what a dragged node is in line with. */
export function Guides() {
  const guides = useGesture((gesture) => gesture.guides);
  return guides.x.length + guides.y.length > 0 ? <Lines {...guides} /> : null;
}

/** In pixels of the screen, and no longer than it: long lines within the graph would have all of it painted anew. */
function Lines({ x, y }: { x: readonly number[]; y: readonly number[] }) {
  const [left, top, zoom] = useStore(({ transform }) => transform);
  return (
    <div className={styles.guides}>
      {x.map((at) => (
        <div key={`x${at}`} className={styles.upright} style={{ left: at * zoom + left }} />
      ))}
      {y.map((at) => (
        <div key={`y${at}`} className={styles.level} style={{ top: at * zoom + top }} />
      ))}
    </div>
  );
}
