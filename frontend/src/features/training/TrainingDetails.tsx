import { Segmented } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ErrorNotice } from "../../lib/ErrorNotice";
import { Loading } from "../../lib/Loading";
import { Card } from "../../lib/Page";
import { placeOf } from "../runs/parts/curves";
import { TaskLog } from "../runs/parts/TaskLog";
import { useCurves } from "../runs/parts/useCurves";
import { useTask } from "../runs/parts/useTask";
import { Alarms } from "./Alarms";
import { LiveCurves } from "./LiveCurves";
import { Settings } from "./Settings";
import { Summary } from "./Summary";
import styles from "./TrainingPage.module.css";
import { isOver, type Training } from "./training";

const TABS = ["curves", "settings", "log"] as const;
type Tab = (typeof TABS)[number];

interface TrainingDetailsProps {
  project: string;
  training: Training;
  recipe: string | null;
  /** Whose losses are drawn in one chart; this training is one of them. */
  together: readonly Training[];
}

/** One training: how it stands, what it warns of, its curves, with which settings it runs, what it logs. */
export function TrainingDetails({ project, training, recipe, together }: TrainingDetailsProps) {
  const { t } = useTranslation("training");
  const [tab, setTab] = useState<Tab>("curves");
  return (
    <div className={styles.details}>
      <Summary project={project} training={training} recipe={recipe} />
      <Alarms training={training} />
      <Card>
        <Segmented<Tab>
          aria-label={t("views")}
          className={styles.tabs}
          value={tab}
          onChange={setTab}
          options={TABS.map((value) => ({ value, label: t(`view.${value}`) }))}
        />
        {tab === "curves" && <LiveCurves project={project} training={training} together={together} />}
        {tab === "settings" && <SettingsOf project={project} training={training} />}
        {tab === "log" && <LogOf project={project} training={training} />}
      </Card>
    </div>
  );
}

interface PartProps {
  project: string;
  training: Training;
}

function SettingsOf({ project, training }: PartProps) {
  const read = useCurves(project, training.run_id, isOver(training));
  const logged = read.data?.tasks.get(placeOf(training))?.settings ?? null;
  if (read.error) return <ErrorNotice error={read.error} onRetry={() => void read.refetch()} />;
  return <Settings training={training} generated={logged} />;
}

function LogOf({ project, training }: PartProps) {
  const task = useTask(project, training.run_id, training.id, training.state);
  if (task.error) return <ErrorNotice error={task.error} onRetry={() => void task.refetch()} />;
  if (!task.data) return <Loading />;
  return (
    <div className={styles.log}>
      <TaskLog project={project} run={training.run_id} task={training.id} attempts={task.data.attempts} />
    </div>
  );
}
