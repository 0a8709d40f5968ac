import { Drawer, Table, type TableColumnsType } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { queries, type Schemas } from "../../../api/client";
import { useProjectName, useProjectPath } from "../../../api/project";
import { ErrorNotice } from "../../../lib/ErrorNotice";
import { useFormat } from "../../../lib/format";
import { StateIcon } from "../../runs/parts/StateTag";

type Item = Schemas["BackfillItem"];

/** Each flow at each time of a backfill, with its run. */
export function BackfillItems({ backfill, onClose }: { backfill: number; onClose: () => void }) {
  const { t } = useTranslation("settings");
  const project_name = useProjectName();
  const here = useProjectPath();
  const format = useFormat();
  const items = queries.useQuery(
    "get",
    "/api/v1/projects/{project_name}/backfills/{backfill_id}/items",
    { params: { path: { project_name, backfill_id: backfill } } },
    {
      refetchInterval: ({ state: { data } }) =>
        data?.items.some(({ state }) => state === "running" || state === "pending") ? 2000 : false,
    },
  );
  const columns: TableColumnsType<Item> = [
    { title: t("backfills.time"), render: (_, { due_at }) => <span className="numbers">{format.time(due_at)}</span> },
    { title: t("schedules.flow"), dataIndex: "flow" },
    {
      title: t("backfills.stateTitle"),
      render: (_, { state, error }) => (
        <span title={error ?? undefined}>
          <StateIcon state={state} /> {t(`backfills.state.${state}`)}
        </span>
      ),
    },
    {
      title: t("backfills.run"),
      render: (_, { run, error }) =>
        run !== null ? <Link to={here(`/runs/${run}`)}>{t("schedules.run", { run })}</Link> : (error ?? "–"),
    },
  ];
  return (
    <Drawer open title={t("backfills.title", { backfill })} size={640} onClose={onClose}>
      {items.error ? (
        <ErrorNotice error={items.error} onRetry={() => void items.refetch()} />
      ) : (
        <Table<Item>
          aria-label={t("backfills.title", { backfill })}
          size="small"
          columns={columns}
          dataSource={items.data?.items ?? []}
          rowKey={({ due_at, flow }) => `${due_at} ${flow}`}
          loading={items.isPending}
          pagination={{ pageSize: 50, hideOnSinglePage: true, showSizeChanger: false }}
        />
      )}
    </Drawer>
  );
}
