import { ClockCircleOutlined } from "@ant-design/icons";
import { Segmented, type TableColumnsType } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { queries, type Schemas } from "../../api/client";
import { Ago } from "../../lib/Ago";
import { Card } from "../../lib/Page";
import { PagedTable, useListAddress } from "../../lib/PagedTable";
import { Teach } from "../../lib/Teach";
import { useWaitText } from "../runs/parts/TaskWhy";
import { REFRESH } from "./PoolsPage";
import { usePoolName } from "./poolName";

type WaitingTask = Schemas["WaitingTask"];

/** The tasks that wait for a pool, oldest first, and why. */
export function Waiting({ pools }: { pools: string[] }) {
  const { t } = useTranslation("pools");
  const { cursor, get, change } = useListAddress();
  const asked = get("pool");
  const name = asked && pools.includes(asked) ? asked : (pools[0] ?? "train");
  const tasks = queries.useQuery(
    "get",
    "/api/v1/pools/{name}/waiting",
    { params: { path: { name }, query: cursor ? { cursor } : {} } },
    { refetchInterval: REFRESH },
  );
  const poolName = usePoolName();
  const waitText = useWaitText();
  const columns: TableColumnsType<WaitingTask> = [
    {
      title: t("task"),
      render: (_, task) =>
        task.run_id === null ? (
          t("ofOthers")
        ) : (
          <Link to={`/p/${encodeURIComponent(task.project ?? "")}/runs/${task.run_id}`}>
            {t("taskOf", { path: task.path, run: task.run_id })}
          </Link>
        ),
    },
    { title: t("project"), render: (_, task) => task.project ?? "–" },
    { title: t("priority"), dataIndex: "priority", align: "right" },
    { title: t("since"), render: (_, task) => <Ago at={task.created_at} /> },
    { title: t("why"), render: (_, task) => waitText(task.reason) ?? "–" },
  ];
  return (
    <Card
      title={t("queue")}
      flush
      actions={
        <Segmented
          aria-label={t("pool")}
          value={name}
          options={pools.map((pool) => ({ value: pool, label: poolName(pool) }))}
          onChange={(pool) => change({ pool })}
        />
      }
    >
      <PagedTable<WaitingTask>
        label={t("queue")}
        columns={columns}
        rowKey={(task) => `${task.run_id} ${task.path} ${task.created_at}`}
        query={tasks}
        bare
        empty={<Teach icon={<ClockCircleOutlined />} title={t("nothingWaits")} />}
      />
    </Card>
  );
}
