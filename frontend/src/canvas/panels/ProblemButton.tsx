import { CloseCircleFilled, WarningFilled } from "@ant-design/icons";
import { useTranslation } from "react-i18next";
import { useView, useViewStore } from "../store/viewStore";
import styles from "./FlowBar.module.css";
import { useProblemCounts } from "./ProblemsList";

/** How many problems there are; opens and closes their list. */
export function ProblemButton() {
  const { t } = useTranslation("canvas");
  const view = useViewStore();
  const isOpen = useView(({ drawer }) => drawer?.tab === "problems");
  const { errors, warnings } = useProblemCounts();
  if (errors + warnings === 0 && !isOpen) return null;
  return (
    <button
      type="button"
      className={styles.problems}
      aria-expanded={isOpen}
      aria-label={t("panels.problems.count", { errors, warnings })}
      title={t("panels.problems.label")}
      onClick={() => view.getState().show({ drawer: isOpen ? null : { tab: "problems", node: null, port: null } })}
    >
      {errors > 0 && (
        <span className={styles.errors}>
          <CloseCircleFilled /> {errors}
        </span>
      )}
      {warnings > 0 && (
        <span className={styles.warnings}>
          <WarningFilled /> {warnings}
        </span>
      )}
    </button>
  );
}
