import { ApartmentOutlined } from "@ant-design/icons";
import type { TableColumnsType } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { queries, type Schemas } from "../../../api/client";
import { useProjectName, useProjectPath } from "../../../api/project";
import { Ago } from "../../../lib/Ago";
import { ErrorNotice } from "../../../lib/ErrorNotice";
import { useFormat } from "../../../lib/format";
import { Loading } from "../../../lib/Loading";
import { Card } from "../../../lib/Page";
import { PagedTable, useListAddress } from "../../../lib/PagedTable";
import { Teach } from "../../../lib/Teach";
import { StateTag } from "../../runs/parts/StateTag";
import { type Dataset, useVersions } from "../dataset";
import styles from "./Lineage.module.css";
import { LineagePicture } from "./LineagePicture";
import { lineagePicture } from "./lineage";
import { Readers } from "./Readers";

type Use = Schemas["Use"];

/** Where a dataset comes from, who reads it, and what was made of it. */
export function Lineage({ dataset }: { dataset: Dataset }) {
  const { t } = useTranslation("datasets");
  const format = useFormat();
  const project_name = useProjectName();
  const path = { project_name, name: dataset.name };
  const versions = useVersions(dataset.name);
  const readers = queries.useQuery("get", "/api/v1/projects/{project_name}/datasets/{name}/readers", {
    params: { path },
  });
  const uses = queries.useQuery("get", "/api/v1/projects/{project_name}/datasets/{name}/uses", {
    params: { path, query: { limit: 50 } },
  });
  const error = versions.error ?? readers.error ?? uses.error;
  if (error) return <ErrorNotice error={error} onRetry={() => void uses.refetch()} />;
  if (!versions.data || !readers.data || !uses.data) return <Loading />;
  const isUsed = readers.data.items.length > 0 || uses.data.items.length > 0;
  const picture = lineagePicture(
    {
      name: dataset.name,
      title: dataset.meta.title || dataset.name,
      about: t("lineage.versions", { count: dataset.versions }),
    },
    versions.data.items,
    readers.data.items,
    uses.data.items,
    {
      versions: (numbers) =>
        numbers.length > 3
          ? t("lineage.versions", { count: numbers.length })
          : numbers.map((number) => t("versionShort", { number })).join(", "),
      file: t("lineage.file"),
      catalogue: t("lineage.catalogue"),
      unknown: t("origin.unknown"),
      reads: (number) => (number === null ? t("lineage.readsLatest") : t("lineage.reads", { number })),
      schedule: t("lineage.schedule"),
      ran: (count) => t("lineage.runs", { count }),
      model: (run) => t("lineage.model", { run }),
      more: (count) => t("lineage.more", { count: count, number: format.number(count) }),
    },
  );
  return (
    <div className={styles.lineage}>
      <Card>
        <LineagePicture picture={picture} />
        {!isUsed && (
          <Teach icon={<ApartmentOutlined />} title={t("lineage.unused")}>
            {t("lineage.unusedHelp")}
          </Teach>
        )}
      </Card>
      {readers.data.items.length > 0 && (
        <Card title={t("lineage.readers")} flush>
          <Readers readers={readers.data.items} />
        </Card>
      )}
      {uses.data.items.length > 0 && <Uses dataset={dataset.name} />}
    </div>
  );
}

/** Runs that read it, page by page. */
function Uses({ dataset }: { dataset: string }) {
  const { t } = useTranslation("datasets");
  const project_name = useProjectName();
  const path = useProjectPath();
  const { cursor } = useListAddress();
  const uses = queries.useQuery("get", "/api/v1/projects/{project_name}/datasets/{name}/uses", {
    params: { path: { project_name, name: dataset }, query: { limit: 20, ...(cursor && { cursor }) } },
  });
  const columns: TableColumnsType<Use> = [
    { title: t("lineage.run"), key: "run", render: (_, { run }) => <Link to={path(`/runs/${run}`)}>#{run}</Link> },
    { title: t("lineage.state"), key: "state", render: (_, { state }) => <StateTag state={state} /> },
    {
      title: t("lineage.flow"),
      key: "flow",
      render: (_, { flow, node }) => (
        <span className={styles.pair}>
          <Link to={path(`/flows/${encodeURIComponent(flow)}`)}>{flow}</Link>
          <span>{node}</span>
        </span>
      ),
    },
    {
      title: t("lineage.version"),
      key: "version",
      render: (_, { number }) => (number === null ? "–" : t("versionShort", { number })),
    },
    {
      title: t("lineage.models"),
      key: "models",
      render: (_, { run, models }) =>
        models.length === 0 ? (
          "–"
        ) : (
          <span className={styles.pair}>
            {models.map(({ node, port }) => (
              <Link key={`${node} ${port}`} to={path(`/runs/${run}`)}>
                {node}
              </Link>
            ))}
          </span>
        ),
    },
    { title: t("lineage.at"), key: "at", render: (_, { created_at }) => <Ago at={created_at} /> },
  ];
  return (
    <Card title={t("lineage.usedBy")} flush>
      <PagedTable<Use>
        label={t("lineage.usedBy")}
        columns={columns}
        rowKey={({ run, node }) => `${run} ${node}`}
        query={uses}
        bare
        empty={<Teach title={t("lineage.noRuns")} />}
      />
    </Card>
  );
}
