import { SwapOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { useProjectName, useProjectPath } from "../../api/project";
import { ErrorNotice } from "../../lib/ErrorNotice";
import { Loading } from "../../lib/Loading";
import { Card, Page } from "../../lib/Page";
import { Teach } from "../../lib/Teach";
import styles from "./compare/Compare.module.css";
import { CurvePairs } from "./compare/CurvePairs";
import { DifferenceTable } from "./compare/DifferenceTable";
import { DurationPairs } from "./compare/DurationPairs";
import { MetricPairs } from "./compare/MetricPairs";
import { RunPicker } from "./compare/RunPicker";
import { useRunWhole } from "./compare/useRunWhole";
import { useStepNames } from "./useStepNames";

export function Component() {
  const { t } = useTranslation("runs");
  const project = useProjectName();
  const to = useProjectPath();
  const [address, setAddress] = useSearchParams();
  const numberOf = (name: string) => Number(address.get(name)) || null;
  const ids = { a: numberOf("a"), b: numberOf("b") };
  const a = useRunWhole(project, ids.a);
  const b = useRunWhole(project, ids.b);
  const { titleOf } = useStepNames(project, b.run ?? a.run, [...(a.tasks ?? []), ...(b.tasks ?? [])]);
  const change = (next: { a: number | null; b: number | null }) =>
    setAddress(
      { ...(next.a && { a: String(next.a) }), ...(next.b && { b: String(next.b) }) },
      // Shown at once, so that the choice of B knows that of A, however fast it is made.
      { replace: true, flushSync: true },
    );
  const error = a.error ?? b.error;
  return (
    <Page
      title={ids.a && ids.b ? t("compareTitle", ids) : t("compareRuns")}
      about={t("compareAbout")}
      back={{ to: to("/runs"), label: t("runs") }}
    >
      <div className={styles.pick}>
        <RunPicker label="A" look="a" run={a.run} value={ids.a} onChange={(run) => change({ ...ids, a: run })} />
        <Button
          icon={<SwapOutlined />}
          aria-label={t("swap")}
          title={t("swap")}
          onClick={() => change({ a: ids.b, b: ids.a })}
        />
        <RunPicker label="B" look="b" run={b.run} value={ids.b} onChange={(run) => change({ ...ids, b: run })} />
      </div>
      {error ? (
        <ErrorNotice error={error} />
      ) : ids.a === null || ids.b === null ? (
        <Teach title={t("chooseTwo")}>{t("chooseTwoHelp")}</Teach>
      ) : !a.run || !b.run || !a.tasks || !b.tasks || !a.scores || !b.scores ? (
        <Loading />
      ) : (
        <>
          <Card title={t("differs")}>
            <DifferenceTable
              a={{ document: a.document, params: a.run.params }}
              b={{ document: b.document, params: b.run.params }}
              titleOf={titleOf}
            />
          </Card>
          <Card title={t("view.scores")}>
            <MetricPairs a={a.scores} b={b.scores} titleOf={titleOf} />
          </Card>
          <CurvePairs
            project={project}
            a={{ run: a.run.id, tasks: a.tasks }}
            b={{ run: b.run.id, tasks: b.tasks }}
            titleOf={titleOf}
          />
          <Card title={t("durations")}>
            <DurationPairs a={{ run: a.run, tasks: a.tasks }} b={{ run: b.run, tasks: b.tasks }} titleOf={titleOf} />
          </Card>
        </>
      )}
    </Page>
  );
}
