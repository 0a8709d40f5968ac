import { queries, type Schemas } from "../api/client";
import { Chart } from "../charts/Chart";
import { heightOf } from "../charts/heightOf";
import { chartIn } from "../charts/series";
import { ErrorNotice } from "../lib/ErrorNotice";
import { Loading } from "../lib/Loading";
import { useLocalize } from "../lib/localize";
import styles from "./ArtifactView.module.css";
import { FilesOf } from "./FilesOf";
import { MetricsView } from "./MetricsView";
import { ModelCard } from "./ModelCard";
import { TableView } from "./TableView";
import { TextView } from "./TextView";
import { TransformCard } from "./TransformCard";
import { useColumnTitle } from "./useColumnTitle";

interface ArtifactViewProps {
  project: string;
  artifactId: string;
  /** What it is called for people who do not see it: "Read, table". */
  label?: string;
}

/** What a run has made, looked at in the way that suits its type. Fills the room it stands in. */
export function ArtifactView({ project, artifactId, label }: ArtifactViewProps) {
  const found = queries.useQuery("get", "/api/v1/projects/{project_name}/artifacts/{artifact_id}", {
    params: { path: { project_name: project, artifact_id: artifactId } },
  });
  const columnTitle = useColumnTitle(found.data?.type === "table" ? found.data.made_by[0] : undefined);
  if (found.error) return <ErrorNotice error={found.error} onRetry={() => void found.refetch()} />;
  if (!found.data) return <Loading />;
  if (found.data.type === "table")
    return (
      <TableView
        source={{ kind: "artifact", project, id: artifactId }}
        {...(label && { label })}
        columnTitle={columnTitle}
      />
    );
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what is long is scrolled by keyboard
    <section className={styles.scroll} tabIndex={0} aria-label={label ?? found.data.type}>
      <Content project={project} artifact={found.data} />
    </section>
  );
}

export interface PartProps {
  project: string;
  artifact: Schemas["Artifact"];
}

function Content({ project, artifact }: PartProps) {
  switch (artifact.type) {
    case "metrics":
      return <MetricsOf project={project} artifact={artifact} />;
    case "chart":
      return <ChartOf project={project} artifact={artifact} />;
    case "text":
      return <TextView project={project} artifact={artifact} />;
    case "model":
      return <ModelCard project={project} artifact={artifact} />;
    case "transform":
      return <TransformCard project={project} artifact={artifact} />;
    default:
      return <FilesOf project={project} artifact={artifact} isOpen />;
  }
}

const FOREVER = { staleTime: Number.POSITIVE_INFINITY } as const;

function ChartOf({ project, artifact }: PartProps) {
  const localize = useLocalize();
  const chart = queries.useQuery(
    "get",
    "/api/v1/projects/{project_name}/artifacts/{artifact_id}/chart",
    { params: { path: { project_name: project, artifact_id: artifact.id } } },
    FOREVER,
  );
  if (chart.error) return <ErrorNotice error={chart.error} onRetry={() => void chart.refetch()} />;
  if (!chart.data) return <Loading />;
  const shown = chartIn(chart.data, localize);
  return (
    <div className={styles.chart}>
      <Chart chart={shown} height={heightOf(shown)} />
    </div>
  );
}

function MetricsOf({ project, artifact }: PartProps) {
  const metrics = queries.useQuery(
    "get",
    "/api/v1/projects/{project_name}/artifacts/{artifact_id}/metrics",
    { params: { path: { project_name: project, artifact_id: artifact.id } } },
    FOREVER,
  );
  if (metrics.error) return <ErrorNotice error={metrics.error} onRetry={() => void metrics.refetch()} />;
  if (!metrics.data) return <Loading />;
  return <MetricsView metrics={metrics.data} />;
}
