import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { Duration } from "../../features/runs/parts/Duration";
import { StateIcon, useStateText } from "../../features/runs/parts/StateTag";
import styles from "./RunControls.module.css";
import { type Progress, useRunState } from "./runState";

/** How far the run is; leads to its page. */
export function RunProgress({ project, progress }: { project: string; progress: Progress }) {
  const { t } = useTranslation("runs");
  const text = useStateText();
  const isAway = useRunState((state) => state.isAway);
  const startedAt = useRunState(({ model }) => model?.run.started_at ?? null);
  const endedAt = useRunState(({ model }) => model?.run.ended_at ?? null);
  const { run, state, done, of, isOpen } = progress;
  return (
    <Link
      to={`/p/${encodeURIComponent(project)}/runs/${run}`}
      className={styles.progress}
      title={t("openRun", { run })}
      aria-label={`${t("openRun", { run })}: ${text(state)}, ${t("progress", { done, of })}`}
    >
      <StateIcon state={state} />
      {isAway ? (
        <span className={styles.away}>{t("away")}</span>
      ) : isOpen ? (
        <>
          <span className={styles.bar}>
            <span style={{ width: `${of > 0 ? (done / of) * 100 : 0}%` }} />
          </span>
          {t("progress", { done, of })}
        </>
      ) : (
        text(state)
      )}
      <Duration from={startedAt} to={endedAt} isRunning={isOpen} />
    </Link>
  );
}
