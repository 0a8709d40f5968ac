import { useQueryClient } from "@tanstack/react-query";
import { Alert, Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiError, queries } from "../../../api/client";
import { useMayHere, useProjectName } from "../../../api/project";
import { ErrorNotice } from "../../../lib/ErrorNotice";
import { useFormat } from "../../../lib/format";
import { Loading } from "../../../lib/Loading";
import { ImportOptions } from "../import/ImportOptions";
import { ImportRun } from "../import/ImportRun";
import { changeDraft, useImportDraft } from "../import/importDrafts";
import { endingsOf, useFileReaders } from "../import/readers";
import { ChooseFile } from "../upload/ChooseFile";
import { isSameFile } from "../upload/plan";
import { cheapSha256 } from "../upload/sha256";
import type { Upload } from "../upload/transfer";
import { beginTransfer, goOnWith, useTransfers } from "../upload/transfers";
import { UploadProgress } from "../upload/UploadProgress";
import { useAdding } from "./adding";

interface FromFileProps {
  /** null: no file has been chosen yet. */
  upload: string | null;
  isAgain: boolean;
  /** The dataset of which the file becomes a version; otherwise a person names it. */
  dataset?: string;
}

/** A file of this computer: sent, then imported. */
export function FromFile({ upload, isAgain, dataset }: FromFileProps) {
  if (upload === null) return <FirstChoice />;
  return <Begun id={upload} isAgain={isAgain} {...(dataset && { dataset })} />;
}

function FirstChoice() {
  const { t } = useTranslation("datasets");
  const project = useProjectName();
  const readers = useFileReaders();
  const { go } = useAdding();
  const pending = queries.useQuery("get", "/api/v1/projects/{project_name}/uploads", {
    params: { path: { project_name: project }, query: { pending: true, limit: 200 } },
  });
  const client = useQueryClient();
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const take = async (file: File) => {
    if (file.size === 0) return setError(new Error(t("file.isEmpty", { file: file.name })));
    setBusy(true);
    setError(null);
    try {
      const known = pending.data?.items.find((each) => each.state === "open" && !each.source && isSameFile(each, file));
      if (known && (await hasSameContent(known, file))) {
        goOnWith(project, known, file);
        go({ way: "file", upload: known.id });
      } else {
        go({ way: "file", upload: (await beginTransfer(project, file)).id });
      }
      void client.invalidateQueries({ queryKey: ["get", "/api/v1/projects/{project_name}/uploads"] });
    } catch (problem) {
      setError(problem);
    } finally {
      setBusy(false);
    }
  };
  const endings = readers ? endingsOf(readers) : [];
  return (
    <>
      <ChooseFile
        title={t("file.choose")}
        help={t("file.help", { endings: endings.filter((ending) => !ending.endsWith(".gz")).join(" ") })}
        isBusy={isBusy}
        onChoose={(file) => void take(file)}
      />
      {error !== null && <ErrorNotice error={error} />}
    </>
  );
}

function Begun({ id, isAgain, dataset }: { id: string; isAgain: boolean; dataset?: string }) {
  const { t } = useTranslation("datasets");
  const project = useProjectName();
  const mayWrite = useMayHere("dataset.write");
  const { go, close } = useAdding();
  const own = useTransfers(({ of }) => of[id]);
  const draft = useImportDraft(id);
  const query = queries.useQuery(
    "get",
    "/api/v1/projects/{project_name}/uploads/{upload_id}",
    { params: { path: { project_name: project, upload_id: id } } },
    { refetchInterval: ({ state: { data } }) => (data?.state === "open" ? 1_500 : false) },
  );
  // A lost connection leaves what is known; an upload that is gone does not come back.
  if (query.error && (!query.data || (query.error instanceof ApiError && query.error.status === 404)))
    return <ErrorAndAgain error={query.error} label={t("file.another")} onAgain={() => go({ way: "file" })} />;
  const upload = query.data;
  if (!upload) return <Loading />;
  if (upload.state === "failed")
    return (
      <ErrorAndAgain
        error={new Error(upload.error ?? "")}
        label={t("file.another")}
        onAgain={() => go({ way: "file" })}
      />
    );
  const run = draft.run ?? (isAgain ? null : upload.run_id);
  if (run !== null)
    return (
      <ImportRun
        run={run}
        dataset={dataset ?? draft.name ?? upload.dataset ?? ""}
        onAgain={() => {
          changeDraft(id, { run: null });
          go({ way: "file", upload: id, isAgain: true });
        }}
      />
    );
  return (
    <>
      {upload.state === "open" && own && (
        <UploadProgress project={project} upload={upload} mayWrite={mayWrite} onCancelled={close} />
      )}
      {upload.state === "open" && !own && !upload.source && <ChooseAgain project={project} upload={upload} />}
      {(upload.state !== "open" || own) && (
        <ImportOptions
          upload={upload}
          file={own?.file ?? null}
          isHere={upload.state !== "open" || own?.phase === "arrived"}
          {...(dataset && { dataset })}
        />
      )}
    </>
  );
}

/** After a refresh the browser has forgotten which file it was: it is chosen again, and the rest is sent. */
function ChooseAgain({ project, upload }: { project: string; upload: Upload }) {
  const { t } = useTranslation("datasets");
  const format = useFormat();
  const [problem, setProblem] = useState<string | null>(null);
  const take = async (file: File) => {
    if (!isSameFile(upload, file)) {
      setProblem(
        t("file.otherFile", {
          chosen: file.name,
          chosenSize: format.number(file.size),
          wanted: upload.file_name,
          size: format.number(upload.size),
        }),
      );
    } else if (!(await hasSameContent(upload, file))) {
      setProblem(t("file.otherContent"));
    } else {
      goOnWith(project, upload, file);
    }
  };
  return (
    <>
      <ChooseFile
        title={t("file.chooseAgain")}
        help={t("file.chooseAgainHelp", {
          file: upload.file_name,
          size: format.number(upload.size),
          part: format.percent(upload.received / upload.size),
        })}
        onChoose={(file) => void take(file)}
      />
      {problem && <Alert type="warning" showIcon title={problem} />}
    </>
  );
}

/** Where the checksum of the whole file is known and cheap to compute, name and size are not enough. */
async function hasSameContent(upload: Upload, file: File): Promise<boolean> {
  if (upload.sha256 === null) return true;
  const digest = await cheapSha256(file);
  return digest === null || digest === upload.sha256;
}

function ErrorAndAgain({ error, label, onAgain }: { error: unknown; label: string; onAgain: () => void }) {
  return (
    <>
      <ErrorNotice error={error} />
      <div className="form-buttons">
        <Button onClick={onAgain}>{label}</Button>
      </div>
    </>
  );
}
