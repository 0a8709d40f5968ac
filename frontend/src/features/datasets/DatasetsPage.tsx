import { DatabaseOutlined, PlusOutlined } from "@ant-design/icons";
import { Button, type TableColumnsType, Tag } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { queries, type Schemas } from "../../api/client";
import { useMayHere, useProjectName, useProjectPath } from "../../api/project";
import { Ago } from "../../lib/Ago";
import { useFormat } from "../../lib/format";
import { Page } from "../../lib/Page";
import { PagedTable, useListAddress } from "../../lib/PagedTable";
import { Teach } from "../../lib/Teach";
import { AddData } from "./add/AddData";
import { useAdding } from "./add/adding";
import styles from "./Datasets.module.css";
import { PendingUploads } from "./upload/PendingUploads";

type Dataset = Schemas["Dataset"];

/** All data of a project, and the ways to more. */
export function Component() {
  const { t } = useTranslation("datasets");
  const project_name = useProjectName();
  const mayWrite = useMayHere("dataset.write");
  const { q, cursor } = useListAddress();
  const { go } = useAdding();
  const datasets = queries.useQuery("get", "/api/v1/projects/{project_name}/datasets", {
    params: { path: { project_name }, query: { ...(q && { q }), ...(cursor && { cursor }) } },
  });
  return (
    <Page
      title={t("title")}
      about={t("about")}
      actions={
        mayWrite && (
          <Button type="primary" icon={<PlusOutlined />} onClick={() => go({ way: "file" })}>
            {t("add.title")}
          </Button>
        )
      }
    >
      <PendingUploads />
      <PagedTable<Dataset>
        label={t("title")}
        columns={useColumns()}
        rowKey={({ name }) => name}
        query={datasets}
        search={t("search")}
        empty={
          <Teach
            icon={<DatabaseOutlined />}
            title={t("none")}
            action={
              mayWrite && (
                <div className={styles.buttons}>
                  <Button type="primary" onClick={() => go({ way: "file" })}>
                    {t("add.file")}
                  </Button>
                  <Button onClick={() => go({ way: "public" })}>{t("add.public")}</Button>
                </div>
              )
            }
          >
            {t(mayWrite ? "noneHelp" : "noneReader")}
          </Teach>
        }
      />
      {mayWrite && <AddData />}
    </Page>
  );
}

function useColumns(): TableColumnsType<Dataset> {
  const { t } = useTranslation("datasets");
  const format = useFormat();
  const path = useProjectPath();
  return [
    {
      title: t("columns.dataset"),
      key: "dataset",
      render: (_, { name, meta }) => (
        <div className={styles.dataset}>
          <Link to={path(`/datasets/${encodeURIComponent(name)}`)} className={styles.title}>
            {meta.title || name}
          </Link>
          {meta.title && <span className={styles.name}>{name}</span>}
        </div>
      ),
    },
    {
      title: t("columns.size"),
      key: "size",
      align: "right",
      render: (_, { rows, columns }) =>
        rows === null ? (
          <span className={styles.quiet}>{t("noRows")}</span>
        ) : (
          <span className="numbers">
            {t("size", { rows: format.number(rows), columns: format.number(columns ?? 0) })}
          </span>
        ),
    },
    {
      title: t("columns.version"),
      key: "version",
      align: "right",
      render: (_, { name, latest }) =>
        latest === null ? (
          "–"
        ) : (
          <Link to={path(`/datasets/${encodeURIComponent(name)}?tab=versions`)} className="numbers">
            {t("versionShort", { number: latest })}
          </Link>
        ),
    },
    { title: t("columns.owner"), key: "owner", render: (_, { meta, created_by }) => meta.owner || created_by || "–" },
    {
      title: t("columns.tags"),
      key: "tags",
      width: 180,
      render: (_, { meta }) => (
        <div className={styles.tags}>
          {meta.tags?.map((tag) => (
            <Tag key={tag}>{tag}</Tag>
          ))}
        </div>
      ),
    },
    {
      title: t("columns.changed"),
      key: "changed",
      render: (_, { latest_at, created_at }) => <Ago at={latest_at ?? created_at} />,
    },
  ];
}
