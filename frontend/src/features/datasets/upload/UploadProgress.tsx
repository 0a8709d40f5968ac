import { CaretRightOutlined, PauseOutlined } from "@ant-design/icons";
import { Button, Popconfirm, Progress } from "antd";
import { useTranslation } from "react-i18next";
import { useFormat } from "../../../lib/format";
import { messageOf } from "../../../lib/messageOf";
import { useAct } from "../../../lib/useAct";
import { remaining } from "./plan";
import type { Upload } from "./transfer";
import { cancelTransfer, pauseTransfer, resumeTransfer, useTransfers } from "./transfers";
import styles from "./Upload.module.css";

interface UploadProgressProps {
  project: string;
  upload: Upload;
  mayWrite: boolean;
  onCancelled?: () => void;
}

/** How far an upload is: how fast it goes, how long it takes, why it waits. */
export function UploadProgress({ project, upload, mayWrite, onCancelled }: UploadProgressProps) {
  const { t } = useTranslation("datasets");
  const format = useFormat();
  const { act } = useAct();
  const own = useTransfers(({ of }) => of[upload.id]);
  const received = Math.max(own?.received ?? 0, upload.received);
  const percent = Math.floor((received / upload.size) * 100);
  const cancel = async () => {
    if (await act(() => cancelTransfer(project, upload.id))) onCancelled?.();
  };
  return (
    <div className={styles.progress}>
      <div className={styles.progressHead}>
        <strong>{upload.file_name}</strong>
        <span className="numbers">
          {t("upload.of", { received: format.bytes(received), size: format.bytes(upload.size) })}
        </span>
        <span className={styles.space} />
        {mayWrite && own && (own.phase === "sending" || own.phase === "waiting") && (
          <Button size="small" icon={<PauseOutlined />} onClick={() => pauseTransfer(upload.id)}>
            {t("upload.pause")}
          </Button>
        )}
        {mayWrite && own && (own.phase === "paused" || own.phase === "failed") && (
          <Button size="small" icon={<CaretRightOutlined />} onClick={() => resumeTransfer(upload.id)}>
            {t("upload.resume")}
          </Button>
        )}
        {mayWrite && (
          <Popconfirm
            title={t("upload.cancelSure", { file: upload.file_name })}
            okText={t("upload.discard")}
            cancelText={t("upload.keep")}
            onConfirm={cancel}
          >
            <Button size="small">{t("upload.cancel")}</Button>
          </Popconfirm>
        )}
      </div>
      <Progress
        percent={percent}
        aria-label={t("upload.progressOf", { file: upload.file_name })}
        status={own?.phase === "failed" ? "exception" : own?.phase === "sending" ? "active" : "normal"}
      />
      <p className={styles.progressText} role="status">
        <ProgressText upload={upload} received={received} />
      </p>
    </div>
  );
}

function ProgressText({ upload, received }: { upload: Upload; received: number }) {
  const { t } = useTranslation("datasets");
  const format = useFormat();
  const own = useTransfers(({ of }) => of[upload.id]);
  if (!own) return upload.source ? t("upload.fetching") : t("upload.notHere");
  switch (own.phase) {
    case "paused":
      return t("upload.paused");
    case "waiting":
      return t("upload.waiting", { message: messageOf(own.trouble) });
    case "failed":
      return t("upload.failed", { message: messageOf(own.trouble) });
    case "arrived":
      return t("upload.arrived");
    default: {
      const seconds = remaining(upload.size, received, own.speed);
      if (own.speed === null || seconds === null) return t("upload.sending");
      return t("upload.speed", { speed: format.bytes(own.speed), left: format.duration(Math.ceil(seconds)) });
    }
  }
}
