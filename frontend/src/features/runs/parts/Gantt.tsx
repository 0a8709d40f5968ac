import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { Run } from "../../../canvas/run/runModel";
import { useFormat } from "../../../lib/format";
import { usePoolName } from "../../pools/poolName";
import styles from "./Gantt.module.css";
import { byPool, type GanttTask, ticks } from "./ganttRows";
import { iterationName } from "./IterationTable";
import { StateIcon, useStateText } from "./StateTag";
import { useNow } from "./useNow";

interface GanttProps {
  run: Pick<Run, "created_at" | "started_at" | "ended_at" | "state">;
  tasks: readonly GanttTask[];
  titleOf: (path: string) => string;
  chosen: number | null;
  onChoose: (task: number) => void;
}

/** When each task ran, pool by pool. */
export function Gantt({ run, tasks, titleOf, chosen, onChoose }: GanttProps) {
  const { t } = useTranslation("runs");
  const format = useFormat();
  const text = useStateText();
  const poolName = usePoolName();
  const isOpen = run.state === "queued" || run.state === "running";
  const now = useNow(isOpen);
  const from = run.started_at ?? run.created_at;
  const to = run.ended_at ?? Math.max(now, ...tasks.map(({ ended_at }) => ended_at ?? 0));
  const length = Math.max(0.001, to - from);
  const pools = useMemo(() => byPool(tasks), [tasks]);
  const marks = ticks(length);
  const percent = (at: number) => Math.min(100, Math.max(0, ((at - from) / length) * 100));
  return (
    <div className={styles.gantt}>
      <div className={styles.axis} aria-hidden="true">
        <span />
        <div className={styles.track}>
          {marks.map((mark) => (
            <span key={mark} className={styles.mark} style={{ left: `${(mark / length) * 100}%` }}>
              {format.duration(mark)}
            </span>
          ))}
        </div>
      </div>
      {pools.map(({ pool, rows }) => (
        <section key={pool} aria-label={t("pool", { pool: poolName(pool) })}>
          <h2 className={styles.pool}>{t("pool", { pool: poolName(pool) })}</h2>
          <ul className={styles.rows}>
            {rows.map((task) => {
              const start = task.started_at;
              const end = task.ended_at ?? (task.state === "running" ? now : null);
              const took = start !== null && end !== null ? Math.max(0, end - start) : null;
              const label = [titleOf(task.path), iterationName(task.index)].filter(Boolean).join(" · ");
              const isUnchanged = task.cached && task.state === "done";
              const about = `${label}: ${text(task.state, isUnchanged)}${took === null ? "" : `, ${format.duration(took)}`}`;
              return (
                <li key={task.id}>
                  <button
                    type="button"
                    className={task.id === chosen ? `${styles.row} ${styles.chosen}` : styles.row}
                    title={about}
                    aria-label={about}
                    aria-pressed={task.id === chosen}
                    onClick={() => onChoose(task.id)}
                  >
                    <span className={styles.name}>
                      <StateIcon state={task.state} />
                      <span>{label}</span>
                    </span>
                    <span className={styles.track}>
                      {start !== null && end !== null && (
                        <span
                          className={`${styles.bar} ${styles[lookOf(task)] ?? ""}`}
                          style={{ left: `${percent(start)}%`, width: `${percent(end) - percent(start)}%` }}
                        />
                      )}
                      {took !== null && (
                        <span className={styles.took} style={placeOf(percent(start ?? from), percent(end ?? from))}>
                          {isUnchanged ? text(task.state, true) : format.duration(took)}
                        </span>
                      )}
                    </span>
                  </button>
                </li>
              );
            })}
          </ul>
        </section>
      ))}
    </div>
  );
}

function lookOf({ state, cached }: GanttTask): "unchanged" | "failed" | "running" | "done" {
  if (cached) return "unchanged";
  if (state === "failed") return "failed";
  return state === "running" ? "running" : "done";
}

/** Beside the bar, on the side where there is room. */
function placeOf(start: number, end: number): { left: string } | { right: string } {
  return end > 85 ? { right: `${100 - start}%` } : { left: `${end}%` };
}
