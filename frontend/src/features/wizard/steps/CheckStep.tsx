import { UndoOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useProjectPath } from "../../../api/project";
import { ErrorNotice } from "../../../lib/ErrorNotice";
import { LinkButton } from "../../../lib/LinkButton";
import { Loading } from "../../../lib/Loading";
import { useLocalize } from "../../../lib/localize";
import { TaskError } from "../../runs/parts/TaskError";
import { Finding } from "../Finding";
import type { FindingData, FindingFix } from "../finding";
import { Hindered } from "../Hindered";
import { useHindering } from "../useHindering";
import { useJsonText } from "../useJsonText";
import { isOpen, useNodeRun } from "../useNodeRun";
import type { Wizard } from "../wizard";
import { FormStep } from "./FormStep";
import type { StepProps } from "./StepView";
import styles from "./steps.module.css";
import { keyOf, useFindings } from "./useFindings";

/** The output of a checking step that holds what it found. */
const PORT = "findings";

/** Looks at the data by itself, says what it found, and does what a finding suggests at a click. */
export function CheckStep(props: StepProps) {
  const { project, flow, wizard, step, applyFix, undoFix, onDoubt } = props;
  const { t } = useTranslation("wizard");
  const localize = useLocalize();
  const path = useProjectPath();
  const { runs, run, task, failed, start, isStarting } = useNodeRun(project, flow, step.node);
  const hindering = useHindering(project, flow, wizard, step.node);
  const isHindered = hindering !== null && hindering.problems.length > 0;
  const [asked, setAsked] = useState<number | null>(null);
  const isOld = runs.data !== undefined && run?.revision !== wizard.number;
  const toStart = isOld && hindering !== null && !isHindered && asked !== wizard.number;
  useEffect(() => {
    if (!toStart || isStarting) return;
    setAsked(wizard.number);
    void start(wizard.number);
  });
  const artifact = run?.revision === wizard.number && task?.state === "done" ? (task.outputs[PORT] ?? null) : null;
  const { json, error } = useJsonText(project, artifact);
  const isLooking =
    runs.isPending ||
    (isOld && hindering === null) ||
    toStart ||
    isStarting ||
    (run !== null && isOpen(run)) ||
    (artifact !== null && json === null && !error);
  const findings = useFindings(wizard.number ?? 0, json);
  const unsettled = findings.shown.filter(({ severity }) => severity === "stop");
  const doubts = [
    ...(isLooking ? [t("doubt.looking")] : artifact === null ? [t("doubt.notLooked")] : []),
    ...(isLooking || artifact !== null ? unsettled : []).map(({ title }) =>
      t("doubt.open", { title: localize(title) }),
    ),
  ].join("\n");
  useEffect(() => {
    onDoubt(doubts);
    return () => onDoubt("");
  }, [doubts, onDoubt]);
  const settle = async (finding: FindingData, fix: FindingFix) => {
    findings.hide(finding);
    if (!(await applyFix(finding.code, fix))) findings.showAgain(finding);
  };
  const lookAgain = <Button onClick={() => void start(wizard.number)}>{t("lookAgain")}</Button>;
  return (
    <>
      {isLooking && (
        <div className={styles.looking} role="status">
          <Loading /> {t("looking")}
        </div>
      )}
      {error && <ErrorNotice error={error} />}
      {!isLooking && !isHindered && failed?.error && <TaskError error={failed.error} />}
      {isHindered && !isLooking && <Hindered {...props} {...hindering} action={lookAgain} />}
      {!isHindered && !isLooking && artifact === null && <div>{lookAgain}</div>}
      {(isLooking || artifact !== null) &&
        findings.shown.map((finding) => {
          const fix = finding.fix && isPossible(finding.fix, wizard) ? finding.fix : null;
          return (
            <Finding key={keyOf(finding)} finding={finding}>
              {fix && <Button onClick={() => void settle(finding, fix)}>{localize(fix.label)}</Button>}
            </Finding>
          );
        })}
      {wizard.fixes.length > 0 && (
        <section className={styles.fixes} aria-label={t("applied")}>
          <h3>{t("applied")}</h3>
          <ul>
            {wizard.fixes.map(({ id, label }) => (
              <li key={id}>
                {localize(label)}
                <Button
                  size="small"
                  type="text"
                  icon={<UndoOutlined />}
                  aria-label={t("undoOf", { label: localize(label) })}
                  onClick={() => void undoFix(id)}
                >
                  {t("undo")}
                </Button>
              </li>
            ))}
          </ul>
          <LinkButton size="small" type="link" to={path(`/flows/${encodeURIComponent(flow)}`)}>
            {t("seeInFlow")}
          </LinkButton>
        </section>
      )}
      {step.params.length > 0 && <FormStep {...props} />}
    </>
  );
}

/** A flow that somebody published as a wizard need not have the params that a fix sets. */
function isPossible(fix: FindingFix, wizard: Wizard): boolean {
  return Object.keys(fix.params ?? {}).every((name) => Object.hasOwn(wizard.values, name));
}
