import type { Schemas } from "../api/client";
import styles from "./MiniHistogram.module.css";

const WIDTH = 96;
const HEIGHT = 20;

/** The distribution of a column in the size of a header; for the eye only. */
export function MiniHistogram({ of }: { of: Schemas["Distribution"] | undefined }) {
  if (!of || of.counts.length === 0) return <div className={styles.none} />;
  const most = Math.max(1, ...of.counts);
  const step = WIDTH / of.counts.length;
  const gap = of.edges ? 0.5 : Math.min(2, step / 4);
  return (
    <svg className={styles.bars} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
      {of.counts.map((count, index) => {
        // A bin that has rows at all is always seen.
        const height = count === 0 ? 0 : Math.max(1, (count / most) * HEIGHT);
        return (
          <rect
            // biome-ignore lint/suspicious/noArrayIndexKey: bins have no other name
            key={index}
            x={index * step}
            y={HEIGHT - height}
            width={Math.max(0.5, step - gap)}
            height={height}
          />
        );
      })}
    </svg>
  );
}
