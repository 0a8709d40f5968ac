import { CloseOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { useTranslation } from "react-i18next";
import { useView } from "../store/viewStore";
import panel from "../view/panel.module.css";
import { Slot } from "../view/Slot";
import styles from "./ProblemsDrawer.module.css";
import { ProblemsList, useProblemCounts } from "./ProblemsList";

/** The list of problems below the canvas. */
export function ProblemsDrawer() {
  const { t } = useTranslation("canvas");
  const isOpen = useView((view) => view.drawer?.tab === "problems");
  const show = useView((view) => view.show);
  const { errors, warnings } = useProblemCounts();
  if (!isOpen) return null;
  return (
    <Slot name="drawer">
      <section className={`${panel.panel} ${styles.drawer}`} aria-label={t("panels.problems.label")}>
        <header className={styles.head}>
          <h2>{t("panels.problems.label")}</h2>
          <span className={styles.count}>{errors + warnings > 0 && errors + warnings}</span>
          <Button
            size="small"
            type="text"
            icon={<CloseOutlined />}
            aria-label={t("panels.inspector.close")}
            onClick={() => show({ drawer: null })}
          />
        </header>
        <ProblemsList />
      </section>
    </Slot>
  );
}
