import { CloseOutlined } from "@ant-design/icons";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import panel from "../view/panel.module.css";
import styles from "./Inspector.module.css";

interface SheetProps {
  title: string;
  onClose: () => void;
  children: ReactNode;
}

/** A right panel with a title and a way to close it. */
export function Sheet({ title, onClose, children }: SheetProps) {
  const { t } = useTranslation("canvas");
  return (
    <aside
      className={`${panel.panel} ${styles.inspector}`}
      aria-label={title}
      onKeyDown={(event) => event.key === "Escape" && onClose()}
    >
      <header className={styles.sheetHead}>
        <h2>{title}</h2>
        <button type="button" className={styles.tool} aria-label={t("panels.inspector.close")} onClick={onClose}>
          <CloseOutlined />
        </button>
      </header>
      <div className={styles.scroll}>{children}</div>
    </aside>
  );
}
