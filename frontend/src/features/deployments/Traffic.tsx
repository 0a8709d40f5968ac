import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Chart } from "../../charts/Chart";
import { ErrorNotice } from "../../lib/ErrorNotice";
import { useFormat } from "../../lib/format";
import { Loading } from "../../lib/Loading";
import { Card } from "../../lib/Page";
import styles from "./Deployments.module.css";
import { useTraffic } from "./deployment";
import { trafficCharts } from "./trafficCharts";

const SPAN = 60;

/** What it has answered in the last hour, and how fast. */
export function Traffic({ name }: { name: string }) {
  const { t, i18n } = useTranslation("deployments");
  const format = useFormat();
  const traffic = useTraffic(name, SPAN);
  const { data, dataUpdatedAt } = traffic;
  const charts = useMemo(() => {
    const clock = new Intl.DateTimeFormat(i18n.language, { hour: "2-digit", minute: "2-digit" });
    return trafficCharts(data?.minutes ?? [], dataUpdatedAt / 1000, SPAN, (at) => clock.format(at * 1000), {
      requests: t("requests"),
      refused: t("refused"),
      errors: t("errors"),
      latency: t("latency"),
      time: t("time"),
    });
  }, [data, dataUpdatedAt, i18n.language, t]);
  if (traffic.error) return <ErrorNotice error={traffic.error} onRetry={() => void traffic.refetch()} />;
  if (!data) return <Loading />;
  const milliseconds = (seconds: number | null) =>
    seconds === null ? "–" : t("milliseconds", { value: format.number(Math.round(seconds * 10_000) / 10) });
  const tiles = [
    [t("requests"), format.number(data.requests)],
    [t("refused"), format.number(data.refused)],
    [t("errors"), format.number(data.errors)],
    ["p50", milliseconds(data.p50)],
    ["p95", milliseconds(data.p95)],
    ["p99", milliseconds(data.p99)],
  ] as const;
  return (
    <Card title={t("lastHour")}>
      <dl className={styles.tiles}>
        {tiles.map(([label, text]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd className="numbers">{text}</dd>
          </div>
        ))}
      </dl>
      {data.requests > 0 && (
        <div className={styles.charts}>
          <Chart chart={charts.requests} height={200} />
          <Chart chart={charts.latency} height={200} />
        </div>
      )}
    </Card>
  );
}
