import { HistoryOutlined, MoreOutlined, PlusOutlined } from "@ant-design/icons";
import { Button, Dropdown, type MenuProps, Progress, type TableColumnsType, Typography } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api, queries, type Schemas } from "../../../api/client";
import { useMayHere, useProjectName, useProjectPath } from "../../../api/project";
import { useFormat } from "../../../lib/format";
import { PagedTable, useListAddress } from "../../../lib/PagedTable";
import { Teach } from "../../../lib/Teach";
import { useAct } from "../../../lib/useAct";
import { StateIcon } from "../../runs/parts/StateTag";
import styles from "../settings.module.css";
import { BackfillDialog } from "./BackfillDialog";
import { BackfillItems } from "./BackfillItems";

type Backfill = Schemas["Backfill"];
type Action = "pause" | "resume" | "cancel";
const PATH = "/api/v1/projects/{project_name}/backfills";
const POSSIBLE: Record<Backfill["state"], readonly Action[]> = {
  running: ["pause", "cancel"],
  paused: ["resume", "cancel"],
  failed: ["resume"],
  cancelled: ["resume"],
  done: [],
};

/** Flows that are run for each due time of a range, and how far that is. */
export function Backfills() {
  const { t } = useTranslation("settings");
  const project_name = useProjectName();
  const here = useProjectPath();
  const format = useFormat();
  const { cursor, get, change } = useListAddress();
  const mayWrite = useMayHere("schedule.write");
  const { act } = useAct();
  const [isStarting, setStarting] = useState(false);
  const opened = Number(get("backfill")) || null;
  const backfills = queries.useQuery(
    "get",
    PATH,
    { params: { path: { project_name }, query: cursor ? { cursor } : {} } },
    {
      refetchInterval: ({ state: { data } }) =>
        data?.items.some(({ state, counts }) => state === "running" || counts.running) ? 2000 : 15_000,
    },
  );
  const take = (backfill_id: number, action: Action) =>
    act(
      () => api.POST(`${PATH}/{backfill_id}/${action}`, { params: { path: { project_name, backfill_id } } }),
      t(`backfills.did.${action}`, { backfill: backfill_id }),
    );
  const menu = ({ id, state }: Backfill): MenuProps["items"] =>
    POSSIBLE[state].map((action) => ({
      key: action,
      danger: action === "cancel",
      label: t(`backfills.${action}`),
      onClick: () => void take(id, action),
    }));
  const columns: TableColumnsType<Backfill> = [
    {
      title: t("backfills.backfill"),
      render: (_, { id }) => (
        <Button
          type="link"
          size="small"
          className={styles.inline ?? ""}
          onClick={() => change({ backfill: String(id) })}
        >
          #{id}
        </Button>
      ),
    },
    {
      title: t("schedules.flow"),
      render: (_, { flow, flows, schedule }) => (
        <>
          <Link to={here(`/flows/${encodeURIComponent(flow)}`)}>{flow}</Link>
          {flows.length > 1 && <div className={styles.small}>→ {flows.slice(1).join(", ")}</div>}
          {schedule && <div className={styles.small}>{t("backfills.fromSchedule", { name: schedule })}</div>}
        </>
      ),
    },
    {
      title: t("backfills.range"),
      render: (_, { from, until, cron, timezone }) => (
        <>
          <span className="numbers">
            {format.time(from)} – {format.time(until)}
          </span>
          <div className={styles.small}>
            <code>{cron}</code> {timezone}
          </div>
        </>
      ),
    },
    { title: t("backfills.progress"), width: 220, render: (_, backfill) => <HowFar backfill={backfill} /> },
    {
      title: t("backfills.stateTitle"),
      render: (_, { state, error }) => (
        <>
          <StateIcon state={state} /> {t(`backfills.state.${state}`)}
          {error && (
            <Typography.Text className={styles.small} type="danger">
              {error}
            </Typography.Text>
          )}
        </>
      ),
    },
    {
      width: 48,
      render: (_, backfill) =>
        mayWrite &&
        POSSIBLE[backfill.state].length > 0 && (
          <Dropdown trigger={["click"]} menu={{ items: menu(backfill) }}>
            <Button
              type="text"
              icon={<MoreOutlined />}
              aria-label={t("backfills.actions", { backfill: backfill.id })}
            />
          </Dropdown>
        ),
    },
  ];
  return (
    <>
      {mayWrite && (
        <div className={styles.tools}>
          <Button type="primary" icon={<PlusOutlined />} onClick={() => setStarting(true)}>
            {t("backfills.create")}
          </Button>
        </div>
      )}
      <PagedTable<Backfill>
        label={t("backfills.tab")}
        columns={columns}
        rowKey={({ id }) => id}
        query={backfills}
        empty={
          <Teach icon={<HistoryOutlined />} title={t("backfills.empty")}>
            {t("backfills.emptyHelp")}
          </Teach>
        }
      />
      {isStarting && <BackfillDialog onClose={() => setStarting(false)} />}
      {opened !== null && <BackfillItems backfill={opened} onClose={() => change({ backfill: null })} />}
    </>
  );
}

/** How many of its runs have ended, and how. */
function HowFar({ backfill: { counts, flow } }: { backfill: Backfill }) {
  const { t } = useTranslation("settings");
  const of = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const missing = (counts.failed ?? 0) + (counts.cancelled ?? 0) + (counts.skipped ?? 0);
  const done = counts.done ?? 0;
  const parts = (["done", "running", "failed", "cancelled", "skipped", "pending"] as const)
    .filter((state) => counts[state])
    .map((state) => t(`backfills.count.${state}`, { count: counts[state] ?? 0 }));
  return (
    <>
      <Progress
        percent={Math.round((100 * (done + missing)) / of)}
        success={{ percent: Math.round((100 * done) / of) }}
        status={missing ? "exception" : "normal"}
        showInfo={false}
        size="small"
        aria-label={t("backfills.progressOf", { flow })}
      />
      <div className={styles.small}>{parts.join(" · ")}</div>
    </>
  );
}
