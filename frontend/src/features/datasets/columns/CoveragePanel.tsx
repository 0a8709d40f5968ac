import { Drawer, Select } from "antd";
import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiError, queries, type Schemas } from "../../../api/client";
import { useProjectName } from "../../../api/project";
import { Chart } from "../../../charts/Chart";
import type { ChartData } from "../../../charts/series";
import { ErrorNotice } from "../../../lib/ErrorNotice";
import { Loading } from "../../../lib/Loading";
import { columnsOfVersion, useVersion } from "../dataset";
import styles from "./Columns.module.css";

interface CoveragePanelProps {
  dataset: string;
  version: number;
  column: string;
  onClose: () => void;
}

/** Where the values of a column are: over time, or per group. */
export function CoveragePanel({ dataset, version, column, onClose }: CoveragePanelProps) {
  const { t } = useTranslation("datasets");
  const project_name = useProjectName();
  const id = useId();
  const [by, setBy] = useState<string | null>(null);
  const columns = columnsOfVersion(useVersion(dataset, version).data);
  const coverage = queries.useQuery(
    "get",
    "/api/v1/projects/{project_name}/datasets/{name}/versions/{number}/coverage",
    { params: { path: { project_name, name: dataset, number: version }, query: { column, ...(by && { by }) } } },
    { staleTime: 60_000, retry: false },
  );
  // Neither the meta nor the person has named something to divide the rows by.
  const isAsking = coverage.error instanceof ApiError && coverage.error.details.field === "by";
  return (
    <Drawer open title={t("coverage.title", { column })} size={560} onClose={onClose}>
      <div className={styles.panel}>
        <div className={styles.by}>
          <label htmlFor={id}>{t("coverage.by")}</label>
          <Select
            id={id}
            showSearch
            allowClear
            value={by}
            placeholder={t("coverage.byMeta")}
            options={columns.filter(({ name }) => name !== column).map(({ name }) => ({ value: name, label: name }))}
            onChange={(name: string | undefined) => setBy(name ?? null)}
          />
        </div>
        {isAsking ? (
          <p>{t("coverage.ask")}</p>
        ) : coverage.error ? (
          <ErrorNotice error={coverage.error} />
        ) : coverage.data ? (
          <Chart
            chart={chartOf(coverage.data, t("coverage.share"))}
            hasTitle={false}
            height={60 + 24 * Math.max(6, coverage.data.items.length)}
          />
        ) : (
          <Loading />
        )}
      </div>
    </Drawer>
  );
}

function chartOf({ items }: Schemas["Coverage"], share: string): ChartData {
  return {
    kind: "bar",
    title: share,
    x_label: "",
    y_label: share,
    series: [
      {
        name: share,
        x: items.map(({ part }) => partName(part)),
        y: items.map(({ rate }) => Math.round(rate * 1000) / 10),
      },
    ],
    notes: [],
  };
}

/** Of a time the day is enough. */
function partName(part: unknown): string {
  const text = String(part ?? "–");
  return /^\d{4}-\d{2}-\d{2} \d{2}:/.test(text) ? text.slice(0, 10) : text;
}
