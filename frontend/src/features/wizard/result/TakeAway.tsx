import { FilePdfOutlined, FileTextOutlined, TableOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { useTranslation } from "react-i18next";
import type { Schemas } from "../../../api/client";
import { usePreferences } from "../../../app/preferences";
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
  /** The language of the first of its files; the others are in the other one. */
  writtenIn: string;
  /** Where the model was made; null: the flow makes none. */
  model: { task: Schemas["Task"]; port: string } | null;
}

/** The report as files, the predictions, and the model. */
export function TakeAway({ project, run, report, words, writtenIn, model }: TakeAwayProps) {
  const { t } = useTranslation("report");
  const language = usePreferences((preferences) => preferences.language);
  const { predictions } = report.outputs;
  // Made in both languages; which one is the first, the flow's param says.
  const which = writtenIn === language ? "" : "_other";
  const page = report.outputs[`page${which}`] ?? report.outputs.page;
  const pdf = report.outputs[`pdf${which}`] ?? report.outputs.pdf;
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
