import { useQueryClient } from "@tanstack/react-query";
import { Button, Progress } from "antd";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { queries } from "../../../api/client";
import { useProjectName, useProjectPath } from "../../../api/project";
import { messageOf } from "../../../lib/messageOf";
import { useAct } from "../../../lib/useAct";
import { StateTag } from "../../runs/parts/StateTag";
import type { Upload } from "../upload/transfer";
import { cancelTransfer } from "../upload/transfers";
import styles from "./AddData.module.css";

/** A table of a public dataset on its way here: fetched by the server, then imported. */
export function LoadingTable({ upload: id }: { upload: string }) {
  const { t } = useTranslation("datasets");
  const project_name = useProjectName();
  const path = useProjectPath();
  const client = useQueryClient();
  const { act } = useAct();
  const upload = queries.useQuery(
    "get",
    "/api/v1/projects/{project_name}/uploads/{upload_id}",
    { params: { path: { project_name, upload_id: id } } },
    { refetchInterval: ({ state: { data } }) => (data && isOver(data) ? false : 1_000) },
  );
  const isDone = upload.data?.run_state === "done";
  useEffect(() => {
    if (isDone) void client.invalidateQueries({ queryKey: ["get", "/api/v1/projects/{project_name}/datasets"] });
  }, [isDone, client]);
  if (upload.error) return <p className={styles.facts}>{messageOf(upload.error)}</p>;
  if (!upload.data) return null;
  const { dataset, file_name, received, size, state, error, run_id, run_state } = upload.data;
  return (
    <div className={styles.loadingRow}>
      <span>{file_name}</span>
      {state === "failed" ? (
        <span className={styles.error}>{error}</span>
      ) : run_state !== null ? (
        <Link to={path(`/runs/${run_id}`)}>
          <StateTag state={run_state} />
        </Link>
      ) : (
        <Progress percent={Math.floor((received / size) * 100)} size="small" aria-label={file_name} />
      )}
      {isDone && dataset !== null ? (
        <Link to={path(`/datasets/${encodeURIComponent(dataset)}`)}>{t("public.open", { name: dataset })}</Link>
      ) : state === "open" ? (
        <Button size="small" onClick={() => void act(() => cancelTransfer(project_name, id))}>
          {t("upload.cancel")}
        </Button>
      ) : (
        <span />
      )}
    </div>
  );
}

function isOver({ state, run_state }: Upload): boolean {
  return state === "failed" || run_state === "done" || run_state === "failed" || run_state === "cancelled";
}
