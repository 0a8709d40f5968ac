import { SearchOutlined, WarningFilled } from "@ant-design/icons";
import { Input } from "antd";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { mainMetric, warningsOf } from "../../canvas/run/nodeRun";
import type { LiveTask } from "../../canvas/run/runModel";
import { useMetricName } from "../../charts/words";
import { useFormat } from "../../lib/format";
import { useLocalize } from "../../lib/localize";
import { Duration } from "./parts/Duration";
import { iterationName } from "./parts/IterationTable";
import { StateIcon, useStateText } from "./parts/StateTag";
import { taskErrorText } from "./parts/TaskError";
import styles from "./RunContent.module.css";

interface StepListProps {
  tasks: readonly LiveTask[];
  titleOf: (path: string) => string;
  chosen: number | null;
  onChoose: (task: number) => void;
}

/** More steps than this are searched rather than looked through. */
const MANY = 15;

/** The steps of a run, each with its state, what it measured and how long it took. */
export function StepList({ tasks, titleOf, chosen, onChoose }: StepListProps) {
  const { t } = useTranslation("runs");
  const [search, setSearch] = useState("");
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => {
    list.current?.querySelector('[aria-pressed="true"]')?.scrollIntoView({ block: "nearest" });
  }, []);
  const text = useStateText();
  const localize = useLocalize();
  const warned = (task: LiveTask) => warningsOf([task]).map(localize).join("\n");
  const wanted = search.trim().toLowerCase();
  const shown = tasks.filter((task) =>
    [task.path, titleOf(task.path), task.operator, task.state].some((each) => each.toLowerCase().includes(wanted)),
  );
  return (
    <ul ref={list} className={styles.steps} aria-label={t("steps")}>
      {tasks.length > MANY && (
        <li className={styles.search}>
          <Input
            allowClear
            prefix={<SearchOutlined />}
            placeholder={t("searchSteps")}
            aria-label={t("searchSteps")}
            value={search}
            onChange={(event) => setSearch(event.target.value)}
          />
        </li>
      )}
      {shown.map((task) => {
        const isUnchanged = task.cached && task.state === "done";
        return (
          <li key={task.id}>
            <button
              type="button"
              className={task.id === chosen ? `${styles.step} ${styles.chosen}` : styles.step}
              aria-pressed={task.id === chosen}
              onClick={() => onChoose(task.id)}
            >
              <StateIcon state={task.state} />
              <span className={styles.name} title={task.path}>
                {[titleOf(task.path), iterationName(task.index)].filter(Boolean).join(" · ")}
                <span className="visually-hidden">, {text(task.state, isUnchanged)}</span>
              </span>
              <span className={styles.time}>
                {task.warnings.length > 0 && (
                  <WarningFilled className={styles.warned} aria-label={t("warnings")} title={warned(task)} />
                )}
                {isUnchanged || task.started_at === null ? (
                  text(task.state, isUnchanged)
                ) : (
                  <Duration from={task.started_at} to={task.ended_at} isRunning={task.state === "running"} />
                )}
              </span>
              <Summary task={task} />
            </button>
          </li>
        );
      })}
    </ul>
  );
}

function Summary({ task }: { task: LiveTask }) {
  const { t } = useTranslation("runs");
  const format = useFormat();
  const name = useMetricName();
  const localize = useLocalize();
  const metric = mainMetric(task);
  const rows = Math.max(0, ...Object.values(task.rows));
  const text =
    (task.state === "running" && localize(task.progressMessage)) ||
    (task.error && task.state !== "done" && taskErrorText(task.error)) ||
    [
      rows > 0 && t("rows", { rows: format.number(rows), count: rows }),
      metric && `${name(metric.name)} ${format.number(metric.value)}`,
    ]
      .filter(Boolean)
      .join(" · ") ||
    task.operator;
  return (
    <span className={styles.small} title={text}>
      {text}
    </span>
  );
}
