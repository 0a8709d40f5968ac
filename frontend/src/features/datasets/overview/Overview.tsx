import type { SeenDataset } from "../dataset";
import { Figures } from "./Figures";
import { MetaCard } from "./MetaCard";
import styles from "./Overview.module.css";
import { TargetCard } from "./TargetCard";

/** What a dataset is about, at a glance. */
export function Overview({ seen, mayWrite }: { seen: SeenDataset; mayWrite: boolean }) {
  return (
    <div className={styles.overview}>
      <div className={styles.main}>
        <MetaCard seen={seen} mayWrite={mayWrite} />
        <TargetCard dataset={seen.dataset} mayWrite={mayWrite} />
      </div>
      <div className={styles.side}>
        <Figures dataset={seen.dataset} />
      </div>
    </div>
  );
}
