import { useQueries } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { ErrorNotice } from "../../lib/ErrorNotice";
import { Loading } from "../../lib/Loading";
import { CurveCharts, GroupChart } from "../runs/parts/CurveCharts";
import { isLoss, isValidation } from "../runs/parts/curveGroups";
import { curvesOf, placeOf, type Read } from "../runs/parts/curves";
import { curvesQuery, useCurves } from "../runs/parts/useCurves";
import styles from "./TrainingPage.module.css";
import { isOver, type Training } from "./training";

interface LiveCurvesProps {
  project: string;
  training: Training;
  together: readonly Training[];
}

/** The curves of a training as they grow; where others are ticked, the losses of all in one chart. */
export function LiveCurves({ project, training, together }: LiveCurvesProps) {
  const { t } = useTranslation("training");
  const read = useCurves(project, training.run_id, isOver(training));
  if (read.error) return <ErrorNotice error={read.error} onRetry={() => void read.refetch()} />;
  if (!read.data) return <Loading />;
  const curves = curvesOf(read.data, training);
  const none = training.cached ? t("noCurvesCached") : t(isOver(training) ? "noCurves" : "noCurvesYet");
  if (together.length < 2)
    return curves.length === 0 ? <p className={styles.none}>{none}</p> : <CurveCharts curves={curves} />;
  return (
    <>
      <Together project={project} trainings={together} />
      <CurveCharts curves={curves.filter(({ name }) => !isLoss(name))} />
    </>
  );
}

/** The losses of several trainings. */
function Together({ project, trainings }: { project: string; trainings: readonly Training[] }) {
  const { t } = useTranslation("training");
  const runs = new Map<number, boolean>();
  for (const each of trainings) runs.set(each.run_id, (runs.get(each.run_id) ?? true) && isOver(each));
  const reads = useQueries({
    queries: [...runs].map(([run, over]) => curvesQuery(project, run, over)),
    combine: (results) => new Map([...runs.keys()].map((run, index) => [run, results[index]?.data])),
  });
  const curves = trainings.flatMap((training) => {
    const isAlone = trainings.filter(({ run_id }) => run_id === training.run_id).length === 1;
    return lossesOf(reads.get(training.run_id), training, isAlone ? "" : placeOf(training));
  });
  return (
    <section className={styles.together} aria-label={t("together")}>
      <GroupChart name="loss" curves={curves} height={260} />
    </section>
  );
}

/** Named so that they are told apart: by flow and run, the step where several of a run are shown, and the rows. */
function lossesOf(read: Read | undefined, training: Training, step: string) {
  if (!read) return [];
  const where = [`#${training.run_id}`, training.flow, step].filter(Boolean).join(" ");
  return curvesOf(read, training)
    .filter(({ name }) => isLoss(name))
    .map((curve) => ({ ...curve, name: `${where} · ${isValidation(curve.name) ? "validation_loss" : "loss"}` }));
}
