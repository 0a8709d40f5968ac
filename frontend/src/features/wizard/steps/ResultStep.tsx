import { Alert, Button } from "antd";
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { Loading } from "../../../lib/Loading";
import { isOpen, useNodeRun } from "../useNodeRun";
import type { StepProps } from "./StepView";

const WizardResult = lazy(() => import("../result/WizardResult"));

/** What came of the run. */
export function ResultStep({ project, flow, wizard, step, steps, onGo }: StepProps) {
  const { t } = useTranslation("wizard");
  const { runs, run } = useNodeRun(project, flow, step.node, "done");
  const { run: latest } = useNodeRun(project, flow, step.node);
  const toRun = steps.find(({ view }) => view === "run")?.id;
  const runAgain = toRun && (
    <Button type="primary" onClick={() => onGo(toRun)}>
      {t("toRun")}
    </Button>
  );
  if (runs.isPending) return <Loading />;
  const isRunning = latest !== null && isOpen(latest);
  if (!run) return <Alert type="info" showIcon title={t(isRunning ? "stillRunning" : "noResult")} action={runAgain} />;
  return (
    <>
      {isRunning && <Alert type="info" showIcon title={t("stillRunning")} action={runAgain} />}
      {!isRunning && run.revision !== wizard.number && (
        <Alert type="info" showIcon title={t("resultIsOld")} action={runAgain} />
      )}
      <Suspense fallback={<Loading />}>
        <WizardResult project={project} flow={flow} run={run.id} node={step.node} />
      </Suspense>
    </>
  );
}
