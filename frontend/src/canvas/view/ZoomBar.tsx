import { CompressOutlined, MinusOutlined, PlusOutlined, QuestionOutlined } from "@ant-design/icons";
import { useStore } from "@xyflow/react";
import { useTranslation } from "react-i18next";
import { useView } from "../store/viewStore";
import { useCanvas } from "./canvasContext";
import panel from "./panel.module.css";
import { Slot } from "./Slot";
import styles from "./ZoomBar.module.css";

/** How large everything is, at the lower left. */
export function ZoomBar() {
  const { t } = useTranslation("canvas");
  const canvas = useCanvas();
  const show = useView((view) => view.show);
  const percent = useStore(({ transform }) => Math.round(transform[2] * 100));
  return (
    <Slot name="zoom">
      <div className={panel.bar} role="toolbar" aria-label={t("zoom.label")}>
        <button type="button" className={panel.button} aria-label={t("zoom.out")} onClick={() => canvas.zoom("out")}>
          <MinusOutlined />
        </button>
        <button
          type="button"
          className={`${panel.button} ${styles.percent}`}
          title={t("zoom.full")}
          onClick={() => canvas.zoom("full")}
        >
          {percent}%
        </button>
        <button type="button" className={panel.button} aria-label={t("zoom.in")} onClick={() => canvas.zoom("in")}>
          <PlusOutlined />
        </button>
        <span className={panel.line} />
        <button
          type="button"
          className={panel.button}
          title={t("zoom.fit")}
          aria-label={t("zoom.fit")}
          onClick={() => canvas.fit()}
        >
          <CompressOutlined />
        </button>
        <button
          type="button"
          className={panel.button}
          title={t("help.title")}
          aria-label={t("help.title")}
          onClick={() => show({ overlay: "help" })}
        >
          <QuestionOutlined />
        </button>
      </div>
    </Slot>
  );
}
