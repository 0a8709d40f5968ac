import { Spin } from "antd";
import styles from "./Loading.module.css";

export function Loading() {
  return (
    <div className={styles.loading} role="status" aria-busy="true">
      <Spin delay={200} />
    </div>
  );
}
