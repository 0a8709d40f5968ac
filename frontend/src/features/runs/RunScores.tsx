import { useTranslation } from "react-i18next";
import { queries } from "../../api/client";
import type { Run } from "../../canvas/run/runModel";
import { MetricsView } from "../../data/MetricsView";
import { ErrorNotice } from "../../lib/ErrorNotice";
import { Loading } from "../../lib/Loading";
import { Card } from "../../lib/Page";
import { Teach } from "../../lib/Teach";
import { iterationName } from "./parts/IterationTable";
import styles from "./RunContent.module.css";

interface RunScoresProps {
  project: string;
  run: Run;
  titleOf: (path: string) => string;
}

/** All numbers that a run measured. */
export function RunScores({ project, run, titleOf }: RunScoresProps) {
  const { t } = useTranslation("runs");
  const scores = queries.useQuery(
    "get",
    "/api/v1/projects/{project_name}/runs/{run_id}/scores",
    { params: { path: { project_name: project, run_id: run.id } } },
    { refetchInterval: run.state === "running" ? 3000 : false },
  );
  if (scores.error) return <ErrorNotice error={scores.error} onRetry={() => void scores.refetch()} />;
  if (!scores.data) return <Loading />;
  if (scores.data.items.length === 0) return <Teach title={t("noScores")}>{t("noScoresHelp")}</Teach>;
  // What was measured last is what the flow was made for.
  return (
    <div className={styles.scores}>
      {[...scores.data.items].reverse().map(({ path, index, port, values, tables }) => (
        <Card
          key={`${path}#${index}.${port}`}
          title={[titleOf(path), iterationName(index), port === "metrics" ? "" : port].filter(Boolean).join(" · ")}
        >
          <MetricsView metrics={{ values, tables, about: {} }} />
        </Card>
      ))}
    </div>
  );
}
