import { useTranslation } from "react-i18next";
import type { Schemas } from "../../../api/client";
import { hasEnded } from "../../../canvas/run/runState";
import { ErrorNotice } from "../../../lib/ErrorNotice";
import { Loading } from "../../../lib/Loading";
import { CurveCharts } from "./CurveCharts";
import { curvesOf } from "./curves";
import styles from "./parts.module.css";
import { useCurves } from "./useCurves";

interface TaskCurvesProps {
  project: string;
  run: number;
  task: Pick<Schemas["Task"], "path" | "index" | "state">;
}

/** What a task has measured step by step: losses while it trains. */
export function TaskCurves({ project, run, task }: TaskCurvesProps) {
  const { t } = useTranslation("runs");
  const read = useCurves(project, run, hasEnded(task.state));
  if (read.error) return <ErrorNotice error={read.error} onRetry={() => void read.refetch()} />;
  if (!read.data) return <Loading />;
  const curves = curvesOf(read.data, task);
  if (curves.length === 0) return <p className={styles.none}>{t("noCurves")}</p>;
  return <CurveCharts curves={curves} />;
}
