import { ClockCircleOutlined, MoreOutlined, PlusOutlined } from "@ant-design/icons";
import { App, Button, Dropdown, type TableColumnsType, Tag, Typography } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api, ifMatch, queries, type Schemas } from "../../api/client";
import { useMayHere, useProjectName, useProjectPath } from "../../api/project";
import { useFormat } from "../../lib/format";
import { PagedTable, useListAddress } from "../../lib/PagedTable";
import { Teach } from "../../lib/Teach";
import { useAct } from "../../lib/useAct";
import { BackfillDialog } from "./backfills/BackfillDialog";
import { ScheduleDialog } from "./ScheduleDialog";
import styles from "./settings.module.css";

type Schedule = Schemas["Schedule"];
export const SCHEDULE_PATH = "/api/v1/projects/{project_name}/schedules/{name}";

/** Flows that are started again and again. */
export function Schedules() {
  const { t } = useTranslation("settings");
  const project_name = useProjectName();
  const here = useProjectPath();
  const format = useFormat();
  const { modal } = App.useApp();
  const { cursor } = useListAddress();
  const schedules = queries.useQuery("get", "/api/v1/projects/{project_name}/schedules", {
    params: { path: { project_name }, query: cursor ? { cursor } : {} },
  });
  const mayWrite = useMayHere("schedule.write");
  const { act } = useAct();
  const [edited, setEdited] = useState<Schedule | "new" | null>(null);
  const [filled, setFilled] = useState<Schedule | null>(null);

  const inState = async (name: string) => {
    const path = { project_name, name };
    const { response } = await api.GET(SCHEDULE_PATH, { params: { path } });
    return { path, header: ifMatch(response) };
  };
  const runNow = ({ name }: Schedule) =>
    act(
      () => api.POST(`${SCHEDULE_PATH}/run-now`, { params: { path: { project_name, name } } }),
      t("schedules.started", { name }),
    );
  const remove = ({ name }: Schedule) =>
    modal.confirm({
      title: t("schedules.deleteSure", { name }),
      okText: t("delete"),
      onOk: () =>
        act(async () => api.DELETE(SCHEDULE_PATH, { params: await inState(name) }), t("schedules.deleted", { name })),
    });
  const columns: TableColumnsType<Schedule> = [
    { title: t("schedules.name"), dataIndex: "name" },
    {
      title: t("schedules.flow"),
      render: (_, { flow }) => <Link to={here(`/flows/${encodeURIComponent(flow)}`)}>{flow}</Link>,
    },
    {
      title: t("schedules.when"),
      render: (_, { cron, timezone, overlap, catch_up, priority }) => (
        <>
          <code>{cron}</code> {timezone}
          <div className={styles.small}>
            {[
              overlap && overlap !== "skip" && t(`schedules.overlaps.${overlap}`),
              catch_up && catch_up !== "latest" && t(`schedules.catchUps.${catch_up}`),
              priority ? t("schedules.priorityOf", { priority }) : null,
            ]
              .filter(Boolean)
              .join(" · ")}
          </div>
        </>
      ),
    },
    {
      title: t("schedules.next"),
      render: (_, schedule) =>
        schedule.next_at === null ? (
          <Tag>{t("schedules.off")}</Tag>
        ) : (
          <>
            <span className="numbers">{format.time(schedule.next_at)}</span>
            {schedule.waits_for !== null && (
              <div className={styles.small}>{t("schedules.waitsFor", { run: schedule.waits_for })}</div>
            )}
          </>
        ),
    },
    {
      title: t("schedules.last"),
      render: (_, schedule) => (
        <>
          {schedule.last_error ? (
            <Typography.Text type="danger">{schedule.last_error}</Typography.Text>
          ) : schedule.last_run_id === null ? (
            "–"
          ) : (
            <Link to={here(`/runs/${schedule.last_run_id}`)}>{t("schedules.run", { run: schedule.last_run_id })}</Link>
          )}
          {schedule.last_skip && (
            <div className={styles.small}>
              {t(`schedules.skipped.${schedule.last_skip.reason}`, {
                time: format.time(schedule.last_skip.at),
                run: schedule.last_skip.run,
              })}
            </div>
          )}
        </>
      ),
    },
    {
      width: 48,
      render: (_, schedule) =>
        mayWrite && (
          <Dropdown
            trigger={["click"]}
            menu={{
              items: [
                { key: "edit", label: t("edit"), onClick: () => setEdited(schedule) },
                { key: "backfill", label: t("backfills.ofThis"), onClick: () => setFilled(schedule) },
                { key: "run", label: t("schedules.runNow"), onClick: () => void runNow(schedule) },
                { key: "delete", danger: true, label: t("delete"), onClick: () => void remove(schedule) },
              ],
            }}
          >
            <Button type="text" icon={<MoreOutlined />} aria-label={t("schedules.actions", { name: schedule.name })} />
          </Dropdown>
        ),
    },
  ];
  return (
    <>
      {mayWrite && (
        <div className={styles.tools}>
          <Button type="primary" icon={<PlusOutlined />} onClick={() => setEdited("new")}>
            {t("schedules.create")}
          </Button>
        </div>
      )}
      <PagedTable<Schedule>
        label={t("schedules.tab")}
        columns={columns}
        rowKey={({ name }) => name}
        query={schedules}
        empty={
          <Teach icon={<ClockCircleOutlined />} title={t("schedules.empty")}>
            {t("schedules.emptyHelp")}
          </Teach>
        }
      />
      {edited && <ScheduleDialog schedule={edited === "new" ? null : edited} onClose={() => setEdited(null)} />}
      {filled && <BackfillDialog schedule={filled} onClose={() => setFilled(null)} />}
    </>
  );
}
