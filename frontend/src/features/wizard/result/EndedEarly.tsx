import { useTranslation } from "react-i18next";
import { isRecord } from "../../../forms/spec";
import { useJsonText } from "../useJsonText";
import styles from "./WizardResult.module.css";

/** That somebody ended the search before its time, after how many attempts. `summary`: the artifact that tells of it. */
export function EndedEarly({ project, summary }: { project: string; summary: string | null }) {
  const { t } = useTranslation("report");
  const { json: told } = useJsonText(project, summary);
  if (!isRecord(told) || told.stopped !== "finish") return null;
  return <p className={styles.help}>{t("endedEarly", { count: Number(told.trials) })}</p>;
}
