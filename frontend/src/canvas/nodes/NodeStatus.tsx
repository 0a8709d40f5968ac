import {
  CheckCircleFilled,
  ClockCircleOutlined,
  CloseCircleFilled,
  ExclamationCircleFilled,
  LoadingOutlined,
  MinusCircleOutlined,
  QuestionCircleFilled,
  WarningFilled,
} from "@ant-design/icons";
import { useTranslation } from "react-i18next";
import { useLocalize } from "../../lib/localize";
import { useProblemText } from "../panels/problemText";
import type { NodeRun } from "../run/runState";
import { useFlow, useFlowStore } from "../store/flowStore";
import { type Problem, useProblemsOf } from "../store/problems";
import { useIsStale } from "../store/stale";
import styles from "./NodeStatus.module.css";

/** The sign at the right of a node: what is wrong with it, else how its run is. */
export function NodeStatus({ path, run }: { path: string; run: NodeRun | null }) {
  const { t } = useTranslation("canvas");
  const localize = useLocalize();
  const problems = useProblemsOf(path);
  const isStale = useIsStale(path);
  const [first] = problems;
  if (first) return <ProblemSign path={path} first={first} problems={problems} />;
  if (!run) return null;
  if (run.state === "done" && run.warnings.length > 0 && !isStale) {
    const texts = run.warnings.map(localize);
    const label = t("warned", { count: texts.length, first: texts[0] });
    return (
      <span className={styles.sign} data-sign="warning" title={texts.join("\n")} role="img" aria-label={label}>
        <WarningFilled />
      </span>
    );
  }
  const sign = isStale && run.state === "done" ? "stale" : run.state;
  const Icon = ICONS[sign] ?? ClockCircleOutlined;
  const label = t(`states.${sign}`, { defaultValue: sign });
  return (
    <span className={styles.sign} data-sign={sign} title={run.error ?? label} role="img" aria-label={label}>
      <Icon />
    </span>
  );
}

/** Leads to the first problem of a node. */
function ProblemSign({ path, first, problems }: { path: string; first: Problem; problems: readonly Problem[] }) {
  const { t } = useTranslation("canvas");
  const store = useFlowStore();
  const document = useFlow((flow) => flow.document);
  const textOf = useProblemText();
  const texts = problems.map((problem) => textOf(document, problem));
  return (
    <button
      type="button"
      className={`nodrag ${styles.button}`}
      data-sign={first.level}
      title={texts.join("\n")}
      aria-label={t("problemsOf", { count: texts.length, first: texts[0] })}
      onClick={(event) => {
        event.stopPropagation();
        store.getState().setFocus({ node: first.node ?? path, field: first.field });
      }}
    >
      {first.level === "error" ? <ExclamationCircleFilled /> : <WarningFilled />}
    </button>
  );
}

const ICONS: Readonly<Record<string, typeof CheckCircleFilled>> = {
  done: CheckCircleFilled,
  failed: CloseCircleFilled,
  running: LoadingOutlined,
  waiting_approval: QuestionCircleFilled,
  skipped: MinusCircleOutlined,
  cancelled: MinusCircleOutlined,
};
