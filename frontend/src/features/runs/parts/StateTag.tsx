import {
  CheckCircleFilled,
  ClockCircleOutlined,
  CloseCircleFilled,
  HourglassOutlined,
  LoadingOutlined,
  MinusCircleOutlined,
  QuestionCircleFilled,
  RedoOutlined,
  StopOutlined,
} from "@ant-design/icons";
import type { ComponentType } from "react";
import { useTranslation } from "react-i18next";
import styles from "./StateTag.module.css";

const LOOKS = {
  queued: [ClockCircleOutlined, styles.quiet],
  waiting: [ClockCircleOutlined, styles.quiet],
  ready: [HourglassOutlined, styles.quiet],
  admitted: [HourglassOutlined, styles.busy],
  waiting_cache: [HourglassOutlined, styles.quiet],
  waiting_approval: [QuestionCircleFilled, styles.warn],
  running: [LoadingOutlined, styles.busy],
  delayed: [RedoOutlined, styles.warn],
  done: [CheckCircleFilled, styles.ok],
  failed: [CloseCircleFilled, styles.error],
  timed_out: [CloseCircleFilled, styles.error],
  lost: [CloseCircleFilled, styles.error],
  handed_back: [RedoOutlined, styles.quiet],
  given_back: [RedoOutlined, styles.quiet],
  handed_over: [RedoOutlined, styles.quiet],
  skipped: [MinusCircleOutlined, styles.quiet],
  cancelled: [StopOutlined, styles.quiet],
} satisfies { [state: string]: [ComponentType, string | undefined] };

type Known = keyof typeof LOOKS;

function isKnown(state: string): state is Known {
  return Object.hasOwn(LOOKS, state);
}

interface StateProps {
  state: string;
  /** An earlier result was taken over. */
  isUnchanged?: boolean;
}

/** The state of a run, a task or an attempt, as a sign and a word. */
export function StateTag({ state, isUnchanged = false }: StateProps) {
  const text = useStateText();
  return (
    <span className={styles.tag}>
      <StateIcon state={state} />
      {text(state, isUnchanged)}
    </span>
  );
}

/** The sign alone; beside it must stand a word or a label. */
export function StateIcon({ state }: { state: string }) {
  const [Icon, look] = LOOKS[isKnown(state) ? state : "waiting"];
  return (
    <span className={look} aria-hidden="true">
      <Icon />
    </span>
  );
}

export function useStateText(): (state: string, isUnchanged?: boolean) => string {
  const { t } = useTranslation("runs");
  return (state, isUnchanged = false) => {
    if (isUnchanged) return t("state.unchanged");
    return isKnown(state) ? t(`state.${state}`) : state;
  };
}
