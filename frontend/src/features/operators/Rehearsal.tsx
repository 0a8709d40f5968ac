import { Tag } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { queries } from "../../api/client";
import { ErrorNotice } from "../../lib/ErrorNotice";
import { Loading } from "../../lib/Loading";
import { Card } from "../../lib/Page";
import styles from "./ReleasePage.module.css";

const COLOURS = { breaks: "error", changes: "warning", stays: "success" } as const;

/** What an upgrade to the release would do to every saved flow. */
export function Rehearsal({ name, version }: { name: string; version: string }) {
  const { t } = useTranslation("operators");
  const rehearsal = queries.useQuery("get", "/api/v1/operator-releases/{name}/{version}/rehearsal", {
    params: { path: { name, version } },
  });
  if (rehearsal.isPending) return <Loading />;
  if (rehearsal.error) return <ErrorNotice error={rehearsal.error} onRetry={() => void rehearsal.refetch()} />;
  const { flows, counts, unaffected, hidden } = rehearsal.data;
  const others = hidden.breaks + hidden.changes + hidden.stays;
  return (
    <Card>
      <p>{t("rehearsed", { ...counts, unaffected })}</p>
      {others > 0 && <p className={styles.quiet}>{t("hiddenFlows", { count: others, breaks: hidden.breaks })}</p>}
      <div className={styles.flows}>
        {flows.map(({ project, flow, revision, outcome, changes, problems }) => (
          <section key={`${project} ${flow}`}>
            <Tag color={COLOURS[outcome]}>{t(`outcomes.${outcome}`)}</Tag>
            <Link to={`/p/${encodeURIComponent(project)}/flows/${encodeURIComponent(flow)}`}>
              {project} / {flow}
            </Link>{" "}
            <span className={styles.quiet}>{t("revision", { revision })}</span>
            <ul>
              {problems.map((problem) => (
                <li key={`${problem.node} ${problem.field} ${problem.code}`} className={styles.failed}>
                  {problem.message}
                </li>
              ))}
              {changes.map((line) => (
                <li key={line}>{line}</li>
              ))}
            </ul>
          </section>
        ))}
      </div>
    </Card>
  );
}
