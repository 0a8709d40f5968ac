import { useTranslation } from "react-i18next";
import type { Schemas } from "../../../api/client";
import { useFormat } from "../../../lib/format";
import { iterationName } from "../parts/IterationTable";
import styles from "./Compare.module.css";

interface Side {
  run: Schemas["Run"];
  tasks: readonly Schemas["Task"][];
}

interface DurationPairsProps {
  a: Side;
  b: Side;
  titleOf: (path: string) => string;
}

/** How long each step took in both runs. */
export function DurationPairs({ a, b, titleOf }: DurationPairsProps) {
  const { t } = useTranslation("runs");
  const format = useFormat();
  const key = ({ path, index }: Schemas["Task"]) => `${path}#${index}`;
  const inB = new Map(b.tasks.map((task) => [key(task), task]));
  const known = new Set(a.tasks.map(key));
  const rows = [
    ...a.tasks.map((task) => ({ task, a: task, b: inB.get(key(task)) })),
    ...b.tasks.filter((task) => !known.has(key(task))).map((task) => ({ task, a: undefined, b: task })),
  ];
  const most = Math.max(0.001, ...[...a.tasks, ...b.tasks].map((task) => took(task) ?? 0));
  const whole = (run: Schemas["Run"]) =>
    run.started_at !== null && run.ended_at !== null ? format.duration(run.ended_at - run.started_at) : "–";
  return (
    <table className={styles.table}>
      <thead>
        <tr>
          <th scope="col">{t("step")}</th>
          <th scope="col">
            <span className={`${styles.badge} ${styles.a}`}>A</span> {whole(a.run)}
          </th>
          <th scope="col">
            <span className={`${styles.badge} ${styles.b}`}>B</span> {whole(b.run)}
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ task, ...sides }) => (
          <tr key={key(task)}>
            <td>{[titleOf(task.path), iterationName(task.index)].filter(Boolean).join(" · ")}</td>
            {(["a", "b"] as const).map((side) => (
              <td key={side} className={styles.wide}>
                <Bar task={sides[side]} most={most} look={side} />
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Bar({ task, most, look }: { task: Schemas["Task"] | undefined; most: number; look: "a" | "b" }) {
  const { t } = useTranslation("runs");
  const format = useFormat();
  const time = task ? took(task) : null;
  if (!task || time === null) return "–";
  return (
    <span className={styles.bar}>
      <span className={styles.track}>
        <span className={styles[look]} style={{ width: `${Math.max(1, (time / most) * 100)}%` }} />
      </span>
      <span className="numbers">{task.cached ? t("state.unchanged") : format.duration(time)}</span>
    </span>
  );
}

function took({ started_at, ended_at }: Schemas["Task"]): number | null {
  return started_at !== null && ended_at !== null ? Math.max(0, ended_at - started_at) : null;
}
