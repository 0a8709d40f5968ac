import { Alert, Button } from "antd";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { queries } from "../../../api/client";
import { ErrorNotice } from "../../../lib/ErrorNotice";
import { ImportRun } from "../../datasets/import/ImportRun";
import { endingsOf, useFileReaders } from "../../datasets/import/readers";
import { ChooseFile } from "../../datasets/upload/ChooseFile";
import { beginTransfer } from "../../datasets/upload/transfers";
import { UploadProgress } from "../../datasets/upload/UploadProgress";
import styles from "./steps.module.css";
import { UploadReading } from "./UploadReading";

interface UploadDataProps {
  project: string;
  /** The dataset that came of the file. */
  onMade: (dataset: string) => void;
}

/** A file of this computer that becomes a dataset. How far it is, is in the address: a refresh goes on there. */
export function UploadData({ project, onMade }: UploadDataProps) {
  const { t } = useTranslation("wizard");
  const readers = useFileReaders();
  const [address, setAddress] = useSearchParams();
  const [error, setError] = useState<unknown>(null);
  const [empty, setEmpty] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const upload = address.get("upload");
  const show = (id: string | null) =>
    setAddress(
      (before) => {
        const after = new URLSearchParams(before);
        if (id === null) after.delete("upload");
        else after.set("upload", id);
        return after;
      },
      { replace: true },
    );
  const take = async (file: File) => {
    setEmpty(file.size === 0 ? file.name : null);
    setError(null);
    if (file.size === 0) return;
    setBusy(true);
    try {
      show((await beginTransfer(project, file)).id);
    } catch (problem) {
      setError(problem);
    } finally {
      setBusy(false);
    }
  };
  const endings = readers ? endingsOf(readers).filter((ending) => !ending.endsWith(".gz")) : [];
  return (
    <section className={styles.upload} aria-label={t("upload")}>
      {upload === null ? (
        <ChooseFile
          title={t("chooseFile")}
          help={t("fileHelp", { endings: endings.join(" ") })}
          isBusy={isBusy}
          onChoose={(file) => void take(file)}
        />
      ) : (
        <Begun key={upload} project={project} id={upload} onMade={onMade} onAnother={() => show(null)} />
      )}
      {empty !== null && <Alert type="error" showIcon title={t("fileEmpty", { file: empty })} />}
      {error !== null && <ErrorNotice error={error} />}
    </section>
  );
}

function Begun({ project, id, onMade, onAnother }: UploadDataProps & { id: string; onAnother: () => void }) {
  const { t } = useTranslation("wizard");
  const [isAgain, setAgain] = useState(false);
  const query = queries.useQuery(
    "get",
    "/api/v1/projects/{project_name}/uploads/{upload_id}",
    { params: { path: { project_name: project, upload_id: id } } },
    {
      refetchInterval: ({ state: { data } }) =>
        data?.state === "open" || data?.run_state === "queued" || data?.run_state === "running" ? 1_000 : false,
    },
  );
  const upload = query.data;
  const made = upload?.run_state === "done" ? upload.dataset : null;
  const told = useRef<string | null>(null);
  useEffect(() => {
    if (!made || told.current === made) return;
    told.current = made;
    onMade(made);
    onAnother();
  });
  const another = <Button onClick={onAnother}>{t("anotherFile")}</Button>;
  if (query.error)
    return (
      <>
        <ErrorNotice error={query.error} /> {another}
      </>
    );
  if (!upload) return null;
  if (upload.state === "open")
    return (
      <>
        <UploadProgress project={project} upload={upload} mayWrite onCancelled={onAnother} /> {another}
      </>
    );
  if (upload.run_id !== null && upload.dataset !== null && !isAgain)
    return <ImportRun run={upload.run_id} dataset={upload.dataset} onAgain={() => setAgain(true)} />;
  return (
    <UploadReading
      project={project}
      upload={upload}
      onStarted={() => {
        setAgain(false);
        void query.refetch();
      }}
      onAnother={onAnother}
    />
  );
}
