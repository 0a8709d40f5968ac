import { BulbOutlined, CloseCircleFilled } from "@ant-design/icons";
import { useTranslation } from "react-i18next";
import type { Schemas } from "../../../api/client";
import { isForeign, textOf } from "../../../lib/messageOf";
import styles from "./parts.module.css";

const ADVICE = [
  "param_invalid",
  "data_invalid",
  "expression_invalid",
  "check_failed",
  "operator_failed",
  "operator_unknown",
  "operator_withdrawn",
  "artifact_corrupt",
  "artifact_invalid",
  "artifact_lost",
  "secret_unknown",
  "runner_failed",
  "process_died",
  "process_killed",
  "sandbox_failed",
  "out_of_memory",
  "worker_lost",
  "timeout",
  "upstream_failed",
] as const;

/** Errors whose message comes from the operator, in whatever language its author wrote it. */
const BY_OPERATORS = [
  "data_invalid",
  "param_invalid",
  "expression_invalid",
  "check_failed",
  "operator_failed",
] as const;

/** What a task's error says, in the language of the page. */
export function taskErrorText({ code, message, details }: Schemas["TaskError"]): string {
  return textOf(code, message, details ?? {});
}

/**
 * What went wrong, what can be done about it, and for engineers the traceback. An operator's message in another language
 * than the page's stands behind a sentence that says what kind of thing has happened.
 */
export function TaskError({ error }: { error: Schemas["TaskError"] }) {
  const { t } = useTranslation("runs");
  const advice = ADVICE.find((code) => code === error.code);
  const foreign = isForeign(error.message, error.details ?? {}) && BY_OPERATORS.find((code) => code === error.code);
  return (
    <div className={styles.error} role="alert">
      <p className={styles.message}>
        <CloseCircleFilled /> <span>{foreign ? t(`happened.${foreign}`) : taskErrorText(error)}</span>
      </p>
      <p className={styles.advice}>
        <BulbOutlined /> <span>{t(`advice.${advice ?? "other"}`)}</span>
      </p>
      {foreign && (
        <details>
          <summary>{t("inItsWords")}</summary>
          <p lang="en">{error.message}</p>
        </details>
      )}
      {error.traceback && (
        <details>
          <summary>
            {t("traceback")} · <code>{error.code}</code>
          </summary>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a long text is scrolled by keyboard */}
          <pre tabIndex={0}>{error.traceback}</pre>
        </details>
      )}
    </div>
  );
}
