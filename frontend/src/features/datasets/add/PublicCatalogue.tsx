import { Segmented } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { queries, type Schemas } from "../../../api/client";
import { useProjectName } from "../../../api/project";
import { ErrorNotice } from "../../../lib/ErrorNotice";
import { Loading } from "../../../lib/Loading";
import { useLocalize } from "../../../lib/localize";
import { SearchField } from "../../../lib/PagedTable";
import { Teach } from "../../../lib/Teach";
import styles from "./AddData.module.css";
import { CatalogueEntry } from "./CatalogueEntry";

const KINDS = ["all", "measured", "simulated"] as const;
type Kind = (typeof KINDS)[number];

/** Well-known public datasets, each with its licence, and what it is. */
export function PublicCatalogue() {
  const { t } = useTranslation("datasets");
  const project_name = useProjectName();
  const localize = useLocalize();
  const path = { project_name };
  const catalogue = queries.useQuery("get", "/api/v1/projects/{project_name}/dataset-catalogue", { params: { path } });
  const here = queries.useQuery("get", "/api/v1/projects/{project_name}/datasets", {
    params: { path, query: { limit: 200 } },
  });
  const [search, setSearch] = useState("");
  const [kind, setKind] = useState<Kind>("all");
  if (catalogue.error) return <ErrorNotice error={catalogue.error} onRetry={() => void catalogue.refetch()} />;
  if (!catalogue.data) return <Loading />;
  const present = new Set(here.data?.items.map(({ name }) => name));
  const texts = (entry: Schemas["CatalogueEntry"]) =>
    [entry.name, localize(entry.title), localize(entry.description), entry.task, entry.licence].join(" ").toLowerCase();
  const found = catalogue.data.items.filter(
    (entry) =>
      (kind === "all" || entry.simulated === (kind === "simulated")) && texts(entry).includes(search.toLowerCase()),
  );
  return (
    <>
      <div className={styles.bar}>
        <SearchField placeholder={t("public.search")} value={search} onChange={setSearch} />
        <Segmented
          aria-label={t("public.kind")}
          value={kind}
          options={KINDS.map((value) => ({ value, label: t(`public.${value}`) }))}
          onChange={setKind}
        />
      </div>
      {found.length === 0 ? (
        <Teach title={t("public.nothing")} />
      ) : (
        <ul className={styles.entries}>
          {found.map((entry) => (
            <CatalogueEntry key={entry.name} entry={entry} present={present} />
          ))}
        </ul>
      )}
    </>
  );
}
