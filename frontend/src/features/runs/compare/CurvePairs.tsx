import { useQueries } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { queries, type Schemas } from "../../../api/client";
import { Chart } from "../../../charts/Chart";
import { chartIn } from "../../../charts/series";
import { useLocalize } from "../../../lib/localize";
import { Card } from "../../../lib/Page";
import styles from "./Compare.module.css";
import { overlaid } from "./compareRuns";

type Task = Schemas["Task"];

interface CurvePairsProps {
  project: string;
  a: { run: number; tasks: readonly Task[] };
  b: { run: number; tasks: readonly Task[] };
  titleOf: (path: string) => string;
}

/** Outputs that are looked into to find the charts among them. */
const MOST = 60;

interface Pair {
  path: string;
  port: string;
  a: string;
  b: string;
}

/** The charts that both runs made at the same place, one over the other. */
export function CurvePairs({ project, a, b, titleOf }: CurvePairsProps) {
  const { t } = useTranslation("runs");
  const candidates = candidatePairs(a.tasks, b.tasks).slice(0, MOST);
  const artifacts = useQueries({
    queries: candidates.map(({ a: artifact_id }) =>
      queries.queryOptions(
        "get",
        "/api/v1/projects/{project_name}/artifacts/{artifact_id}",
        { params: { path: { project_name: project, artifact_id } } },
        { staleTime: 60_000 },
      ),
    ),
  });
  const charts = candidates.filter((_, index) => artifacts[index]?.data?.type === "chart");
  if (charts.length === 0) return null;
  return (
    <Card title={t("curves")}>
      <div className={styles.charts}>
        {charts.map((pair) => (
          <CurvePair
            key={`${pair.path}.${pair.port}`}
            project={project}
            pair={pair}
            names={{ a: `A #${a.run}`, b: `B #${b.run}` }}
            title={titleOf(pair.path)}
          />
        ))}
      </div>
    </Card>
  );
}

/** Outputs at the same place of both runs; tables and metrics are known for what they are without looking. */
function candidatePairs(a: readonly Task[], b: readonly Task[]): Pair[] {
  const key = ({ path, index }: Task) => `${path}#${index}`;
  const inB = new Map(b.map((task) => [key(task), task]));
  return [...a].reverse().flatMap((task) => {
    const other = inB.get(key(task));
    return Object.entries(task.outputs).flatMap(([port, id]): Pair[] => {
      const otherId = other?.outputs[port];
      const isKnown = port in task.rows || (task.metrics !== null && port in task.metrics);
      return otherId === undefined || isKnown ? [] : [{ path: task.path, port, a: id, b: otherId }];
    });
  });
}

interface CurvePairProps {
  project: string;
  pair: Pair;
  names: { a: string; b: string };
  title: string;
}

function CurvePair({ project, pair, names, title }: CurvePairProps) {
  const { t } = useTranslation("runs");
  const a = useChart(project, pair.a);
  const b = useChart(project, pair.b);
  if (!a.data || !b.data) return <div className={styles.coming} />;
  const same = pair.a === pair.b;
  const both = same ? null : overlaid(a.data, b.data, names);
  return (
    <section>
      <p className={styles.quiet}>
        {title} {same && `· ${t("sameResult")}`}
      </p>
      {same ? (
        <Chart chart={a.data} height={240} />
      ) : both ? (
        <Chart chart={both} height={260} />
      ) : (
        <div className={styles.beside}>
          <div>
            <span className={`${styles.badge} ${styles.a}`}>A</span>
            <Chart chart={a.data} height={220} />
          </div>
          <div>
            <span className={`${styles.badge} ${styles.b}`}>B</span>
            <Chart chart={b.data} height={220} />
          </div>
        </div>
      )}
    </section>
  );
}

function useChart(project: string, artifact_id: string) {
  const localize = useLocalize();
  return queries.useQuery(
    "get",
    "/api/v1/projects/{project_name}/artifacts/{artifact_id}/chart",
    { params: { path: { project_name: project, artifact_id } } },
    { staleTime: Number.POSITIVE_INFINITY, select: (chart) => chartIn(chart, localize) },
  );
}
