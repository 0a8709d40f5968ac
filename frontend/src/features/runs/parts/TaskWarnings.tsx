import { WarningFilled } from "@ant-design/icons";
import { useTranslation } from "react-i18next";
import { warningsOf } from "../../../canvas/run/nodeRun";
import type { LiveTask } from "../../../canvas/run/runModel";
import { useLocalize } from "../../../lib/localize";
import styles from "./parts.module.css";

/** More of them open at a click: what was made is looked at more often. */
const SHOWN = 1;

/** What a step found worth a word, though it went on. */
export function TaskWarnings({ task }: { task: Pick<LiveTask, "warnings"> }) {
  const { t } = useTranslation("runs");
  const localize = useLocalize();
  const texts = warningsOf([task]).map(localize);
  if (texts.length === 0) return null;
  const more = texts.slice(SHOWN);
  return (
    <section className={styles.warnings} aria-label={t("warnings")}>
      {texts.slice(0, SHOWN).map((text) => (
        <p key={text} className={styles.warning}>
          <WarningFilled /> <span>{text}</span>
        </p>
      ))}
      {more.length > 0 && (
        <details>
          <summary>{t("moreWarnings", { count: more.length })}</summary>
          <ul>
            {more.map((text) => (
              <li key={text}>{text}</li>
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}
