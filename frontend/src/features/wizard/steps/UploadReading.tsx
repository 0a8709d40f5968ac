import { CheckCircleFilled, WarningFilled } from "@ant-design/icons";
import { Button, Radio, Table } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { queries, type Schemas } from "../../../api/client";
import { ErrorNotice } from "../../../lib/ErrorNotice";
import { Loading } from "../../../lib/Loading";
import { useLocalize } from "../../../lib/localize";
import { readText } from "../../../lib/readText";
import { endingsOf, useFileReaders } from "../../datasets/import/readers";
import { startImport } from "../../datasets/import/startImport";
import { datasetNameFor, isDatasetName } from "../../datasets/upload/plan";
import styles from "./steps.module.css";
import { typeWord } from "./typeWord";
import { UploadName } from "./UploadName";
import { useFreeName } from "./useFreeName";

interface UploadReadingProps {
  project: string;
  upload: Schemas["Upload"];
  onStarted: () => void;
  onAnother: () => void;
}

const FALLBACK = "data";
const PREVIEW = "/api/v1/projects/{project_name}/uploads/{upload_id}/preview";

/** How a file would be read, in plain words, with what could be meant instead at a click. */
export function UploadReading({ project, upload, onStarted, onAnother }: UploadReadingProps) {
  const { t } = useTranslation("wizard");
  const readers = useFileReaders();
  const [options, setOptions] = useState<Record<string, unknown> | null>(null);
  const [typed, setTyped] = useState<string | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  // Names of datasets have Latin letters; a file's name may have none.
  const own = (readers && datasetNameFor(upload.file_name, endingsOf(readers))) || FALLBACK;
  const free = useFreeName(project, own);
  const name = typed ?? free ?? "";
  const preview = queries.useQuery(
    "post",
    PREVIEW,
    {
      params: { path: { project_name: project, upload_id: upload.id } },
      body: { ...(options && { options }) },
    },
    { retry: false, staleTime: Number.POSITIVE_INFINITY, placeholderData: (before) => before },
  );
  if (preview.error && !preview.data)
    return (
      <>
        <ErrorNotice error={preview.error} />
        <Button onClick={onAnother}>{t("anotherFile")}</Button>
      </>
    );
  if (!preview.data || !readers) return <Loading />;
  const { operator, columns, rows, reading, options: chosen } = preview.data;
  const isUnreadable = reading.some(({ code }) => code === "unreadable");
  const take = async () => {
    setBusy(true);
    setError(null);
    try {
      await startImport(project, name, { upload: upload.id, source: operator, options: chosen });
      onStarted();
    } catch (problem) {
      setError(problem);
    } finally {
      setBusy(false);
    }
  };
  return (
    <div className={styles.reading}>
      <h3>{t("howRead", { file: upload.file_name })}</h3>
      <ul className={styles.readings}>
        {reading.map((each) => (
          <ReadingOf
            key={`${each.code} ${each.columns.join(" ")}`}
            reading={each}
            onChoose={(choice) => setOptions({ ...options, ...choice })}
          />
        ))}
      </ul>
      {columns && columns.length > 0 && (
        <Table
          size="small"
          aria-label={t("firstRows")}
          pagination={false}
          scroll={{ x: "max-content", y: 240 }}
          loading={preview.isPlaceholderData}
          rowKey={(_, index) => index ?? 0}
          dataSource={rows}
          columns={columns.map(({ name, type }, at) => ({
            title: (
              <>
                {name} <span className={styles.quiet}>{t(typeWord(type))}</span>
              </>
            ),
            key: name,
            render: (_: unknown, row: (string | null)[]) => row[at] ?? <span className={styles.quiet}>{t("gap")}</span>,
          }))}
        />
      )}
      {free !== undefined && <UploadName own={own} free={free} value={name} onChange={setTyped} />}
      {error !== null && <ErrorNotice error={error} />}
      <div className={styles.actions}>
        <Button
          type="primary"
          loading={isBusy}
          disabled={isUnreadable || !isDatasetName(name)}
          onClick={() => void take()}
        >
          {t("useFile")}
        </Button>
        <Button onClick={onAnother}>{t("anotherFile")}</Button>
      </div>
    </div>
  );
}

interface ReadingOfProps {
  reading: Schemas["Reading"];
  onChoose: (options: Record<string, unknown>) => void;
}

/** One thing about how the file is read; what could be meant instead stands open where it is only a guess. */
function ReadingOf({ reading, onChoose }: ReadingOfProps) {
  const { t } = useTranslation("wizard");
  const localize = useLocalize();
  const isSure = reading.certain && reading.code !== "unreadable";
  const [isOpen, setOpen] = useState(!isSure);
  const title = localize(readText(reading.title));
  const at = reading.options.findIndex(({ chosen }) => chosen);
  const Icon = isSure ? CheckCircleFilled : WarningFilled;
  return (
    <li data-sure={isSure || undefined}>
      <Icon className={styles.readingIcon} aria-hidden="true" />
      <div className={styles.readingWords}>
        <strong>{title}</strong> <span className={styles.quiet}>{localize(readText(reading.meaning))}</span>
        {isOpen && reading.options.length > 1 && (
          <Radio.Group
            aria-label={title}
            value={at < 0 ? null : at}
            options={reading.options.map(({ label }, value) => ({ value, label: localize(readText(label)) }))}
            onChange={({ target }) => onChoose(reading.options[Number(target.value)]?.options ?? {})}
          />
        )}
      </div>
      {!isOpen && reading.options.length > 1 && (
        <Button size="small" type="link" aria-label={t("changeOf", { title })} onClick={() => setOpen(true)}>
          {t("change")}
        </Button>
      )}
    </li>
  );
}
