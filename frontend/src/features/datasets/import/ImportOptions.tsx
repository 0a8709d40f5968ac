import { Alert, Button, Select } from "antd";
import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiError } from "../../../api/client";
import { useProjectName } from "../../../api/project";
import { usePreferences } from "../../../app/preferences";
import { titleOf } from "../../../canvas/model/spec";
import { type FieldProblem, SchemaForm } from "../../../forms/SchemaForm";
import { ErrorNotice } from "../../../lib/ErrorNotice";
import { Loading } from "../../../lib/Loading";
import { datasetNameFor, isDatasetName } from "../upload/plan";
import type { Upload } from "../upload/transfer";
import { FilePreview } from "./FilePreview";
import styles from "./Import.module.css";
import { changeDraft, type ImportDraft, useImportDraft, wantImport } from "./importDrafts";
import { NameField } from "./NameField";
import { endingsOf, type FileReader, readerFor, useFileReaders, useReaderSpec, withoutFile } from "./readers";

interface ImportOptionsProps {
  upload: Upload;
  /** The file itself where this page has it: its beginning is shown. */
  file: File | null;
  /** Whether all of it has arrived. */
  isHere: boolean;
  dataset?: string;
}

/** How a file is read, and what the dataset is called. */
export function ImportOptions({ upload, file, isHere, dataset }: ImportOptionsProps) {
  const { t } = useTranslation("datasets");
  const project = useProjectName();
  const readers = useFileReaders();
  const draft = useImportDraft(upload.id);
  const change = (part: Partial<ImportDraft>) => changeDraft(upload.id, part);
  // It was tried before: then the options are what is looked for.
  const [isSpecial] = useState(upload.run_id !== null || Object.keys(draft.options).length > 0);
  if (!readers) return <Loading />;
  const known = readerFor(readers, upload.file_name);
  const reader = readers.find(({ operator }) => operator === draft.source) ?? known;
  const name = dataset ?? draft.name ?? upload.dataset ?? datasetNameFor(upload.file_name, endingsOf(readers));

  const isWanted = draft.phase === "wanted";
  const submit = () => {
    if (!reader || draft.phase === "starting") return;
    if (isWanted) change({ phase: "open" });
    else wantImport(project, upload.id, name, reader.operator, isHere);
  };
  const problems = fieldProblems(draft.error);
  return (
    <form
      className={styles.options}
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      {file && <FilePreview file={file} />}
      <div className={styles.fields}>
        {!dataset && <NameField value={name} onChange={(value) => change({ name: value })} />}
        <ReaderField
          readers={readers}
          value={reader?.operator}
          onChange={(source) => change({ source, options: {} })}
        />
      </div>
      {!known && !reader && (
        <Alert type="info" showIcon title={t("import.unknownEnding", { file: upload.file_name })} />
      )}
      {reader && (
        <details className={styles.how} open={isSpecial || problems.length > 0}>
          <summary>{t("import.options")}</summary>
          <ReaderForm
            reader={reader}
            values={draft.options}
            problems={problems}
            onChange={(options) => change({ options })}
          />
        </details>
      )}
      {draft.error !== null && <ErrorNotice error={draft.error} />}
      <div className="form-buttons">
        {isWanted && !isHere && <span className={styles.wanted}>{t("import.wanted")}</span>}
        <Button
          type={isWanted ? "default" : "primary"}
          htmlType="submit"
          loading={draft.phase === "starting"}
          disabled={!reader || !isDatasetName(name)}
        >
          {isHere ? t("import.start") : t(isWanted ? "import.notWanted" : "import.waits")}
        </Button>
      </div>
    </form>
  );
}

interface ReaderFieldProps {
  readers: readonly FileReader[];
  value: string | undefined;
  onChange: (key: string) => void;
}

function ReaderField({ readers, value, onChange }: ReaderFieldProps) {
  const { t } = useTranslation("datasets");
  const id = useId();
  return (
    <div className={styles.field}>
      <label htmlFor={id}>{t("import.readAs")}</label>
      <Select<string>
        id={id}
        {...(value && { value })}
        placeholder={t("import.chooseReader")}
        options={readers.map(({ operator }) => ({ value: operator, label: <ReaderTitle of={operator} /> }))}
        onChange={onChange}
      />
      <p className={styles.help}>{t("import.readAsHelp")}</p>
    </div>
  );
}

function ReaderTitle({ of }: { of: string }) {
  const language = usePreferences((preferences) => preferences.language);
  const spec = useReaderSpec(of);
  return spec.data ? titleOf(spec.data, language) : of;
}

interface ReaderFormProps {
  reader: FileReader;
  values: Record<string, unknown>;
  problems: readonly FieldProblem[];
  onChange: (values: Record<string, unknown>) => void;
}

function ReaderForm({ reader, values, problems, onChange }: ReaderFormProps) {
  const spec = useReaderSpec(reader.operator);
  if (spec.error) return <ErrorNotice error={spec.error} onRetry={() => void spec.refetch()} />;
  if (!spec.data) return <Loading />;
  return (
    <SchemaForm
      spec={withoutFile(spec.data, reader.file_param)}
      values={values}
      onChange={(change) => onChange(change.values)}
      columns={() => null}
      problems={problems}
    />
  );
}

/** What the server found wrong with options, at the fields. */
function fieldProblems(error: unknown): FieldProblem[] {
  const found = error instanceof ApiError ? error.details.problems : null;
  if (!Array.isArray(found)) return [];
  return found.flatMap((each: unknown) => {
    if (typeof each !== "object" || each === null || !("field" in each) || !("message" in each)) return [];
    const field = String(each.field).replace(/^options\./, "params.");
    return [{ field, code: "refused", message: String(each.message), level: "error" }];
  });
}
