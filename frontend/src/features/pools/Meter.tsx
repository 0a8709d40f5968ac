import { Progress } from "antd";
import type { ReactNode } from "react";
import styles from "./Meter.module.css";

/** Bars below each other: how much of each thing is used. */
export function Meters({ children }: { children: ReactNode }) {
  return <dl className={styles.meters}>{children}</dl>;
}

/** One bar. `share`: of what there is; more than 1: too much. */
export function Meter({ label, share, text }: { label: string; share: number; text: string }) {
  return (
    <>
      <dt>{label}</dt>
      <dd>
        <Progress
          aria-label={label}
          percent={Math.min(100, share * 100)}
          showInfo={false}
          size="small"
          status={share > 1 ? "exception" : "normal"}
        />
      </dd>
      <dd className="numbers">{text}</dd>
    </>
  );
}
