import { useTranslation } from "react-i18next";
import { useFlow, useOpenGraph } from "../store/flowStore";
import { useCanvas } from "./canvasContext";
import styles from "./EmptyHint.module.css";

/** What an empty canvas says: how to begin. */
export function EmptyHint() {
  const { t } = useTranslation("canvas");
  const canvas = useCanvas();
  const isEmpty = useOpenGraph().nodes.length === 0;
  const isBody = useFlow(({ bodyPath }) => bodyPath.length > 0);
  const readOnly = useFlow((state) => state.readOnly);
  if (!isEmpty) return null;
  return (
    <div className={styles.hint}>
      <h2>{t(readOnly ? "empty.readOnly" : isBody ? "empty.body" : "empty.title")}</h2>
      {!readOnly && (
        <>
          <p>{t(isBody ? "empty.bodyHelp" : "empty.help")}</p>
          <button type="button" onClick={() => canvas.quickAdd()}>
            {t("empty.add")} <kbd>Tab</kbd>
          </button>
        </>
      )}
    </div>
  );
}
