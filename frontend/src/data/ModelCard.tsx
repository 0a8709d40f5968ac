import { useTranslation } from "react-i18next";
import { useParams } from "react-router";
import { useMetricName } from "../charts/words";
import { RegisterModel } from "../features/models/RegisterModel";
import { ErrorNotice } from "../lib/ErrorNotice";
import { Loading } from "../lib/Loading";
import type { PartProps } from "./ArtifactView";
import styles from "./ArtifactView.module.css";
import { ColumnChips, Facts } from "./Facts";
import { FilesOf } from "./FilesOf";
import { MetricTiles } from "./MetricTiles";
import { withoutTraining } from "./metricTables";
import { columnsOf, factText, isJson, texts } from "./parts";
import { useArtifactJson } from "./useArtifactJson";

const CARD = "patchbay.json";

/** What a model is for, what it needs and how it was made. */
export function ModelCard({ project, artifact }: PartProps) {
  const { t } = useTranslation("data");
  const name = useMetricName();
  const run = useParams().run;
  const card = useArtifactJson(project, artifact.id, CARD);
  if (card.error) return <ErrorNotice error={card.error} onRetry={() => void card.refetch()} />;
  if (!card.data) return <Loading />;
  const { task, target, positive, threshold, classes, operator, libraries, metrics, features, transforms, params } =
    card.data;
  const steps = texts(transforms).length;
  // The run that is looked at, where it is one of those that made it; equal results have the same id.
  const maker = artifact.made_by.find(({ run_id }) => String(run_id) === run) ?? artifact.made_by[0];
  return (
    <div className={styles.card}>
      {maker && (
        <RegisterModel
          output={{ project, run: maker.run_id, node: maker.path, index: maker.index, port: maker.port }}
        />
      )}
      <Facts
        of={[
          [t("model.task"), typeof task === "string" ? name(task) : null],
          [t("model.target"), factText(target)],
          [t("model.positive"), factText(positive)],
          [t("model.threshold"), factText(threshold)],
          [t("model.classes"), factText(classes)],
          [t("model.operator"), factText(operator)],
          [t("model.libraries"), factText(libraries)],
          [t("model.before"), steps > 0 ? t("model.steps", { count: steps }) : null],
        ]}
      />
      {isJson(params) && Object.keys(params).length > 0 && (
        <section className={styles.section}>
          <h3>{t("model.params")}</h3>
          <Facts of={Object.entries(params).map(([key, value]) => [key, factText(value)] as const)} />
        </section>
      )}
      {isJson(metrics) && Object.keys(metrics).length > 0 && (
        <section className={styles.section}>
          <h3>{t("model.metrics")}</h3>
          <MetricTiles values={withoutTraining(metrics)} />
        </section>
      )}
      <ColumnChips
        title={t("model.inColumns")}
        columns={
          columnsOf(card.data.input_schema).length > 0
            ? columnsOf(card.data.input_schema)
            : texts(features).map((feature) => ({ name: feature, type: "" }))
        }
      />
      <FilesOf project={project} artifact={artifact} />
    </div>
  );
}
