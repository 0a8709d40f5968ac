import { RightOutlined } from "@ant-design/icons";
import { useTranslation } from "react-i18next";
import { usePreferences } from "../../app/preferences";
import { localized } from "../../lib/localize";
import { graphAt } from "../model/document";
import { useFlow, useFlowStore } from "../store/flowStore";
import styles from "./BodyPath.module.css";
import panel from "./panel.module.css";
import { Slot } from "./Slot";

/** Inside of a body: the way there, and back out. */
export function BodyPath() {
  const { t } = useTranslation("canvas");
  const store = useFlowStore();
  const language = usePreferences((preferences) => preferences.language);
  const path = useFlow(({ bodyPath }) => bodyPath);
  const document = useFlow((state) => state.document);
  if (path.length === 0) return null;
  const titles = path.map((id, depth) => {
    const node = graphAt(document, path.slice(0, depth))?.nodes.find((one) => one.id === id);
    const kind = node?.kind;
    return localized(node?.title, language) || (kind && kind !== "operator" ? `${t(`kinds.${kind}`)} (${id})` : id);
  });
  return (
    <Slot name="path">
      <nav className={`${panel.bar} ${styles.path}`} aria-label={t("body.path")}>
        <button type="button" className={panel.button} onClick={() => store.getState().openBody([])}>
          {document.name}
        </button>
        {titles.map((title, depth) => (
          <span key={path.slice(0, depth + 1).join("/")} className={styles.step}>
            <RightOutlined />
            <button
              type="button"
              className={panel.button}
              aria-current={depth === path.length - 1 ? "location" : undefined}
              onClick={() => store.getState().openBody(path.slice(0, depth + 1))}
            >
              {title}
            </button>
          </span>
        ))}
      </nav>
    </Slot>
  );
}
