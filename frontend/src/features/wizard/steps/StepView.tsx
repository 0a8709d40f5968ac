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
}

const VIEWS = { data: DataStep, form: FormStep, check: CheckStep, run: RunStep, result: ResultStep } as const;

export function StepView(props: StepProps) {
  const View = VIEWS[props.step.view];
  return <View {...props} />;
}
