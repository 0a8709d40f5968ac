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
import { SideState } from "./SideState";
import { madeBy, SCORE } from "./sides";
import { useSideRun } from "./useSideRun";
import styles from "./WizardResult.module.css";

const noColumns = () => null;

/** A whole table of new rows: the same rows with answers, to look at and to take away. */
export function ScoreFile({ project, run }: { project: string; run: Schemas["Run"] }) {
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
    <Card title={t("score.title")}>
      <p className={styles.help}>{t("score.help")}</p>
      <div className={styles.score}>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void side.start(values);
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
            {t("score.start")}
          </Button>
        </form>
        {mayUpload && <UploadData project={project} onMade={(name) => setValues({ [SCORE.param]: name })} />}
      </div>
      <div className={styles.answer} aria-live="polite">
        <SideState side={side} working={t("score.working")} />
        {file && (
          <div className={styles.buttons}>
            <FileButton project={project} artifact={file} icon={<DownloadOutlined />} type="primary">
              {t("score.download")}
            </FileButton>
          </div>
        )}
        {table && <TableView source={{ kind: "artifact", project, id: table }} label={t("score.table")} height={320} />}
      </div>
    </Card>
  );
}
