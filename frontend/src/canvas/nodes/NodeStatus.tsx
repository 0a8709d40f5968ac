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
import type { NodeRun } from "../run/runState";
import { useFlowStore } from "../store/flowStore";
import { useProblemsOf } from "../store/problems";
import { useIsStale } from "../store/stale";
import styles from "./NodeStatus.module.css";

/** The sign at the right of a node: what is wrong with it, else how its run is. */
export function NodeStatus({ path, run }: { path: string; run: NodeRun | null }) {
  const { t } = useTranslation("canvas");
  const localize = useLocalize();
  const store = useFlowStore();
  const problems = useProblemsOf(path);
  const isStale = useIsStale(path);
  const [first] = problems;
  const lead = (node: string, field: string | null) => store.getState().setFocus({ node, field });
  if (first) {
    const text = problems.map(({ message }) => message).join("\n");
    return (
      <button
        type="button"
        className={`nodrag ${styles.button}`}
        data-sign={first.level}
        title={text}
        aria-label={t("problemsOf", { count: problems.length, first: first.message })}
        onClick={(event) => {
          event.stopPropagation();
          lead(first.node ?? path, first.field);
        }}
      >
        {first.level === "error" ? <ExclamationCircleFilled /> : <WarningFilled />}
      </button>
    );
  }
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

const ICONS: Readonly<Record<string, typeof CheckCircleFilled>> = {
  done: CheckCircleFilled,
  failed: CloseCircleFilled,
  running: LoadingOutlined,
  waiting_approval: QuestionCircleFilled,
  skipped: MinusCircleOutlined,
  cancelled: MinusCircleOutlined,
};
