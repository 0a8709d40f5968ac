import { Segmented } from "antd";
import { useTranslation } from "react-i18next";
import type { RunModel } from "../../canvas/run/runModel";
import { Card } from "../../lib/Page";
import { Gantt } from "./parts/Gantt";
import { TaskPanel } from "./parts/TaskPanel";
import styles from "./RunContent.module.css";
import { RunScores } from "./RunScores";
import { RunSettings } from "./RunSettings";
import { StepList } from "./StepList";
import { useStepNames } from "./useStepNames";

const TABS = ["steps", "timeline", "scores", "settings"] as const;
type Tab = (typeof TABS)[number];

interface RunContentProps {
  project: string;
  model: RunModel;
  tab: string | null;
  /** The task that the address names. */
  task: number | null;
  onChange: (address: Record<string, string | null>) => void;
}

/** The steps of a run and what each made; when they ran; what was measured; with which values. */
export function RunContent({ project, model, tab: wanted, task: wantedTask, onChange }: RunContentProps) {
  const { t } = useTranslation("runs");
  const tab: Tab = TABS.find((known) => known === wanted) ?? "steps";
  const { tasks, run } = model;
  const { titleOf, port } = useStepNames(project, run, tasks);
  const usual =
    tasks.find(({ state }) => state === "failed") ??
    tasks.find(({ state }) => state === "running") ??
    tasks[tasks.length - 1];
  const task = tasks.find(({ id }) => id === wantedTask) ?? usual;
  const choose = (id: number) => onChange({ task: String(id) });
  return (
    <>
      <Segmented<Tab>
        aria-label={t("views")}
        className={styles.tabs}
        value={tab}
        onChange={(value) => onChange({ tab: value === "steps" ? null : value })}
        options={TABS.map((value) => ({ value, label: t(`view.${value}`) }))}
      />
      {tab === "steps" && (
        <div className={styles.split}>
          <StepList tasks={tasks} titleOf={titleOf} chosen={task?.id ?? null} onChoose={choose} />
          <div className={styles.panel}>
            {task && (
              <TaskPanel
                key={task.id}
                project={project}
                run={run.id}
                task={task}
                portTitle={(side, name) => port(task.operator, side, name)}
              />
            )}
          </div>
        </div>
      )}
      {tab === "timeline" && (
        <Card flush>
          <div className={styles.scroll}>
            <Gantt
              run={run}
              tasks={tasks}
              titleOf={titleOf}
              chosen={wantedTask}
              onChoose={(id) => onChange({ task: String(id), tab: null })}
            />
          </div>
        </Card>
      )}
      {tab === "scores" && <RunScores project={project} run={run} titleOf={titleOf} />}
      {tab === "settings" && <RunSettings run={run} />}
    </>
  );
}
