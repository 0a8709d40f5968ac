import { Select } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { queries, type Schemas } from "../../../api/client";
import { useProjectName, useProjectPath } from "../../../api/project";
import { useFormat } from "../../../lib/format";
import { Duration } from "../parts/Duration";
import { StateTag } from "../parts/StateTag";
import styles from "./Compare.module.css";

interface RunPickerProps {
  label: string;
  look: "a" | "b";
  run: Schemas["Run"] | undefined;
  value: number | null;
  onChange: (run: number | null) => void;
}

/** One of the two runs: which one, and what is known about it at a glance. */
export function RunPicker({ label, look, run, value, onChange }: RunPickerProps) {
  const { t } = useTranslation("runs");
  const format = useFormat();
  const project_name = useProjectName();
  const to = useProjectPath();
  const runs = queries.useQuery("get", "/api/v1/projects/{project_name}/runs", {
    params: { path: { project_name }, query: { limit: 100 } },
  });
  const options = (runs.data?.items ?? []).map(({ id, flow, revision, created_at }) => ({
    value: id,
    label: `#${id} · ${flow} · ${t("revisionShort", { revision })} · ${format.ago(created_at)}`,
  }));
  return (
    <section className={styles.picker} aria-label={t("runLabel", { label })}>
      <div className={styles.choice}>
        <span className={`${styles.badge} ${styles[look]}`}>{label}</span>
        <Select
          showSearch={{ optionFilterProp: "label" }}
          aria-label={t("runLabel", { label })}
          placeholder={t("chooseRun")}
          value={value}
          onChange={onChange}
          options={options}
        />
      </div>
      {run && (
        <p className={styles.glance}>
          <StateTag state={run.state} />
          <Duration from={run.started_at} to={run.ended_at} isRunning={run.state === "running"} />
          <span>{run.created_by ?? t("platform")}</span>
          <span>{format.time(run.created_at)}</span>
          <Link to={to(`/runs/${run.id}`)}>{t("openRun", { run: run.id })}</Link>
        </p>
      )}
    </section>
  );
}
