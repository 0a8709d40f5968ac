import { useQueryClient } from "@tanstack/react-query";
import { Alert, Button, Checkbox, Modal } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { api, queries } from "../../../api/client";
import { useProjectName, useProjectPath } from "../../../api/project";
import { ErrorNotice } from "../../../lib/ErrorNotice";
import { useFormat } from "../../../lib/format";
import { Loading } from "../../../lib/Loading";
import { DATASET_PATH, type Dataset } from "../dataset";
import { Readers } from "../lineage/Readers";
import styles from "./Retention.module.css";

/** Asks before a dataset goes; where flows read it, it names them and asks twice. */
export function DeleteDataset({ dataset, onClose }: { dataset: Dataset; onClose: () => void }) {
  const { t } = useTranslation("datasets");
  const { t: common } = useTranslation();
  const format = useFormat();
  const project_name = useProjectName();
  const path = useProjectPath();
  const navigate = useNavigate();
  const client = useQueryClient();
  const [isSure, setSure] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const params = { project_name, name: dataset.name };
  const readers = queries.useQuery(
    "get",
    "/api/v1/projects/{project_name}/datasets/{name}/readers",
    { params: { path: params } },
    { staleTime: 0 },
  );
  const isRead = (readers.data?.items.length ?? 0) > 0;
  const remove = async () => {
    setBusy(true);
    setError(null);
    try {
      await api.DELETE(DATASET_PATH, { params: { path: params, query: { force: isRead && isSure } } });
      await navigate(path("/datasets"));
      await client.invalidateQueries();
    } catch (problem) {
      setError(problem);
      void readers.refetch();
    } finally {
      setBusy(false);
    }
  };
  return (
    <Modal
      open
      title={t("deletion.sure", { name: dataset.name })}
      width={isRead ? 760 : 520}
      onCancel={onClose}
      footer={[
        <Button key="cancel" onClick={onClose}>
          {common("cancel")}
        </Button>,
        <Button
          key="delete"
          danger
          type="primary"
          loading={isBusy}
          disabled={!readers.data || (isRead && !isSure)}
          onClick={() => void remove()}
        >
          {t("deletion.confirm", { name: dataset.name })}
        </Button>,
      ]}
    >
      <div className={styles.ask}>
        <p>
          {t("deletion.what", { count: dataset.versions, rows: format.number(dataset.rows ?? 0) })}{" "}
          {t("deletion.after")}
        </p>
        {readers.error ? (
          <ErrorNotice error={readers.error} onRetry={() => void readers.refetch()} />
        ) : !readers.data ? (
          <Loading />
        ) : isRead ? (
          <>
            <Alert type="warning" showIcon title={t("deletion.readBy", { count: readers.data.items.length })} />
            <Readers readers={readers.data.items} />
            <Checkbox checked={isSure} onChange={(event) => setSure(event.target.checked)}>
              {t("deletion.anyway")}
            </Checkbox>
          </>
        ) : (
          <Alert type="success" showIcon title={t("deletion.readByNobody")} />
        )}
        {error !== null && <ErrorNotice error={error} />}
      </div>
    </Modal>
  );
}
