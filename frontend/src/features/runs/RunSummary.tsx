import { Alert } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useProjectPath } from "../../api/project";
import type { RunModel } from "../../canvas/run/runModel";
import { hasEnded, useRunState } from "../../canvas/run/runState";
import { useFormat } from "../../lib/format";
import { Duration } from "./parts/Duration";
import { importedDataset, sourceOfRun, useFlowText } from "./parts/flowOfRun";
import { StateTag } from "./parts/StateTag";
import { RunPriority } from "./RunPriority";
import styles from "./RunSummary.module.css";

/** A run in one line: its state, how far it is, how long it took, who started it and of which revision. */
export function RunSummary({ project, model }: { project: string; model: RunModel }) {
  const { t } = useTranslation("runs");
  const format = useFormat();
  const to = useProjectPath();
  const isAway = useRunState((state) => state.isAway);
  const flowText = useFlowText();
  const { run, tasks } = model;
  const dataset = importedDataset(run.flow);
  const isOpen = run.state === "queued" || run.state === "running";
  const count = (wanted: string) => tasks.filter(({ state }) => state === wanted).length;
  const over = tasks.filter(({ state }) => hasEnded(state)).length;
  const unchanged = tasks.filter(({ cached, state }) => cached && state === "done").length;
  const facts: [string, React.ReactNode][] = [
    [t("stateTitle"), <StateTag key="state" state={run.state} />],
    [t("steps"), t("doneOf", { done: over, of: tasks.length })],
    [t("duration"), <Duration key="duration" from={run.started_at} to={run.ended_at} isRunning={isOpen} />],
    [
      t("startedAt"),
      <span key="at" title={format.ago(run.created_at)}>
        {format.time(run.created_at)}
      </span>,
    ],
    [t("who"), run.created_by ?? t("platform")],
    [
      t(dataset === null ? "revision" : "dataset"),
      <Link key="revision" to={to(sourceOfRun(run))}>
        {dataset ?? `${flowText(run)} · ${t("revisionShort", { revision: run.revision })}`}
      </Link>,
    ],
  ];
  if (run.mode.kind !== "all")
    facts.push([t("what"), t(`mode.${run.mode.kind}`, { nodes: run.mode.nodes.join(", ") })]);
  if (run.priority !== 0 || isOpen)
    facts.push([t("params.priority"), <RunPriority key="priority" project={project} run={run} />]);
  if (run.schedule !== null)
    facts.push([
      t("schedule"),
      <Link key="schedule" to={to("/settings?tab=schedules")}>
        {run.schedule}
      </Link>,
    ]);
  if (run.backfill_id !== null)
    facts.push([
      t("backfill"),
      <Link key="backfill" to={to(`/settings?tab=backfills&backfill=${run.backfill_id}`)}>
        #{run.backfill_id}
      </Link>,
    ]);
  if (run.scheduled_at !== null) facts.push([t("scheduledAt"), format.time(run.scheduled_at)]);
  if (run.resumed_from !== null)
    facts.push([
      t("resumedFrom"),
      <Link key="from" to={to(`/runs/${run.resumed_from}`)}>
        {t("runNumber", { run: run.resumed_from })}
      </Link>,
    ]);
  const parts = [
    ["done", count("done") - unchanged],
    ["unchanged", unchanged],
    ["running", count("running")],
    ["failed", count("failed")],
    ["skipped", count("skipped") + count("cancelled")],
  ] as const;
  return (
    <section className={styles.summary} aria-label={t("summary")}>
      {run.queue && <Alert type="info" showIcon title={t("wait.flow_limit", { ...run.queue })} />}
      {isAway && <Alert type="warning" showIcon title={t("awayLong")} />}
      <dl className={styles.facts}>
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <div
        className={styles.bar}
        role="progressbar"
        aria-label={t("steps")}
        aria-valuemin={0}
        aria-valuemax={tasks.length}
        aria-valuenow={over}
      >
        {parts.map(
          ([look, number]) =>
            number > 0 && (
              <span
                key={look}
                className={styles[look]}
                style={{ flexGrow: number }}
                title={t(`count.${look}`, { count: number })}
              />
            ),
        )}
        {over < tasks.length && <span style={{ flexGrow: tasks.length - over - count("running") }} />}
      </div>
      <p className={styles.counts}>
        {parts
          .filter(([, number]) => number > 0)
          .map(([look, number]) => t(`count.${look}`, { count: number }))
          .join(" · ")}
      </p>
    </section>
  );
}
