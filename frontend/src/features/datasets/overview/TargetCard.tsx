import { AimOutlined } from "@ant-design/icons";
import { Alert } from "antd";
import { useTranslation } from "react-i18next";
import { queries } from "../../../api/client";
import { useProjectName } from "../../../api/project";
import { Chart } from "../../../charts/Chart";
import { useDistributionTexts } from "../../../data/useDistributionTexts";
import { useFormat } from "../../../lib/format";
import { Loading } from "../../../lib/Loading";
import { messageOf } from "../../../lib/messageOf";
import { Card } from "../../../lib/Page";
import { Teach } from "../../../lib/Teach";
import type { Dataset } from "../dataset";
import styles from "./Overview.module.css";
import { targetChart, wholeNumbers } from "./targetChart";

/** How the values of the target are distributed. */
export function TargetCard({ dataset, mayWrite }: { dataset: Dataset; mayWrite: boolean }) {
  const { t } = useTranslation("datasets");
  const { latest, meta, name } = dataset;
  if (latest === null) return null;
  return (
    <Card title={meta.target ? t("target.of", { column: meta.target }) : t("target.title")}>
      {meta.target ? (
        <Distribution key={`${meta.target} ${latest}`} name={name} version={latest} />
      ) : (
        <Teach icon={<AimOutlined />} title={t("target.none")}>
          {t(mayWrite ? "target.noneHelp" : "target.noneReader")}
        </Teach>
      )}
    </Card>
  );
}

const CLASSES = 8;

function Distribution({ name, version }: { name: string; version: number }) {
  const { t } = useTranslation("datasets");
  const texts = useDistributionTexts();
  const format = useFormat();
  const project_name = useProjectName();
  const target = queries.useQuery(
    "get",
    "/api/v1/projects/{project_name}/datasets/{name}/versions/{number}/target",
    { params: { path: { project_name, name, number: version } } },
    { staleTime: Number.POSITIVE_INFINITY, retry: false },
  );
  if (target.error) return <Alert type="info" showIcon title={messageOf(target.error)} />;
  if (!target.data)
    return (
      <div className={styles.coming}>
        <Loading />
      </div>
    );
  const { values, counts, rates, missing } = target.data;
  const classes = (wholeNumbers(target.data) ?? values ?? []).slice(0, CLASSES);
  return (
    <>
      <Chart chart={targetChart(target.data, texts)} height={220} hasTitle={false} />
      {classes.length > 0 && (
        <ul className={styles.classes}>
          {classes.map((value, index) => (
            <li key={String(value)}>
              <code>{String(value)}</code>
              <span className="numbers">
                {format.number(counts[index] ?? 0)} · {format.percent(rates[index] ?? 0)}
              </span>
            </li>
          ))}
        </ul>
      )}
      {missing > 0 && (
        <p className={styles.quiet}>{t("target.missing", { rows: format.number(missing), count: missing })}</p>
      )}
    </>
  );
}
