import { ExperimentOutlined } from "@ant-design/icons";
import { Button } from "antd";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { SchemaForm, type Spec } from "../../../forms/SchemaForm";
import { useLocalize } from "../../../lib/localize";
import { Card } from "../../../lib/Page";
import { ReportParts } from "./ReportSections";
import type { Report } from "./report";
import { SideState } from "./SideState";
import { madeBy, TRY_ROW } from "./sides";
import { useReport } from "./useReport";
import type { SideRun } from "./useSideRun";
import styles from "./WizardResult.module.css";

const noColumns = () => null;

interface TryCardProps {
  project: string;
  title: string;
  help: string;
  /** What the button says. */
  ask: string;
  /** What will stand there once it was asked. */
  coming: string;
  actions?: ReactNode;
  spec: Spec;
  /** What was typed instead of the defaults. */
  values: Record<string, unknown>;
  onChange: (values: Record<string, unknown>) => void;
  side: SideRun;
  onAsk: () => void;
}

/** Values to change by hand, and beside them what the model says of them, and why. */
export function TryCard({
  project,
  title,
  help,
  ask,
  coming,
  actions,
  spec,
  values,
  onChange,
  side,
  onAsk,
}: TryCardProps) {
  const { t } = useTranslation("report");
  return (
    <Card title={title} actions={actions}>
      <p className={styles.help}>{help}</p>
      <div className={styles.try}>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            onAsk();
          }}
        >
          <SchemaForm
            spec={spec}
            values={values}
            onChange={(change) => onChange(change.values)}
            columns={noColumns}
            problems={[]}
          />
          <Button type="primary" htmlType="submit" icon={<ExperimentOutlined />} loading={side.isBusy}>
            {ask}
          </Button>
        </form>
        <div className={styles.answer} aria-live="polite">
          <SideState side={side} working={t("try.working")} />
          {side.tasks && <Answer project={project} artifact={madeBy(side.tasks, TRY_ROW.node, "report")} />}
          {side.run === null && <p className={styles.help}>{coming}</p>}
        </div>
      </div>
    </Card>
  );
}

function Answer({ project, artifact }: { project: string; artifact: string | null }) {
  const { report } = useReport(project, artifact);
  return report && <AnswerOf report={report} />;
}

function AnswerOf({ report }: { report: Report }) {
  const localize = useLocalize();
  return (
    <>
      <p className={styles.answerLine}>{localize(report.headline)}</p>
      {report.sections.map((section) => (
        <ReportParts key={section.id} section={section} />
      ))}
    </>
  );
}
