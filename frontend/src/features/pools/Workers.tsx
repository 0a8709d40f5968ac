import { RobotOutlined } from "@ant-design/icons";
import { type TableColumnsType, Tag } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { queries, type Schemas } from "../../api/client";
import { Ago } from "../../lib/Ago";
import { Card } from "../../lib/Page";
import { PagedTable } from "../../lib/PagedTable";
import { Teach } from "../../lib/Teach";
import { REFRESH } from "./PoolsPage";
import { usePoolName } from "./poolName";

type Worker = Schemas["Worker"];

/** The processes that carry out tasks, on whichever host they are. */
export function Workers() {
  const { t } = useTranslation("pools");
  const poolName = usePoolName();
  const workers = queries.useQuery(
    "get",
    "/api/v1/workers",
    { params: { query: { limit: 200 } } },
    { refetchInterval: REFRESH },
  );
  const columns: TableColumnsType<Worker> = [
    { title: t("worker"), render: (_, worker) => <code>{worker.id}</code> },
    { title: t("pool"), dataIndex: "pool", render: poolName },
    { title: t("host"), render: (_, { host, pid }) => `${host} · ${pid}` },
    {
      title: t("state"),
      render: (_, { alive, busy }) =>
        alive ? (
          <Tag color={busy ? "processing" : "success"}>{t(busy ? "busy" : "idle")}</Tag>
        ) : (
          <Tag color="error">{t("silent")}</Tag>
        ),
    },
    {
      title: t("task"),
      render: (_, { project, run_id, path }) =>
        run_id !== null && project !== null ? (
          <Link to={`/p/${encodeURIComponent(project)}/runs/${run_id}`}>{t("taskOf", { path, run: run_id })}</Link>
        ) : (
          "–"
        ),
    },
    { title: t("seen"), render: (_, { seen_at }) => <Ago at={seen_at} /> },
  ];
  return (
    <Card title={t("workersTitle")} flush>
      <PagedTable<Worker>
        label={t("workersTitle")}
        columns={columns}
        rowKey={({ id }) => id}
        query={workers.data ? { ...workers, data: { ...workers.data, next: null } } : workers}
        bare
        empty={
          <Teach icon={<RobotOutlined />} title={t("noWorkers")}>
            {t("noWorkersHelp")}
          </Teach>
        }
      />
    </Card>
  );
}
