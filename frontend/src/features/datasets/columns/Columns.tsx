import { DownloadOutlined, UploadOutlined } from "@ant-design/icons";
import { useQueryClient } from "@tanstack/react-query";
import { App, Button, type TableColumnsType } from "antd";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useProjectName } from "../../../api/project";
import { kindOfType } from "../../../data/parts";
import { useFormat } from "../../../lib/format";
import { KindIcon } from "../../../lib/KindIcon";
import { messageOf } from "../../../lib/messageOf";
import { PagedTable, useListAddress } from "../../../lib/PagedTable";
import { Teach } from "../../../lib/Teach";
import type { Dataset } from "../dataset";
import styles from "./Columns.module.css";
import { CoveragePanel } from "./CoveragePanel";
import { EditableCell } from "./EditableCell";
import {
  FEATURE_FIELDS,
  type Feature,
  type FeatureField,
  sendSheet,
  sheetAddress,
  useFeatures,
  writeFeature,
} from "./features";

/** What the columns mean, and how much of them there is. */
export function Columns({ dataset, mayWrite }: { dataset: Dataset; mayWrite: boolean }) {
  const { t } = useTranslation("datasets");
  const { q, cursor } = useListAddress();
  const features = useFeatures(dataset.name, q, cursor);
  const [covered, setCovered] = useState<string | null>(null);
  const columns = useTableColumns(dataset, mayWrite, setCovered);
  return (
    <>
      <PagedTable<Feature>
        label={t("tabs.columns")}
        columns={columns}
        rowKey={({ name }) => name}
        query={features}
        search={t("features.search")}
        filters={<Sheet dataset={dataset.name} mayWrite={mayWrite} />}
        empty={<Teach title={t("features.none")}>{t("features.noneHelp")}</Teach>}
      />
      {covered !== null && dataset.latest !== null && (
        <CoveragePanel
          dataset={dataset.name}
          version={dataset.latest}
          column={covered}
          onClose={() => setCovered(null)}
        />
      )}
    </>
  );
}

function useTableColumns(
  dataset: Dataset,
  mayWrite: boolean,
  onCoverage: (column: string) => void,
): TableColumnsType<Feature> {
  const { t } = useTranslation("datasets");
  const project = useProjectName();
  const client = useQueryClient();
  const save = async (column: string, field: FeatureField, before: string, after: string) => {
    await writeFeature(project, dataset.name, column, { field, before, after });
    await client.invalidateQueries({
      queryKey: ["get", "/api/v1/projects/{project_name}/datasets/{name}/features"],
    });
  };
  return [
    {
      title: t("features.name"),
      key: "name",
      fixed: "left",
      width: 184,
      render: (_, { name, column_type }) => (
        <span className={styles.name} title={name}>
          {column_type && <KindIcon kind={kindOfType(column_type)} type={column_type} />}
          <code>{name}</code>
          {!column_type && <span className={styles.gone}>{t("features.gone")}</span>}
        </span>
      ),
    },
    {
      title: t("features.columnType"),
      key: "column_type",
      width: 78,
      render: (_, { column_type }) => column_type ?? "–",
    },
    ...FEATURE_FIELDS.map((field) => ({
      title: t(`features.${field}`),
      key: field,
      width: field === "meaning" ? 210 : field === "unit" ? 74 : 108,
      render: (_: unknown, { name, meta }: Feature) =>
        mayWrite ? (
          <EditableCell
            label={t("features.of", { field: t(`features.${field}`), column: name })}
            value={meta[field] ?? ""}
            onSave={(before, after) => save(name, field, before, after)}
          />
        ) : (
          <span className={styles.text}>{meta[field] || <span className={styles.nothing}>–</span>}</span>
        ),
    })),
    {
      title: t("features.coverage"),
      key: "coverage",
      width: 140,
      render: (_, { name, coverage_rate }) =>
        coverage_rate === null ? "–" : <Rate column={name} rate={coverage_rate} onOpen={() => onCoverage(name)} />,
    },
  ];
}

function Rate({ column, rate, onOpen }: { column: string; rate: number; onOpen: () => void }) {
  const { t } = useTranslation("datasets");
  const format = useFormat();
  return (
    <button
      type="button"
      className={styles.rate}
      title={t("features.rates", { coverage: format.percent(rate), missing: format.percent(1 - rate) })}
      aria-label={t("features.coverageOf", { column, coverage: format.percent(rate) })}
      onClick={onOpen}
    >
      <span className={styles.bar}>
        <span style={{ width: `${rate * 100}%` }} />
      </span>
      <span className="numbers">{format.percent(rate)}</span>
    </button>
  );
}

/** The same as a CSV file for a spreadsheet, there and back. */
function Sheet({ dataset, mayWrite }: { dataset: string; mayWrite: boolean }) {
  const { t } = useTranslation("datasets");
  const project = useProjectName();
  const client = useQueryClient();
  const { message, notification } = App.useApp();
  const input = useRef<HTMLInputElement>(null);
  const [isBusy, setBusy] = useState(false);
  const send = async (file: File) => {
    setBusy(true);
    try {
      const changed = await sendSheet(project, dataset, file);
      await client.invalidateQueries();
      void message.success(t("sheet.taken", { count: changed }));
    } catch (error) {
      notification.error({
        title: t("sheet.refused", { file: file.name }),
        description: messageOf(error),
        duration: 0,
      });
    } finally {
      setBusy(false);
    }
  };
  return (
    <div className={styles.sheet}>
      <a href={sheetAddress(project, dataset)} download>
        <Button icon={<DownloadOutlined />} tabIndex={-1}>
          {t("sheet.down")}
        </Button>
      </a>
      {mayWrite && (
        <>
          <input
            ref={input}
            type="file"
            accept=".csv,text/csv"
            hidden
            onChange={(event) => {
              const file = event.target.files?.[0];
              event.target.value = "";
              if (file) void send(file);
            }}
          />
          <Button icon={<UploadOutlined />} loading={isBusy} onClick={() => input.current?.click()}>
            {t("sheet.up")}
          </Button>
        </>
      )}
    </div>
  );
}
