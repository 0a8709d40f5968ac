import { CheckOutlined } from "@ant-design/icons";
import { Alert, App, Button } from "antd";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useParams, useSearchParams } from "react-router";
import { useProjectName, useProjectPath } from "../../api/project";
import { ErrorNotice } from "../../lib/ErrorNotice";
import { LinkButton } from "../../lib/LinkButton";
import { Loading } from "../../lib/Loading";
import { useLocalize } from "../../lib/localize";
import { Page } from "../../lib/Page";
import { readText } from "../../lib/readText";
import { ExplainTerms, Words } from "../../lib/terms/Words";
import { Changed } from "./Changed";
import { Dropped } from "./Dropped";
import { lastStep } from "./lastStep";
import { StepView } from "./steps/StepView";
import { useFlowTexts } from "./useFlowTexts";
import { useWizard } from "./useWizard";
import styles from "./WizardPage.module.css";
import { firstOpen, missingIn, type Step, stepsOf, type Wizard } from "./wizard";

/** A flow, one question after the other. What is filled in is kept at once, and the step is in the address. */
export function Component() {
  const { t } = useTranslation("wizard");
  const { flow = "" } = useParams();
  const project = useProjectName();
  const path = useProjectPath();
  const { query, ...changes } = useWizard(project, flow);
  const { title } = useFlowTexts(project, flow);
  const back = { to: path("/wizards"), label: t("title") };
  if (query.error && !query.data)
    return (
      <Page title={flow} back={back}>
        <ErrorNotice error={query.error} onRetry={() => void query.refetch()} />
      </Page>
    );
  if (!query.data)
    return (
      <Page title={flow} back={back}>
        <Loading />
      </Page>
    );
  return (
    <Page
      title={title || flow}
      back={back}
      actions={<LinkButton to={path(`/flows/${encodeURIComponent(flow)}`)}>{t("openAsFlow")}</LinkButton>}
    >
      <ExplainTerms value={true}>
        <Steps project={project} flow={flow} wizard={query.data} {...changes} />
      </ExplainTerms>
    </Page>
  );
}

export interface StepsProps extends Omit<ReturnType<typeof useWizard>, "query"> {
  project: string;
  flow: string;
  wizard: Wizard;
}

function Steps(props: StepsProps) {
  const { project, flow, wizard, dropped, forgetDropped } = props;
  const { t } = useTranslation("wizard");
  const localize = useLocalize();
  const [address, setAddress] = useSearchParams();
  const steps = stepsOf(wizard.wizard);
  const [first] = useState(() => lastStep.of(project, flow) ?? firstOpen(wizard, steps));
  const wanted = address.get("step") ?? first;
  const at = Math.max(
    0,
    steps.findIndex(({ id }) => id === wanted),
  );
  const step = steps[at];
  const { modal } = App.useApp();
  const [doubts, setDoubts] = useState("");
  const [accepted, setAccepted] = useState("");
  const heading = useRef<HTMLHeadingElement>(null);
  const go = (to: Step | undefined) => {
    if (!to) return;
    setAddress((before) => {
      const after = new URLSearchParams(before);
      after.set("step", to.id);
      return after;
    });
  };
  const goOn = (to: Step | undefined) => {
    if (doubts === "" || doubts === accepted) return go(to);
    modal.confirm({
      title: t("doubt.title"),
      content: <Doubts text={doubts} />,
      okText: t("doubt.goOn"),
      cancelText: t("doubt.stay"),
      autoFocusButton: "cancel",
      okType: "default",
      cancelButtonProps: { type: "primary" },
      onOk: () => {
        setAccepted(doubts);
        go(to);
      },
    });
  };
  const shown = useRef<string>(undefined);
  useEffect(() => {
    if (!step) return;
    lastStep.keep(project, flow, step.id);
    if (shown.current === step.id) return;
    shown.current = step.id;
    heading.current?.focus();
  }, [project, flow, step]);
  if (!step) return <Alert type="warning" showIcon title={t("noSteps")} />;
  const blockedBy = steps.slice(0, at + 1).find((each) => missingIn(wizard, each).length > 0);
  const next = steps[at + 1];
  return (
    <div className={styles.wizard}>
      <nav aria-label={t("steps")} className={styles.steps}>
        <ol>
          {steps.map((each, index) => {
            const isDone = index < at && missingIn(wizard, each).length === 0;
            return (
              <li key={each.id} data-now={each === step || undefined} data-done={isDone || undefined}>
                <button
                  type="button"
                  aria-current={each === step ? "step" : undefined}
                  disabled={index > at && steps.slice(0, index).some((other) => missingIn(wizard, other).length > 0)}
                  onClick={() => (index > at ? goOn(each) : go(each))}
                >
                  <span className={styles.number}>{isDone ? <CheckOutlined /> : index + 1}</span>
                  {localize(each.title)}
                </button>
              </li>
            );
          })}
        </ol>
      </nav>
      <section className={styles.step} data-view={step.view} aria-labelledby="wizard-step">
        <h2 id="wizard-step" ref={heading} tabIndex={-1} className={styles.title}>
          {localize(step.title)}
        </h2>
        {step.help && (
          <p className={styles.help}>
            <Words text={localize(readText(step.help))} />
          </p>
        )}
        <Changed flow={flow} wizard={wizard} />
        <Dropped texts={dropped} onClose={forgetDropped} />
        <StepView
          key={step.id}
          {...props}
          step={step}
          steps={steps}
          onGo={(id) => go(steps.find((s) => s.id === id))}
          onDoubt={setDoubts}
        />
        {step.view !== "result" && (
          <div className={styles.buttons}>
            {at > 0 && <Button onClick={() => go(steps[at - 1])}>{t("back")}</Button>}
            {next && step.view !== "run" && (
              <Button type="primary" disabled={blockedBy !== undefined} onClick={() => goOn(next)}>
                {t("next")}
              </Button>
            )}
            {blockedBy === step && <span className={styles.missing}>{t("missing")}</span>}
          </div>
        )}
      </section>
    </div>
  );
}

function Doubts({ text }: { text: string }) {
  return text.split("\n").map((line) => <p key={line}>{line}</p>);
}
