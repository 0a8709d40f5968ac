import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import styles from "./CanvasFrame.module.css";
import { SlotPlace } from "./Slot";

/** The whole page: the canvas from edge to edge, and over it the places of the panels. */
export function CanvasFrame({ children }: { children: ReactNode }) {
  const { t } = useTranslation("canvas");
  return (
    <div className={styles.frame}>
      {children}
      <div className={styles.places}>
        <SlotPlace name="palette" className={styles.palette} label={t("places.palette")} />
        <div className={styles.top}>
          <SlotPlace name="toolbar" className={styles.toolbar} label={t("places.toolbar")} />
          <SlotPlace name="tools" className={styles.toolbar} />
          <SlotPlace name="path" className={styles.path} />
        </div>
        <SlotPlace name="run" className={styles.run} label={t("places.run")} />
        <SlotPlace name="inspector" className={styles.inspector} label={t("places.inspector")} />
        <SlotPlace name="zoom" className={styles.zoom} />
        <SlotPlace name="minimap" className={styles.minimap} />
        <SlotPlace name="drawer" className={styles.drawer} label={t("places.drawer")} />
      </div>
    </div>
  );
}
