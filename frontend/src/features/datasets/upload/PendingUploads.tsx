import { Button, Popconfirm } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { queries } from "../../../api/client";
import { useMayHere, useProjectName, useProjectPath } from "../../../api/project";
import { Ago } from "../../../lib/Ago";
import { useFormat } from "../../../lib/format";
import { Card } from "../../../lib/Page";
import { useAct } from "../../../lib/useAct";
import { StateTag } from "../../runs/parts/StateTag";
import { useAdding } from "../add/adding";
import { changeDraft } from "../import/importDrafts";
import type { Upload } from "./transfer";
import { cancelTransfer, useTransfers } from "./transfers";
import styles from "./Upload.module.css";
import { UploadProgress } from "./UploadProgress";

/** So many are shown at once: the datasets below are what the page is for. */
const FEW = 3;

/** Files that are on their way, or here and not imported. Nothing where there are none. */
export function PendingUploads() {
  const { t } = useTranslation("datasets");
  const project_name = useProjectName();
  const mayWrite = useMayHere("dataset.write");
  const uploads = queries.useQuery(
    "get",
    "/api/v1/projects/{project_name}/uploads",
    { params: { path: { project_name }, query: { pending: true, limit: 200 } } },
    { refetchInterval: ({ state: { data } }) => (data?.items.some(isMoving) ? 2_000 : 10_000) },
  );
  const items = [...(uploads.data?.items ?? [])].sort((a, b) => b.created_at - a.created_at);
  const [isWhole, setWhole] = useState(false);
  if (items.length === 0) return null;
  return (
    <Card
      title={t("pending.title")}
      flush
      actions={
        items.length > FEW && (
          <Button type="link" size="small" aria-expanded={isWhole} onClick={() => setWhole(!isWhole)}>
            {isWhole ? t("pending.fewer") : t("pending.all", { count: items.length })}
          </Button>
        )
      }
    >
      <ul className={styles.pending}>
        {items.slice(0, isWhole ? items.length : FEW).map((upload) => (
          <li key={upload.id}>
            <div className={styles.what}>
              <Pending project={project_name} upload={upload} mayWrite={mayWrite} />
              <p className={styles.about}>
                {upload.created_by && <>{upload.created_by} · </>}
                {t("pending.begun")} <Ago at={upload.created_at} /> · {t("pending.kept")} <Ago at={upload.expires_at} />
              </p>
            </div>
            {mayWrite && <Actions project={project_name} upload={upload} />}
          </li>
        ))}
      </ul>
    </Card>
  );
}

/** Whether it changes by itself. */
function isMoving({ state, run_state }: Upload): boolean {
  return state === "open" || run_state === "queued" || run_state === "running";
}

function Pending({ project, upload, mayWrite }: { project: string; upload: Upload; mayWrite: boolean }) {
  const { t } = useTranslation("datasets");
  const format = useFormat();
  const path = useProjectPath();
  if (upload.state === "open") return <UploadProgress project={project} upload={upload} mayWrite={mayWrite} />;
  return (
    <>
      <div className={styles.line}>
        <strong>{upload.file_name}</strong>
        <span className="numbers">{format.bytes(upload.size)}</span>
        {upload.run_state && upload.run_id !== null && (
          <Link to={path(`/runs/${upload.run_id}`)}>
            <StateTag state={upload.run_state} />
          </Link>
        )}
      </div>
      {upload.state === "failed" ? (
        <p className={styles.error}>{upload.error}</p>
      ) : (
        <p className={styles.about}>
          {upload.run_state === null
            ? t("pending.complete")
            : isMoving(upload)
              ? t("pending.importing", { dataset: upload.dataset })
              : t("pending.importFailed", { dataset: upload.dataset })}
        </p>
      )}
    </>
  );
}

function Actions({ project, upload }: { project: string; upload: Upload }) {
  const { t } = useTranslation("datasets");
  const { go } = useAdding();
  const { act } = useAct();
  const isSending = useTransfers(({ of }) => of[upload.id]?.phase);
  const isOpen = upload.state === "open";
  const isImporting = upload.run_state !== null && isMoving(upload);
  const toDialog = () => {
    changeDraft(upload.id, { run: null });
    go({ way: "file", upload: upload.id, isAgain: upload.run_state !== null && !isImporting });
  };
  const label = isOpen
    ? "pending.continue"
    : isImporting
      ? "pending.look"
      : upload.run_state === null
        ? "pending.import"
        : "pending.again";
  return (
    <>
      {upload.state !== "failed" && !(isOpen && (upload.source || isSending)) && (
        <Button size="small" type={isImporting ? "default" : "primary"} onClick={toDialog}>
          {t(label)}
        </Button>
      )}
      {!isOpen && !isImporting && (
        <Popconfirm
          title={t("upload.cancelSure", { file: upload.file_name })}
          okText={t("upload.discard")}
          cancelText={t("upload.keep")}
          onConfirm={() => act(() => cancelTransfer(project, upload.id))}
        >
          <Button size="small">{t("upload.discard")}</Button>
        </Popconfirm>
      )}
    </>
  );
}
