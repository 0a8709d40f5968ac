import { CheckCircleOutlined, CloseCircleFilled, WarningFilled } from "@ant-design/icons";
import { useTranslation } from "react-i18next";
import { useFlow, useFlowStore } from "../store/flowStore";
import type { Problem } from "../store/problems";
import styles from "./ProblemsList.module.css";
import { useProblemText } from "./problemText";
import { usePlaces } from "./usePlaces";

/** Everything that the last check found; a click leads to the field. */
export function ProblemsList() {
  const { t } = useTranslation("canvas");
  const check = useFlow((flow) => flow.check);
  if (!check) return <p className={styles.quiet}>{t("panels.problems.checking")}</p>;
  if (check.problems.length === 0) {
    return (
      <p className={styles.quiet}>
        <CheckCircleOutlined className={styles.ok} /> {t("panels.problems.none")}
      </p>
    );
  }
  const sorted = check.problems.toSorted((left, right) => rank(left) - rank(right));
  return (
    <ul className={styles.list} aria-label={t("panels.problems.label")}>
      {sorted.map((problem, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a list is replaced as a whole
        <li key={index}>
          <ProblemRow problem={problem} />
        </li>
      ))}
    </ul>
  );
}

function rank({ level }: Problem): number {
  return level === "error" ? 0 : 1;
}

/** `isOfNode`: shown where it is clear which node is meant. */
export function ProblemRow({ problem, isOfNode = false }: { problem: Problem; isOfNode?: boolean }) {
  const { t } = useTranslation("canvas");
  const store = useFlowStore();
  const document = useFlow((flow) => flow.document);
  const places = usePlaces();
  const text = useProblemText();
  const { node, field, level, message } = problem;
  const Icon = level === "error" ? CloseCircleFilled : WarningFilled;
  const place = node === null ? t("panels.problems.flow") : places.node(document, node);
  const part = field ? places.field(document, node, field) : null;
  return (
    <button
      type="button"
      className={styles.row}
      data-level={level}
      title={message}
      onClick={() => node !== null && store.getState().setFocus({ node, field })}
    >
      <Icon className={styles.icon} aria-label={t(`panels.problems.${level}`)} />
      {!isOfNode && (
        <span className={styles.place}>
          <strong>{place}</strong>
          {part && <span className={styles.part}> · {part}</span>}
        </span>
      )}
      <span className={styles.text}>{text(document, problem)}</span>
    </button>
  );
}

/** How many there are, for a tab or a button. */
export function useProblemCounts(): { errors: number; warnings: number } {
  const problems = useFlow((flow) => flow.check?.problems);
  const errors = problems?.filter(({ level }) => level === "error").length ?? 0;
  return { errors, warnings: (problems?.length ?? 0) - errors };
}
