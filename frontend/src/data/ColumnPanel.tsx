import { CloseOutlined } from "@ant-design/icons";
import { Button, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Schemas } from "../api/client";
import { Chart } from "../charts/Chart";
import { ErrorNotice } from "../lib/ErrorNotice";
import { useFormat } from "../lib/format";
import { KindIcon } from "../lib/KindIcon";
import { Loading } from "../lib/Loading";
import styles from "./ColumnPanel.module.css";
import { cellText } from "./cellText";
import { distributionChart } from "./distribution";
import type { TableSource } from "./source";
import { useDistributionTexts } from "./useDistributionTexts";
import { type ShownColumn, useFigures, useHistogram } from "./useTable";

interface ColumnPanelProps {
  source: TableSource;
  columns: readonly ShownColumn[];
  column: string;
  onClose: () => void;
}

/** All that is known about one column: its figures, and how its values are distributed, also per class of another. */
export function ColumnPanel({ source, columns, column, onClose }: ColumnPanelProps) {
  const { t } = useTranslation("data");
  const { t: common } = useTranslation();
  const shown = columns.find(({ name }) => name === column);
  if (!shown) return null;
  return (
    <aside className={styles.panel} aria-label={t("aboutColumn", { name: column })}>
      <header className={styles.head}>
        <KindIcon kind={shown.kind} type={shown.type} />
        <h2 title={column}>{column}</h2>
        <Button size="small" type="text" icon={<CloseOutlined />} aria-label={common("close")} onClick={onClose} />
      </header>
      <div className={styles.body}>
        {shown.kind === "other" ? (
          <p className={styles.quiet}>{t("column.noDistribution")}</p>
        ) : (
          <DistributionOf source={source} columns={columns} column={column} />
        )}
        <FiguresOf source={source} column={column} />
      </div>
    </aside>
  );
}

function DistributionOf({ source, columns, column }: Omit<ColumnPanelProps, "onClose">) {
  const { t } = useTranslation("data");
  const texts = useDistributionTexts();
  const [by, setBy] = useState<string | null>(null);
  const found = useHistogram(source, column, { bins: 30, ...(by !== null && { by }) });
  const classes = columns.filter(({ name, kind }) => name !== column && kind !== "other" && kind !== "time");
  return (
    <section className={styles.section}>
      <div className={styles.by}>
        <span>{t("column.by")}</span>
        <Select
          aria-label={t("column.by")}
          size="small"
          showSearch
          allowClear
          value={by}
          placeholder={t("column.byNothing")}
          options={classes.map(({ name }) => ({ value: name, label: name }))}
          onChange={(name: string | undefined) => setBy(name ?? null)}
        />
      </div>
      {found.error ? (
        <ErrorNotice error={found.error} />
      ) : found.data === undefined ? (
        <div className={styles.coming}>
          <Loading />
        </div>
      ) : found.data.counts.length === 0 ? (
        <p className={styles.quiet}>{t("column.noValues")}</p>
      ) : (
        <Chart chart={distributionChart(found.data, texts)} height={220} hasTitle={false} />
      )}
    </section>
  );
}

type Figures = Schemas["ColumnFigures"];

function FiguresOf({ source, column }: { source: TableSource; column: string }) {
  const { t } = useTranslation("data");
  const format = useFormat();
  const found = useFigures(source);
  if (found.error) return <ErrorNotice error={found.error} onRetry={() => void found.refetch()} />;
  const figures = found.data?.columns.find(({ name }) => name === column);
  if (!figures) return <Loading />;
  const isTime = figures.kind === "time";
  const value = (of: unknown) => cellText(of, figures.kind).text;
  const rows: [string, string | null][] = [
    [t("column.type"), figures.type],
    [t("column.rows"), format.number(figures.rows)],
    [t("column.missing"), `${format.number(figures.missing)} (${format.percent(figures.missing_rate)})`],
    [t("column.distinct"), figures.distinct === null ? null : format.number(figures.distinct)],
    [t("column.infinite"), figures.infinite ? format.number(figures.infinite) : null],
    [t(isTime ? "column.first" : "column.min"), known(figures.min, value)],
    ...quantiles(figures).map(([name, level]): [string, string] => [t(`column.${name}`), value(level)]),
    [t(isTime ? "column.last" : "column.max"), known(figures.max, value)],
    [t("column.mean"), known(figures.mean, value)],
    [t("column.std"), known(figures.std, value)],
  ];
  return (
    <>
      <dl className={styles.figures}>
        {rows.map(
          ([name, text]) =>
            text !== null && (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{text}</dd>
              </div>
            ),
        )}
      </dl>
      {figures.top && figures.top.length > 0 && <Top of={figures} />}
    </>
  );
}

function Top({ of }: { of: Figures }) {
  const { t } = useTranslation("data");
  const format = useFormat();
  const counts = of.top?.map(({ value, count }) => ({ value: String(value), count: Number(count) })) ?? [];
  return (
    <section className={styles.section}>
      <h3>{t("column.top")}</h3>
      <ol className={styles.top}>
        {counts.map(({ value, count }) => (
          <li key={value}>
            <span className={styles.share} style={{ width: `${(count / Math.max(1, of.rows)) * 100}%` }} />
            <span className={styles.value} title={value}>
              {value || t("emptyText")}
            </span>
            <span className="numbers">{format.percent(count / Math.max(1, of.rows))}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}

const LEVELS = ["p5", "p25", "median", "p75", "p95"] as const;

function quantiles({ quantiles: found }: Figures): [(typeof LEVELS)[number], unknown][] {
  return found ? LEVELS.map((name) => [name, found[name]]) : [];
}

function known(value: unknown, text: (value: unknown) => string): string | null {
  return value === null || value === undefined ? null : text(value);
}
