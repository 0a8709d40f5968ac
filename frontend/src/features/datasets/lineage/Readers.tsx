import { Table, type TableColumnsType } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Schemas } from "../../../api/client";
import { useProjectPath } from "../../../api/project";
import styles from "./Lineage.module.css";

type Reader = Schemas["Reader"];

/** Nodes of flows and schedules that read a dataset from now on. */
export function Readers({ readers }: { readers: Reader[] }) {
  const { t } = useTranslation("datasets");
  const path = useProjectPath();
  const columns: TableColumnsType<Reader> = [
    {
      title: t("lineage.flow"),
      key: "flow",
      render: (_, { flow, revision }) => (
        <span className={styles.pair}>
          <Link to={path(`/flows/${encodeURIComponent(flow)}`)}>{flow}</Link>
          <span className="numbers">{t("lineage.revision", { revision })}</span>
        </span>
      ),
    },
    { title: t("lineage.node"), dataIndex: "node" },
    {
      title: t("lineage.version"),
      key: "version",
      render: (_, { number }) => (number === null ? t("lineage.latest") : t("versionShort", { number })),
    },
    {
      title: t("lineage.scheduleTitle"),
      key: "schedule",
      render: (_, { schedule }) =>
        schedule === null ? "–" : <Link to={path("/settings?tab=schedules")}>{schedule}</Link>,
    },
  ];
  return (
    <Table<Reader>
      aria-label={t("lineage.readers")}
      columns={columns}
      dataSource={readers}
      rowKey={({ flow, node, param, schedule }) => `${flow} ${node} ${param} ${schedule ?? ""}`}
      pagination={readers.length > 20 ? { pageSize: 20 } : false}
    />
  );
}
