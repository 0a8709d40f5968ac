import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Schemas } from "../../../api/client";
import { useFormat } from "../../../lib/format";
import { usePoolName } from "../../pools/poolName";
import styles from "./parts.module.css";
import { taskErrorText } from "./TaskError";

/** Why a task has not started, in the person's language; null: it does not wait. */
export function useWaitText(): (waits: Schemas["WaitReason"]) => string | null {
  const { t } = useTranslation("runs");
  const format = useFormat();
  const poolName = usePoolName();
  const told = ({ code, message, details }: Schemas["WaitReason"]) => {
    const number = (name: string) => (typeof details[name] === "number" ? details[name] : 0);
    const pool = poolName(String(details.pool ?? ""));
    const resource = () => t(`wait.resources.${details.resource as "cpu"}`);
    switch (code) {
      case "none":
        return null;
      case "approval":
        return t("wait.approval");
      case "flow_limit":
        return t("wait.flow_limit", details);
      case "parents":
        return t("wait.parents", { paths: Array.isArray(details.paths) ? details.paths.join(", ") : "" });
      case "retry":
        return t("wait.retry", { time: format.duration(number("seconds")) });
      case "same_work":
        return t("wait.same_work", { path: String(details.path ?? ""), run: String(details.run ?? "?") });
      case "worker":
        return typeof details.position === "number"
          ? t("wait.worker_position", { pool, position: details.position })
          : t("wait.worker", { pool });
      case "give_back":
        return t("wait.give_back", { pool, position: details.position, tasks: String(details.tasks) });
      case "giving_back":
        return t("wait.giving_back", { task: details.task });
      case "reserved":
        return t("wait.reserved", { pool, position: details.position });
      case "quota":
        return t("wait.quota", { pool, position: details.position, resource: resource() });
      case "impossible":
        return details.resource ? t("wait.quota_impossible", { resource: resource() }) : t("wait.impossible", { pool });
      case "slots": {
        if (typeof details.position !== "number") return t("wait.far", { pool });
        const missing = [
          number("cpu_milli") > 0 && t("wait.cpu", { count: number("cpu_milli") / 1000 }),
          number("gpu_milli") > 0 && t("wait.gpu", { count: number("gpu_milli") / 1000 }),
          number("memory") > 0 && t("wait.memory", { size: format.bytes(number("memory")) }),
        ].filter((part) => part !== false);
        return t("wait.slots", { pool, position: details.position, missing: missing.join(" + ") || "…" });
      }
      default:
        return message;
    }
  };
  return (waits) => {
    const text = told(waits);
    const gaveTo = waits.details.gave_to;
    return gaveTo === undefined || text === null ? text : `${t("wait.gave_to", { task: gaveTo })} ${text}`;
  };
}

const KINDS = [
  "first_run",
  "code",
  "environment",
  "project",
  "input",
  "source",
  "bypass",
  "lost",
  "param",
  "seed",
  "engine",
  "operator",
  "version",
] as const;
type Kind = (typeof KINDS)[number];

function kindOf(kind: unknown): Kind | null {
  return KINDS.find((known) => known === kind) ?? null;
}

/** Why a task was executed and not taken over from an earlier run. */
export function useReasonText(): (reason: Record<string, unknown>) => string {
  const { t } = useTranslation("runs");
  return (reason) => {
    const kind = kindOf(reason.kind);
    if (!kind) return String(reason.text ?? reason.kind);
    const shown = (value: unknown) =>
      value === null || value === undefined ? "–" : typeof value === "string" ? value : JSON.stringify(value);
    return t(`reason.${kind}`, { name: String(reason.name ?? ""), old: shown(reason.old), now: shown(reason.new) });
  };
}

/** Which engine was chosen for a task and why, in the person's language; null: there was no choice. */
export function useEngineText(): (choice: Schemas["EngineChoice"] | null) => string | null {
  const { t } = useTranslation("runs");
  const format = useFormat();
  return (choice) => {
    if (!choice) return null;
    const { code, message, details } = choice;
    const size = (name: string) => (typeof details[name] === "number" ? format.bytes(details[name]) : "?");
    const number = (name: string) => (typeof details[name] === "number" ? format.number(details[name]) : "?");
    if (code === "fits" || code === "too_large" || code === "unavailable")
      return t(`engine.${code}`, { bytes: size("bytes"), memory: size("memory") });
    if (code === "short" || code === "long" || code === "alone")
      return t(`engine.${code}`, { rows: number("rows"), cells: number("cells"), from: number("from") });
    return message;
  };
}

interface TaskWhyProps {
  project: string;
  details: Schemas["TaskDetails"];
}

/** Why a task waits, why it ran, or why it did not have to. */
export function TaskWhy({ project, details: { task, waits } }: TaskWhyProps) {
  const { t } = useTranslation("runs");
  const waitText = useWaitText()(waits);
  const reasonText = useReasonText();
  const engineText = useEngineText()(task.engine_choice);
  const other = waits.code === "same_work" ? waits.details.run : null;
  return (
    <div className={styles.why}>
      {waitText !== null && (
        <section>
          <h3>{t(waits.code === "giving_back" ? "why.stops" : "why.waits")}</h3>
          <p>
            {waitText}{" "}
            {typeof other === "number" && (
              <Link to={`/p/${encodeURIComponent(project)}/runs/${other}`}>{t("runNumber", { run: other })}</Link>
            )}
          </p>
        </section>
      )}
      {task.cached && <p>{t("why.unchanged")}</p>}
      {!task.cached && task.reasons && task.reasons.length > 0 && (
        <section>
          <h3>{t("why.ran")}</h3>
          <ul>
            {task.reasons.map((reason) => (
              <li key={`${reason.kind}-${reason.name}`}>{reasonText(reason)}</li>
            ))}
          </ul>
        </section>
      )}
      {engineText !== null && (
        <section>
          <h3>{t("why.engine")}</h3>
          <p>{engineText}</p>
        </section>
      )}
      {task.state === "skipped" && task.error && <p>{taskErrorText(task.error)}</p>}
    </div>
  );
}
