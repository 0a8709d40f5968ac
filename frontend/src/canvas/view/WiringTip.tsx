import { useConnection } from "@xyflow/react";
import { useTranslation } from "react-i18next";
import { portKey, useView } from "../store/viewStore";
import styles from "./WiringTip.module.css";

/** While a wire is drawn over a port that does not take it: why. */
export function WiringTip() {
  const { t } = useTranslation("canvas");
  const wiring = useView((view) => view.wiring);
  const handle = useConnection(({ inProgress, toHandle }) => (inProgress ? toHandle : null));
  const screen = useConnection(({ inProgress, pointer }) => (inProgress ? pointer : null));
  if (!wiring || !handle?.id || !screen) return null;
  const side = handle.type === "target" ? "inputs" : "outputs";
  const refusal = wiring.refusals.get(portKey(side, { node: handle.nodeId, port: handle.id }));
  if (!refusal) return null;
  return (
    <div className={styles.tip} role="status" style={{ left: screen.x + 14, top: screen.y + 14 }}>
      {t(`wiring.${refusal}`, { type: t(`portTypes.${wiring.from.type}`, { defaultValue: wiring.from.type }) })}
    </div>
  );
}
