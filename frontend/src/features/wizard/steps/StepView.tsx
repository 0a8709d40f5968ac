import { Hindered } from "../Hindered";
import { type Problem, stepFor } from "../hindering";
import { useHindering } from "../useHindering";
import type { StepsProps } from "../WizardPage";
import type { Step } from "../wizard";
import { CheckStep } from "./CheckStep";
import { DataStep } from "./DataStep";
import { FormStep } from "./FormStep";
import { ResultStep } from "./ResultStep";
import { RunStep } from "./RunStep";

export interface StepProps extends StepsProps {
  step: Step;
  steps: readonly Step[];
  /** To another step, by its id. */
  onGo: (step: string) => void;
  /** What speaks against going on, a sentence in each line. */
  onDoubt: (doubts: string) => void;
}

const VIEWS = { data: DataStep, form: FormStep, check: CheckStep, run: RunStep, result: ResultStep } as const;

export function StepView(props: StepProps) {
  const View = VIEWS[props.step.view];
  return (
    <>
      {(props.step.view === "form" || props.step.view === "run") && <RunHindered {...props} />}
      <View {...props} />
    </>
  );
}

/** What would keep the run from starting, once it is clear; a form says itself what is wrong with its own fields. */
function RunHindered(props: StepProps) {
  const { project, flow, wizard, step, steps } = props;
  const result = steps.find(({ view }) => view === "result");
  const found = useHindering(project, flow, wizard, result?.node ?? null);
  if (!found) return null;
  const { document } = found;
  const isToldHere = (problem: Problem) => {
    if (step.view === "run") return true;
    const where = stepFor(document, problem, steps);
    return where === null || steps.indexOf(where) < steps.indexOf(step);
  };
  const problems = found.problems.filter(isToldHere);
  return problems.length > 0 && <Hindered {...props} document={document} problems={problems} />;
}
