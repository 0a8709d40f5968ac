import { useTranslation } from "react-i18next";
import { useProjectName } from "../../../api/project";
import { useFigures } from "../../../data/useTable";
import { Ago } from "../../../lib/Ago";
import { useFormat } from "../../../lib/format";
import { Card } from "../../../lib/Page";
import type { Dataset } from "../dataset";
import styles from "./Overview.module.css";

/** How much there is, and how much is missing. */
export function Figures({ dataset }: { dataset: Dataset }) {
  const { t } = useTranslation("datasets");
  const format = useFormat();
  const { rows, columns, versions, latest, latest_at, created_at } = dataset;
  return (
    <Card title={t("figures.title")}>
      <dl className={styles.figures}>
        <Figure name={t("figures.rows")}>{rows === null ? "–" : format.number(rows)}</Figure>
        <Figure name={t("figures.columns")}>{columns === null ? "–" : format.number(columns)}</Figure>
        <Figure name={t("figures.versions")}>{format.number(versions)}</Figure>
        <Figure name={t("figures.changed")}>
          <Ago at={latest_at ?? created_at} />
        </Figure>
        {latest !== null && <OfValues name={dataset.name} version={latest} />}
      </dl>
    </Card>
  );
}

/** What only the values say. Figures of a wide table take a while: the room is there before. */
function OfValues({ name, version }: { name: string; version: number }) {
  const { t } = useTranslation("datasets");
  const format = useFormat();
  const project = useProjectName();
  const found = useFigures({ kind: "dataset", project, name, version });
  if (found.error) return null;
  const columns = found.data?.columns;
  const cells = columns?.reduce((sum, { rows }) => sum + rows, 0) ?? 0;
  const missing = columns?.reduce((sum, column) => sum + column.missing, 0) ?? 0;
  const count = (test: (column: NonNullable<typeof columns>[number]) => boolean) =>
    columns ? format.number(columns.filter(test).length) : "…";
  return (
    <>
      <Figure name={t("figures.missing")}>{columns ? format.percent(cells ? missing / cells : 0) : "…"}</Figure>
      <Figure name={t("figures.halfEmpty")}>{count(({ missing_rate }) => missing_rate > 0.5)}</Figure>
      <Figure name={t("figures.constant")}>{count(({ distinct }) => distinct !== null && distinct <= 1)}</Figure>
      <Figure name={t("figures.numbers")}>{count(({ kind }) => kind === "number")}</Figure>
    </>
  );
}

function Figure({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
