import { InboxOutlined } from "@ant-design/icons";
import { useQueryClient } from "@tanstack/react-query";
import { Alert, Button, Checkbox, Modal, Upload } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { ApiError, changeHeaders, errorOf, type Schemas } from "../../api/client";
import { messageOf } from "../../lib/messageOf";
import { newKey } from "../../lib/newKey";
import styles from "./UploadDialog.module.css";

/** Take in a package: everything that is wrong with it is listed, or the release with its test report opens. */
export function UploadDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation("operators");
  const navigate = useNavigate();
  const client = useQueryClient();
  const [file, setFile] = useState<File | null>(null);
  const [submits, setSubmits] = useState(true);
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);

  const send = async () => {
    if (!file) return;
    setBusy(true);
    setError(null);
    try {
      const { name, version } = await upload(file, submits);
      await client.invalidateQueries();
      await navigate(`/releases/${encodeURIComponent(name)}/${encodeURIComponent(version)}`);
    } catch (problem) {
      setError(problem);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Modal
      open
      title={t("publish")}
      onCancel={onClose}
      closable={!isBusy}
      mask={{ closable: !isBusy }}
      keyboard={!isBusy}
      footer={
        <>
          <Button onClick={onClose} disabled={isBusy}>
            {t("cancel")}
          </Button>
          <Button type="primary" disabled={!file} loading={isBusy} onClick={() => void send()}>
            {isBusy ? t("testing") : t("upload")}
          </Button>
        </>
      }
    >
      <Upload.Dragger
        accept=".whl,.zip,.gz,.tgz"
        maxCount={1}
        disabled={isBusy}
        fileList={file ? [{ uid: "package", name: file.name }] : []}
        beforeUpload={(chosen) => {
          setFile(chosen);
          setError(null);
          return false;
        }}
        onRemove={() => setFile(null)}
      >
        <p className={styles.icon}>
          <InboxOutlined />
        </p>
        <p>{t("dropHere")}</p>
        <p className={styles.help}>{t("dropHelp")}</p>
      </Upload.Dragger>
      <Checkbox
        className={styles.submit ?? ""}
        checked={submits}
        onChange={(event) => setSubmits(event.target.checked)}
        disabled={isBusy}
      >
        {t("submitAtOnce")}
      </Checkbox>
      {isBusy && <p role="status">{t("testingHelp")}</p>}
      {error !== null && <Refusal error={error} />}
    </Modal>
  );
}

/** Why a package is not taken, point by point. */
function Refusal({ error }: { error: unknown }) {
  const reasons =
    error instanceof ApiError && Array.isArray(error.details.reasons) ? error.details.reasons.map(String) : [];
  return (
    <Alert
      type="error"
      showIcon
      title={messageOf(error)}
      description={
        reasons.length > 0 && (
          <ul className={styles.reasons}>
            {reasons.map((reason) => (
              <li key={reason}>{reason}</li>
            ))}
          </ul>
        )
      }
    />
  );
}

async function upload(file: File, submits: boolean): Promise<Schemas["Release"]> {
  const answer = await fetch(`/api/v1/operator-releases?submit=${submits}`, {
    method: "POST",
    body: file,
    headers: { ...changeHeaders(), "Content-Type": "application/octet-stream", "Idempotency-Key": newKey() },
  });
  if (!answer.ok) throw await errorOf(answer);
  return (await answer.json()) as Schemas["Release"];
}
