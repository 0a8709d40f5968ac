import { LineChartOutlined, TableOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { type ComponentProps, type ReactNode, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useTheme } from "../app/useTheme";
import { formatIn } from "../lib/format";
import { Loading } from "../lib/Loading";
import { lateCode, useLateCode } from "../lib/lateCode";
import styles from "./Chart.module.css";
import { ChartTable } from "./ChartTable";
import type EChartComponent from "./EChart";
import { MOST_BARS, optionOf } from "./option";
import { type ChartData, categories, readSeries } from "./series";
import { useWords } from "./words";

const eChart = lateCode(async () => (await import("./EChart")).default);

interface ChartProps {
  chart: ChartData;
  /** Of the drawing: pixels, or a length of CSS. */
  height?: number | string;
  /** False where something else names the chart. */
  hasTitle?: boolean;
  /** Lines over a logarithmic axis. */
  isLog?: boolean;
  /** Beside the title. */
  actions?: ReactNode;
}

/** A chart as data, drawn in our colours, and beside it the data as a table. */
export function Chart({ chart, height = 280, hasTitle = true, isLog = false, actions }: ChartProps) {
  const { t, i18n } = useTranslation("charts");
  const theme = useTheme();
  const word = useWords();
  const [isTable, setTable] = useState(false);
  const option = useMemo(
    () => optionOf(chart, theme, { word, number: formatIn(i18n.language).number }, isLog),
    [chart, theme, word, i18n.language, isLog],
  );
  const series = useMemo(() => readSeries(chart), [chart]);
  const bars = chart.kind === "bar" ? categories(series).length : 0;
  const isEmpty = series.every(({ x, y, values }) => x.length + y.length + values.length === 0);
  const title = word(chart.title);
  return (
    <figure className={styles.chart} aria-label={title}>
      <figcaption className={styles.head}>
        {hasTitle && <h3>{title}</h3>}
        {actions}
        {!isEmpty && (
          <Button
            size="small"
            type="text"
            className={styles.toggle}
            icon={isTable ? <LineChartOutlined /> : <TableOutlined />}
            aria-pressed={isTable}
            onClick={() => setTable(!isTable)}
          >
            {t(isTable ? "asChart" : "asTable")}
          </Button>
        )}
      </figcaption>
      {isEmpty ? (
        <p className={styles.note}>{t("empty")}</p>
      ) : isTable ? (
        <ChartTable chart={chart} height={height} />
      ) : (
        <Drawn option={option} height={height} />
      )}
      {!isTable && bars > MOST_BARS && <p className={styles.note}>{t("firstBars", { shown: MOST_BARS, all: bars })}</p>}
      {chart.notes.map((note) => (
        <p key={note} className={styles.note}>
          {note}
        </p>
      ))}
    </figure>
  );
}

function Drawn(props: ComponentProps<typeof EChartComponent>) {
  const { code: EChart, failure } = useLateCode(eChart);
  if (EChart) return <EChart {...props} />;
  return <div style={{ height: props.height }}>{failure || <Loading />}</div>;
}
