import { useTranslation } from "react-i18next";
import { TableView } from "../../../data/TableView";
import styles from "./steps.module.css";
import { useDataset } from "./useDataset";

/** The first rows of the dataset that was chosen, with figures per column. */
export function DatasetSample({ project, dataset }: { project: string; dataset: string }) {
  const { t } = useTranslation("wizard");
  const source = useDataset(project, dataset);
  if (!source) return null;
  return (
    <section className={styles.sample} aria-label={t("sampleOf", { name: dataset })}>
      <h3>{t("sampleOf", { name: dataset })}</h3>
      <TableView source={source} label={dataset} height={320} />
    </section>
  );
}
