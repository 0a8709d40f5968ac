import { DownloadOutlined, PlayCircleOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { queries, type Schemas } from "../../../api/client";
import { useMayHere } from "../../../api/project";
import { TableView } from "../../../data/TableView";
import { SchemaForm } from "../../../forms/SchemaForm";
import { Card } from "../../../lib/Page";
import { specOfForm } from "../specOfForm";
import { UploadData } from "../steps/UploadData";
import { FileButton } from "./FileButton";
import type { wordsFor } from "./report";
import { SideState } from "./SideState";
import { madeBy, SCORE } from "./sides";
import { useSideRun } from "./useSideRun";
import styles from "./WizardResult.module.css";

const noColumns = () => null;

interface ScoreFileProps {
  project: string;
  /** The run whose model answers. */
  run: Schemas["Run"];
  words: ReturnType<typeof wordsFor>;
}

/** A whole table of new rows: the same rows with answers, to look at and to take away. */
export function ScoreFile({ project, run, words }: ScoreFileProps) {
  const { t } = useTranslation("report");
  const [values, setValues] = useState<Record<string, unknown>>({});
  const mayUpload = useMayHere("dataset.write");
  const side = useSideRun(project, run, SCORE.node);
  const wizard = queries.useQuery("get", "/api/v1/projects/{project_name}/flows/{flow}/wizard", {
    params: { path: { project_name: project, flow: run.flow } },
  });
  const table = side.tasks && madeBy(side.tasks, SCORE.table, "table");
  const file = side.tasks && madeBy(side.tasks, SCORE.node, "file");
  if (!wizard.data) return null;
  const isChosen = typeof values[SCORE.param] === "string" && values[SCORE.param] !== "";
  return (
    <Card title={t(`score.${words}.title`)}>
      <p className={styles.help}>{t(`score.${words}.help`)}</p>
      <div className={styles.score}>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void side.start({ ...values, ...fileName(wizard.data.values, String(values[SCORE.param]), run.id) });
          }}
        >
          <SchemaForm
            spec={specOfForm(wizard.data.form, [SCORE.param])}
            values={values}
            onChange={(change) => setValues(change.values)}
            columns={noColumns}
            problems={[]}
          />
          <Button
            type="primary"
            htmlType="submit"
            icon={<PlayCircleOutlined />}
            disabled={!isChosen}
            loading={side.isBusy}
          >
            {t(`score.${words}.start`)}
          </Button>
        </form>
        {mayUpload && <UploadData project={project} onMade={(name) => setValues({ [SCORE.param]: name })} />}
      </div>
      <div className={styles.answer} aria-live="polite">
        <SideState side={side} working={t(`score.${words}.working`)} />
        {file && (
          <div className={styles.buttons}>
            <FileButton project={project} artifact={file} icon={<DownloadOutlined />} type="primary">
              {t(`score.${words}.download`)}
            </FileButton>
          </div>
        )}
        {table && (
          <TableView
            source={{ kind: "artifact", project, id: table }}
            label={t(`score.${words}.table`)}
            height={320}
            fromEnd
          />
        )}
      </div>
    </Card>
  );
}

/** What the file is called, where the flow leaves that open: after what was scored, and the run whose model did it. */
function fileName(known: Record<string, unknown>, dataset: string, run: number): Record<string, string> {
  return Object.hasOwn(known, SCORE.file) ? { [SCORE.file]: `${dataset}-by-run-${run}.csv` } : {};
}
