import { Progress } from "antd";
import { useTranslation } from "react-i18next";
import { ErrorNotice } from "../../../lib/ErrorNotice";
import { TaskError } from "../../runs/parts/TaskError";
import type { SideRun } from "./useSideRun";
import styles from "./WizardResult.module.css";

/** What a run of the side says while it works, and when it fails. */
export function SideState({ side, working }: { side: SideRun; working: string }) {
  const { t } = useTranslation("report");
  if (side.isBusy)
    return (
      <div className={styles.working} role="status">
        <Progress percent={100} status="active" showInfo={false} size="small" aria-hidden="true" />
        <p>{working}</p>
      </div>
    );
  if (side.error) return <ErrorNotice error={side.error} />;
  if (side.failed?.error) return <TaskError error={side.failed.error} />;
  return side.tasks?.every(({ state }) => state !== "done") ? <p>{t("cancelled")}</p> : null;
}
