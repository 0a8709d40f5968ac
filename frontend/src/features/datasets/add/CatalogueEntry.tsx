import { Button, Tag } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api, type Schemas } from "../../../api/client";
import { useProjectName, useProjectPath } from "../../../api/project";
import { useFormat } from "../../../lib/format";
import { useLocalize } from "../../../lib/localize";
import { newKey } from "../../../lib/newKey";
import { useAct } from "../../../lib/useAct";
import styles from "./AddData.module.css";
import { LoadingTable } from "./LoadingTable";

/** Tasks that have a name in every language. */
const TASKS = [
  "anomaly detection",
  "classification",
  "clustering",
  "forecast",
  "image classification",
  "recommendation",
  "regression",
  "text classification",
] as const;

interface CatalogueEntryProps {
  entry: Schemas["CatalogueEntry"];
  /** Names of datasets that the project has. */
  present: ReadonlySet<string>;
}

export function CatalogueEntry({ entry, present }: CatalogueEntryProps) {
  const { t } = useTranslation("datasets");
  const project_name = useProjectName();
  const path = useProjectPath();
  const localize = useLocalize();
  const format = useFormat();
  const { act, isBusy } = useAct();
  const [loading, setLoading] = useState<readonly string[]>([]);
  const title = localize(entry.title);
  const reachable = entry.tables.filter(({ origin }) => origin !== null);
  const sizes = reachable.map(({ size }) => size ?? 0);
  const rows = entry.tables.reduce((sum, table) => sum + table.rows, 0);
  const isPresent = reachable.length > 0 && reachable.every(({ dataset }) => present.has(dataset));
  const load = () =>
    act(async () => {
      const { data } = await api.POST("/api/v1/projects/{project_name}/dataset-catalogue/{name}/load", {
        params: { path: { project_name, name: entry.name }, header: { "Idempotency-Key": newKey() } },
        body: {},
      });
      setLoading(data?.uploads.map(({ id }) => id) ?? []);
    });
  const known = TASKS.find((task) => task === entry.task);
  const facts = [
    t("public.task", { task: known ? t(`public.tasks.${known}`) : entry.task }),
    rows > 0 && t("rows", { rows: format.number(rows), count: rows }),
    sizes.length > 0 && format.bytes(sizes.reduce((sum, size) => sum + size, 0)),
    reachable.length > 1 && t("public.tables", { count: reachable.length }),
    reachable[0]?.origin && t(`public.origin.${reachable[0].origin === "folder" ? "folder" : "net"}`),
  ].filter((fact) => typeof fact === "string");
  return (
    <li className={styles.entry}>
      <div>
        <div className={styles.entryHead}>
          <h2>{title}</h2>
          <Tag color={entry.simulated ? "warning" : "default"}>
            {t(entry.simulated ? "public.simulated" : "public.measured")}
          </Tag>
        </div>
        <p className={styles.description}>{localize(entry.description)}</p>
        <p className={styles.facts}>
          <span>{t("public.licence", { licence: localize(entry.licence) })}</span>
          {facts.map((fact) => (
            <span key={fact}>{fact}</span>
          ))}
          {entry.homepage && (
            <a href={entry.homepage} target="_blank" rel="noreferrer">
              {t("public.homepage")}
            </a>
          )}
        </p>
        {entry.note && <p className={styles.facts}>{localize(entry.note)}</p>}
      </div>
      <div className={styles.entryActions}>
        {isPresent && loading.length === 0 ? (
          reachable.slice(0, 3).map(({ dataset }) => (
            <Link key={dataset} to={path(`/datasets/${encodeURIComponent(dataset)}`)}>
              {t("public.open", { name: dataset })}
            </Link>
          ))
        ) : (
          <Button
            size="small"
            type="primary"
            loading={isBusy}
            disabled={reachable.length === 0 || loading.length > 0}
            aria-label={t("public.addOf", { title })}
            onClick={() => void load()}
          >
            {t("public.add")}
          </Button>
        )}
        {reachable.length === 0 && <span className={styles.facts}>{t("public.nowhere")}</span>}
      </div>
      {loading.length > 0 && (
        <div className={styles.loading} ref={intoView}>
          {loading.map((id) => (
            <LoadingTable key={id} upload={id} />
          ))}
        </div>
      )}
    </li>
  );
}

function intoView(element: HTMLElement | null): void {
  element?.scrollIntoView({ block: "nearest" });
}
