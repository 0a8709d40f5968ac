import { CloseCircleFilled, WarningFilled } from "@ant-design/icons";
import { useTranslation } from "react-i18next";
import { Ago } from "../../lib/Ago";
import styles from "./Alarms.module.css";
import { type Alarm, isPresent, type Training } from "./training";

const KNOWN = ["training_diverged", "training_stalled", "training_workers_lost", "training_failed", "warning"] as const;

/** What a training warns of now, and what ended it; below, in small, what it warned of before. */
export function Alarms({ training }: { training: Training }) {
  const { t } = useTranslation("training");
  if (training.alarms.length === 0) return null;
  const present = training.alarms.filter((alarm) => isPresent(alarm, training));
  const past = training.alarms.filter((alarm) => !isPresent(alarm, training));
  return (
    <section className={styles.alarms} aria-label={t("alarms")} aria-live="polite">
      {present.map((alarm) => (
        <Notice key={`${alarm.at} ${alarm.message}`} alarm={alarm} />
      ))}
      {past.length > 0 && (
        <details className={styles.past}>
          <summary>{t("pastAlarms", { count: past.length })}</summary>
          <ul>
            {past.map(({ message, at }) => (
              <li key={`${at} ${message}`}>
                {message} {at !== null && <Ago at={at} />}
              </li>
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}

function Notice({ alarm }: { alarm: Alarm }) {
  const { t } = useTranslation("training");
  const isError = alarm.code !== "warning";
  const code = KNOWN.find((known) => known === alarm.code) ?? "other";
  return (
    <div className={isError ? `${styles.notice} ${styles.error}` : styles.notice}>
      {isError ? <CloseCircleFilled /> : <WarningFilled />}
      <div>
        <p>
          <strong>{t(`alarm.${code}`)}</strong>{" "}
          {alarm.at !== null && (
            <span className={styles.advice}>
              <Ago at={alarm.at} />
            </span>
          )}
        </p>
        <p>{alarm.message}</p>
        <p className={styles.advice}>{t(`advice.${code}`)}</p>
      </div>
    </div>
  );
}
