import {
  CheckCircleOutlined,
  CloudSyncOutlined,
  DisconnectOutlined,
  EditOutlined,
  ExclamationCircleFilled,
  LockOutlined,
} from "@ant-design/icons";
import { Button, Tooltip } from "antd";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { useFlow } from "../store/flowStore";
import { MergeDialog } from "./MergeDialog";
import styles from "./SaveIndicator.module.css";
import { useSaver, useSaving } from "./SavingProvider";

/** Whether the server has what is on the screen, and what can be done when it has not. One place, so that changes are read out. */
export function SaveIndicator() {
  return (
    <span role="status">
      <State />
    </span>
  );
}

function State() {
  const { t } = useTranslation("canvas");
  const saver = useSaver();
  const readOnly = useFlow((flow) => flow.readOnly);
  const version = useFlow((flow) => flow.version);
  const { status, error, isKept } = useSaving((state) => state);
  const [isPutOff, setPutOff] = useState(false);
  if (readOnly)
    return <Mark icon={<LockOutlined />} text={t("panels.saving.readOnly")} help={t("panels.saving.readOnlyHelp")} />;

  const lost = isKept ? "" : ` ${t("panels.saving.lost")}`;
  const message = error?.message ?? "";
  switch (status) {
    case "saved":
      return (
        <Mark
          icon={<CheckCircleOutlined />}
          text={t("panels.saving.saved")}
          help={t("panels.saving.savedHelp", { version })}
        />
      );
    case "pending":
      return <Mark icon={<EditOutlined />} text={t("panels.saving.pending")} help={lost} />;
    case "saving":
      return <Mark icon={<CloudSyncOutlined />} text={t("panels.saving.saving")} help={lost} />;
    case "offline":
      return (
        <Mark
          level="warn"
          icon={<DisconnectOutlined />}
          text={t("panels.saving.offline")}
          help={isKept ? t("panels.saving.offlineHelp", { message }) : message + lost}
          onClick={() => void saver?.save()}
        />
      );
    case "refused":
      return (
        <Mark
          level="error"
          icon={<ExclamationCircleFilled />}
          text={t("panels.saving.refused")}
          help={message + lost}
          onClick={() => void saver?.save()}
        />
      );
    case "gone":
      return (
        <span className={styles.gone}>
          <Mark
            level="error"
            icon={<ExclamationCircleFilled />}
            text={t("panels.saving.gone")}
            help={t("panels.saving.goneHelp") + lost}
          />
          <Button size="small" onClick={() => void saver?.recreate()}>
            {t("panels.saving.recreate")}
          </Button>
        </span>
      );
    case "conflict":
      return (
        <>
          <Mark
            level="warn"
            icon={<ExclamationCircleFilled />}
            text={t("panels.saving.conflict")}
            help=""
            onClick={() => setPutOff(false)}
          />
          {!isPutOff && <MergeDialog onLater={() => setPutOff(true)} />}
        </>
      );
  }
}

interface MarkProps {
  icon: ReactNode;
  text: string;
  help: string;
  level?: "warn" | "error";
  onClick?: () => void;
}

function Mark({ icon, text, help, level, onClick }: MarkProps) {
  const inner = (
    <>
      {icon} {text}
    </>
  );
  return (
    <Tooltip title={help}>
      {onClick ? (
        <button type="button" className={styles.mark} data-level={level} onClick={onClick}>
          {inner}
        </button>
      ) : (
        <span className={styles.mark} data-level={level}>
          {inner}
        </span>
      )}
    </Tooltip>
  );
}
