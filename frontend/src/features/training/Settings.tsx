import { useTranslation } from "react-i18next";
import { useFormat } from "../../lib/format";
import styles from "./Settings.module.css";
import type { Training } from "./training";

/** What the API tells of a training's params, as far as its recipe has them. */
const SETTINGS = [
  "strategy",
  "workers",
  "precision",
  "offload",
  "activation_checkpointing",
  "epochs",
  "batch_size",
  "accumulation",
  "learning_rate",
  "schedule",
  "warmup",
  "clip",
] as const;

interface SettingsProps {
  training: Training;
  /** The JSON that was generated from the params; null: it has not been logged. */
  generated: string | null;
}

/** How a training was asked to run, and what DeepSpeed and its workers were told. */
export function Settings({ training, generated }: SettingsProps) {
  const { t } = useTranslation("training");
  const format = useFormat();
  const text = (value: unknown) => {
    if (typeof value === "number") return format.number(value);
    if (typeof value === "boolean") return t(value ? "yes" : "no");
    return String(value);
  };
  return (
    <>
      <dl className={styles.settings}>
        {SETTINGS.filter((name) => name in training.settings).map((name) => (
          <div key={name}>
            <dt>{t(`setting.${name}`)}</dt>
            <dd className="numbers">{text(training.settings[name])}</dd>
          </div>
        ))}
      </dl>
      <h3 className={styles.heading}>{t("generated")}</h3>
      {generated === null ? (
        <p className={styles.quiet}>{t("noGenerated")}</p>
      ) : (
        <>
          <p className={styles.quiet}>{t("generatedHelp")}</p>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what is long is scrolled by keyboard */}
          <section className={styles.json} tabIndex={0} aria-label={t("generated")}>
            <pre>{generated}</pre>
          </section>
        </>
      )}
    </>
  );
}
