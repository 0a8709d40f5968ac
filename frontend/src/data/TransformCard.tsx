import { useTranslation } from "react-i18next";
import { ErrorNotice } from "../lib/ErrorNotice";
import { Loading } from "../lib/Loading";
import type { PartProps } from "./ArtifactView";
import styles from "./ArtifactView.module.css";
import { ColumnChips, Facts } from "./Facts";
import { FilesOf } from "./FilesOf";
import { columnsOf, factText, isJson } from "./parts";
import { useArtifactJson } from "./useArtifactJson";

/** What a transform changes, and with which settings. */
export function TransformCard({ project, artifact }: PartProps) {
  const { t } = useTranslation("data");
  const content = useArtifactJson(project, artifact.id, "transform.json");
  if (content.error) return <ErrorNotice error={content.error} onRetry={() => void content.refetch()} />;
  if (!content.data) return <Loading />;
  const { operator, title, params, state, input_schema: input, output_schema: output } = content.data;
  const before = columnsOf(input);
  const after = columnsOf(output);
  const kept = new Set(after.map(({ name }) => name));
  const known = new Set(before.map(({ name }) => name));
  return (
    <div className={styles.card}>
      <Facts
        of={[
          [t("model.operator"), factText(operator)],
          [t("model.title"), factText(title)],
        ]}
      />
      {isJson(params) && Object.keys(params).length > 0 && (
        <section className={styles.section}>
          <h3>{t("model.params")}</h3>
          <Facts of={Object.entries(params).map(([key, value]) => [key, factText(value)] as const)} />
        </section>
      )}
      {isJson(state) && Object.entries(state).some(([, value]) => factText(value)) && (
        <section className={styles.section}>
          <h3>{t("model.learned")}</h3>
          <Facts of={Object.entries(state).map(([key, value]) => [key, factText(value)] as const)} />
        </section>
      )}
      <ColumnChips title={t("model.removed")} columns={before.filter(({ name }) => !kept.has(name))} />
      <ColumnChips title={t("model.added")} columns={after.filter(({ name }) => !known.has(name))} />
      <ColumnChips title={t("model.inColumns")} columns={before} />
      <FilesOf project={project} artifact={artifact} />
    </div>
  );
}
