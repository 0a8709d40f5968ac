import { DownloadOutlined, HistoryOutlined } from "@ant-design/icons";
import { Button, Checkbox, Dropdown, type TableColumnsType, Tag, Tooltip } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useSearchParams } from "react-router";
import { useProjectName, useProjectPath } from "../../../api/project";
import { tableFile } from "../../../data/source";
import { Ago } from "../../../lib/Ago";
import { useFormat } from "../../../lib/format";
import { PagedTable, useListAddress } from "../../../lib/PagedTable";
import { Teach } from "../../../lib/Teach";
import { type Dataset, type ListedVersion, useVersions } from "../dataset";
import { CompareSchemas } from "./CompareSchemas";
import { OriginText } from "./OriginText";
import styles from "./Versions.module.css";

/** The versions of a dataset, newest first; none of them ever changes. */
export function Versions({ dataset }: { dataset: Dataset }) {
  const { t } = useTranslation("datasets");
  const { cursor } = useListAddress();
  const versions = useVersions(dataset.name, 20, cursor);
  const [address, setAddress] = useSearchParams();
  const compared = ["a", "b"].map((side) => Number(address.get(side))).filter((number) => number > 0);
  const [chosen, setChosen] = useState<readonly number[]>(compared);
  const [from, to] = [...chosen].sort((a, b) => a - b);
  const toggle = (number: number) =>
    setChosen((before) =>
      before.includes(number) ? before.filter((other) => other !== number) : [...before, number].slice(-2),
    );
  const columns = useColumns(dataset, chosen, toggle);
  if (compared.length === 2)
    return (
      <CompareSchemas
        dataset={dataset.name}
        from={Math.min(...compared)}
        to={Math.max(...compared)}
        onClose={() => setAddress({ tab: "versions" })}
      />
    );
  return (
    <PagedTable<ListedVersion>
      label={t("tabs.versions")}
      columns={columns}
      rowKey={({ number }) => number}
      query={versions}
      {...(dataset.versions > 1 && {
        filters: (
          <Button
            disabled={from === undefined || to === undefined}
            title={t("versions.compareHelp")}
            onClick={() => setAddress({ tab: "versions", a: String(from), b: String(to) })}
          >
            {t("versions.compare")}
          </Button>
        ),
      })}
      empty={
        <Teach icon={<HistoryOutlined />} title={t("versions.none")}>
          {t("versions.noneHelp")}
        </Teach>
      }
    />
  );
}

function useColumns(
  dataset: Dataset,
  chosen: readonly number[],
  toggle: (number: number) => void,
): TableColumnsType<ListedVersion> {
  const { t } = useTranslation("datasets");
  const format = useFormat();
  const path = useProjectPath();
  const page = path(`/datasets/${encodeURIComponent(dataset.name)}`);
  return [
    ...(dataset.versions > 1
      ? [
          {
            key: "compare",
            width: 44,
            title: <span className="visually-hidden">{t("versions.compare")}</span>,
            render: (_: unknown, { number }: ListedVersion) => (
              <Checkbox
                checked={chosen.includes(number)}
                aria-label={t("versions.choose", { number })}
                onChange={() => toggle(number)}
              />
            ),
          },
        ]
      : []),
    {
      title: t("versions.number"),
      key: "number",
      render: (_, { number, expired_at }) => (
        <span className={styles.number}>
          {expired_at === null ? (
            <Link to={`${page}?tab=data&version=${number}`}>{t("versionShort", { number })}</Link>
          ) : (
            t("versionShort", { number })
          )}
          {number === dataset.latest && <Tag>{t("versions.latest")}</Tag>}
          {expired_at !== null && (
            <Tooltip title={t("versions.expiredHelp", { at: format.time(expired_at) })}>
              <Tag color="warning">{t("versions.expired")}</Tag>
            </Tooltip>
          )}
        </span>
      ),
    },
    {
      title: t("versions.rows"),
      key: "rows",
      align: "right",
      render: (_, { rows }) => <span className="numbers">{format.number(rows)}</span>,
    },
    {
      title: t("versions.columns"),
      key: "columns",
      align: "right",
      render: (_, version) => <span className="numbers">{format.number(version.columns)}</span>,
    },
    { title: t("versions.source"), key: "source", render: (_, version) => <OriginText version={version} /> },
    {
      title: t("versions.run"),
      key: "run",
      render: (_, { run_id }) => (run_id === null ? "–" : <Link to={path(`/runs/${run_id}`)}>#{run_id}</Link>),
    },
    { title: t("versions.by"), key: "by", render: (_, { created_by }) => created_by ?? t("platform") },
    { title: t("versions.at"), key: "at", render: (_, { created_at }) => <Ago at={created_at} /> },
    {
      key: "download",
      width: 56,
      align: "right",
      title: <span className="visually-hidden">{t("versions.download")}</span>,
      render: (_, { number, expired_at }) => expired_at === null && <Download dataset={dataset.name} number={number} />,
    },
  ];
}

function Download({ dataset, number }: { dataset: string; number: number }) {
  const { t } = useTranslation("datasets");
  const project = useProjectName();
  return (
    <Dropdown
      trigger={["click"]}
      menu={{
        items: (["csv", "parquet"] as const).map((kind) => ({
          key: kind,
          label: (
            <a href={tableFile({ kind: "dataset", project, name: dataset, version: number }, kind)} download>
              {kind === "csv" ? "CSV" : "Parquet"}
            </a>
          ),
        })),
      }}
    >
      <Button type="text" icon={<DownloadOutlined />} aria-label={t("versions.downloadOf", { number })} />
    </Dropdown>
  );
}
