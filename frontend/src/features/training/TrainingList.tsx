import { WarningFilled } from "@ant-design/icons";
import { Checkbox, Progress } from "antd";
import { useTranslation } from "react-i18next";
import { useFormat } from "../../lib/format";
import { useLocalize } from "../../lib/localize";
import { Duration } from "../runs/parts/Duration";
import { StateIcon, useStateText } from "../runs/parts/StateTag";
import styles from "./TrainingPage.module.css";
import { isPresent, progressOf, type Training, titleOf } from "./training";
import { useMetricText } from "./useMetricText";

interface TrainingListProps {
  trainings: readonly Training[];
  /** What an operator is called; null: it is not known. */
  operatorTitle: (operator: string) => string | null;
  chosen: number | null;
  ticked: readonly number[];
  onChoose: (id: number) => void;
  onTick: (id: number) => void;
}

/** Trainings, the latest first: how far each is and how its loss stands. Ticked ones are drawn together. */
export function TrainingList({ trainings, operatorTitle, chosen, ticked, onChoose, onTick }: TrainingListProps) {
  const { t } = useTranslation("training");
  const localize = useLocalize();
  return (
    <ul className={styles.list} aria-label={t("list")}>
      {trainings.map((training) => {
        const title = localize(titleOf(training)) || operatorTitle(training.operator) || training.path;
        const isChosen = training.id === chosen;
        return (
          <li key={training.id} className={isChosen ? `${styles.row} ${styles.chosen}` : styles.row}>
            <Checkbox
              checked={ticked.includes(training.id)}
              aria-label={t("tick", { title, run: training.run_id })}
              title={t("tickHelp")}
              onChange={() => onTick(training.id)}
            />
            <button
              type="button"
              className={styles.choose}
              aria-pressed={isChosen}
              onClick={() => onChoose(training.id)}
            >
              <Row training={training} title={title} />
            </button>
          </li>
        );
      })}
    </ul>
  );
}

function Row({ training, title }: { training: Training; title: string }) {
  const { t } = useTranslation("training");
  const format = useFormat();
  const metricText = useMetricText();
  const stateText = useStateText();
  const { state, cached, step, steps, metrics } = training;
  const isUnchanged = cached && state === "done";
  const loss = metrics.loss;
  const facts = [
    step !== null && steps !== null && t("stepOf", { step: format.number(step), steps: format.number(steps) }),
    loss !== undefined && t("lossOf", { loss: metricText("loss", loss) }),
  ].filter(Boolean);
  return (
    <>
      <span className={styles.name}>
        <StateIcon state={state} />
        <span className={styles.title}>{title}</span>
        {training.alarms.some((alarm) => isPresent(alarm, training)) && (
          <WarningFilled className={styles.alarm} aria-label={t("hasAlarm")} />
        )}
      </span>
      <span className={styles.small}>
        <span className={styles.title}>
          {t("runOf", { run: training.run_id, flow: training.flow })} · {stateText(state, isUnchanged)}
        </span>
        <span className={styles.time}>
          <Duration from={training.started_at} to={training.ended_at} isRunning={state === "running"} />
        </span>
      </span>
      <Progress
        percent={Math.round(progressOf(training) * 100)}
        size="small"
        showInfo={false}
        status={state === "failed" ? "exception" : "normal"}
        aria-label={t("progress")}
      />
      <span className={styles.small}>{facts.join(" · ") || training.message || "–"}</span>
    </>
  );
}
