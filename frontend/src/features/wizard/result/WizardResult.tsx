import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { queries, type Schemas } from "../../../api/client";
import { useMayHere } from "../../../api/project";
import { type FlowDocument, readDocument } from "../../../canvas/model/document";
import { readTasks } from "../../../canvas/run/runStore";
import { ErrorNotice } from "../../../lib/ErrorNotice";
import { Loading } from "../../../lib/Loading";
import { useLocalize } from "../../../lib/localize";
import { Card } from "../../../lib/Page";
import { Finding } from "../Finding";
import { Outputs } from "./Outputs";
import { ReportSections, useTerms } from "./ReportSections";
import { driversOf, type Report, wordsFor } from "./report";
import { ScoreFile } from "./ScoreFile";
import { feeding, hasSide, madeBy, SCORE, TRY_ROW } from "./sides";
import { TakeAway } from "./TakeAway";
import { TryLast } from "./TryLast";
import { TryRow } from "./TryRow";
import { useReport } from "./useReport";
import styles from "./WizardResult.module.css";

export interface WizardResultProps {
  project: string;
  flow: string;
  /** The number of the run that is over. */
  run: number;
  /** The node whose report is shown; null: the flow has none, and what its last steps made is shown. */
  node: string | null;
}

/** What came out of a wizard, read from top to bottom: how good, can I trust it, why, where it errs, and now try it. */
export default function WizardResult({ project, flow, run: id, node }: WizardResultProps) {
  const run = queries.useQuery("get", "/api/v1/projects/{project_name}/runs/{run_id}", {
    params: { path: { project_name: project, run_id: id } },
  });
  const tasks = useQuery({
    queryKey: ["tasks-of-run", project, id],
    queryFn: ({ signal }) => readTasks(project, id, signal),
  });
  const revision = queries.useQuery(
    "get",
    "/api/v1/projects/{project_name}/flows/{flow}/revisions/{number}",
    { params: { path: { project_name: project, flow, number: run.data?.revision ?? 0 } } },
    { enabled: run.data !== undefined, staleTime: Number.POSITIVE_INFINITY },
  );
  const document = useMemo(() => revision.data && readDocument(revision.data.document), [revision.data]);
  const error = run.error ?? tasks.error ?? revision.error;
  if (error) return <ErrorNotice error={error} />;
  if (!run.data || !tasks.data || !document) return <Loading />;
  return <Shown project={project} run={run.data} tasks={tasks.data} document={document} node={node} />;
}

interface ShownProps {
  project: string;
  run: Schemas["Run"];
  tasks: Schemas["Task"][];
  document: FlowDocument;
  node: string | null;
}

function Shown({ project, run, tasks, document, node }: ShownProps) {
  const text = node === null ? null : madeBy(tasks, node, "report");
  const { report, isNone, error, retry } = useReport(project, text);
  if (error) return <ErrorNotice error={error} onRetry={retry} />;
  if (text === null || isNone) return <Outputs project={project} run={run} tasks={tasks} node={node} />;
  const task = tasks.find(({ path }) => path === node);
  if (!report || !task) return <Loading />;
  return <ReportPage {...{ project, run, tasks, document, task, report }} />;
}

interface ReportPageProps extends Omit<ShownProps, "node"> {
  task: Schemas["Task"];
  report: Report;
}

function ReportPage({ project, run, tasks, document, task, report }: ReportPageProps) {
  const { t } = useTranslation("report");
  const localize = useLocalize();
  const mayRun = useMayHere("run.start");
  const model = feeding(document, tasks, `${TRY_ROW.node}.model`) ?? feeding(document, tasks, `${task.path}.model`);
  const modelId = model?.task.outputs[model.port] ?? null;
  // What speaks against using it at all is said at once; further down it stands where it was found.
  const stops = report.sections.flatMap(({ findings }) => findings.filter(({ severity }) => severity === "stop"));
  const words = wordsFor(report);
  const drivers = useMemo(() => driversOf(report), [report]);
  return (
    <div className={styles.result}>
      <header className={styles.hero}>
        <p className={styles.headline}>{localize(report.headline)}</p>
        {stops.map((finding) => (
          <Finding key={finding.code} finding={finding} />
        ))}
        <TakeAway
          project={project}
          run={run}
          report={task}
          words={words}
          writtenIn={String(run.params.language ?? document.params?.language?.default ?? "en")}
          model={modelId ? model : null}
        />
      </header>
      <Contents report={report} />
      <ReportSections report={report} />
      {mayRun && hasSide(document, TRY_ROW) && task.outputs.latest && (
        <TryLast project={project} run={run} latest={task.outputs.latest} />
      )}
      {mayRun && modelId && words !== "forecast" && hasSide(document, TRY_ROW) && (
        <TryRow
          project={project}
          run={run}
          model={modelId}
          examples={task.outputs.predictions ?? null}
          drivers={drivers}
          words={words}
        />
      )}
      {mayRun && hasSide(document, SCORE) && <ScoreFile project={project} run={run} words={words} />}
      <Terms report={report} title={t("terms")} />
    </div>
  );
}

/** The questions that the report answers, to go straight to one. */
function Contents({ report }: { report: Report }) {
  const { t } = useTranslation("report");
  const localize = useLocalize();
  const show = (id: string) => {
    const heading = globalThis.document.getElementById(`report-${id}`);
    heading?.scrollIntoView({ block: "start" });
    heading?.focus({ preventScroll: true });
  };
  return (
    <nav className={styles.contents} aria-label={t("contents")}>
      {report.sections.map(({ id, title }) => (
        <button key={id} type="button" onClick={() => show(id)}>
          {localize(title)}
        </button>
      ))}
    </nav>
  );
}

function Terms({ report, title }: { report: Report; title: string }) {
  const terms = useTerms(report);
  if (terms.length === 0) return null;
  return (
    <Card title={title}>
      <dl className={styles.terms}>
        {terms.map(({ term, meaning }) => (
          <div key={term}>
            <dt>{term}</dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
    </Card>
  );
}
