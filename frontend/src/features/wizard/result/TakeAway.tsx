import { FilePdfOutlined, FileTextOutlined, TableOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { useTranslation } from "react-i18next";
import type { Schemas } from "../../../api/client";
import { tableFile } from "../../../data/source";
import { RegisterModel } from "../../models/RegisterModel";
import { FileButton } from "./FileButton";
import type { wordsFor } from "./report";
import styles from "./WizardResult.module.css";

interface TakeAwayProps {
  project: string;
  run: Schemas["Run"];
  report: Schemas["Task"];
  words: ReturnType<typeof wordsFor>;
  /** Where the model was made; null: the flow makes none. */
  model: { task: Schemas["Task"]; port: string } | null;
}

/** The report as files, the predictions, and the model. */
export function TakeAway({ project, run, report, words, model }: TakeAwayProps) {
  const { t } = useTranslation("report");
  const { page, pdf, predictions } = report.outputs;
  return (
    <div className={styles.buttons}>
      {pdf && (
        <FileButton project={project} artifact={pdf} icon={<FilePdfOutlined />}>
          {t("take.pdf")}
        </FileButton>
      )}
      {page && (
        <FileButton project={project} artifact={page} icon={<FileTextOutlined />}>
          {t("take.page")}
        </FileButton>
      )}
      {predictions && (
        <Button
          href={tableFile({ kind: "artifact", project, id: predictions }, "csv")}
          download
          icon={<TableOutlined />}
        >
          {t(`take.rows.${words}`)}
        </Button>
      )}
      {model && (
        <RegisterModel
          label={t("take.keep")}
          output={{ project, run: run.id, node: model.task.path, index: model.task.index, port: model.port }}
        />
      )}
    </div>
  );
}
