import { RollbackOutlined } from "@ant-design/icons";
import { App, Button, Segmented } from "antd";
import { useTranslation } from "react-i18next";
import { useStore } from "zustand";
import { Ago } from "../../../lib/Ago";
import type { FlowDocument } from "../../model/document";
import type { FlowStore } from "../../store/flowStore";
import panel from "../../view/panel.module.css";
import styles from "./RevisionView.module.css";
import { type Against, useRevisionAddress } from "./useRevision";

interface RevisionBarProps {
  revision: number;
  document: FlowDocument;
  savedAt: number | null;
  /** The store of the flow that is edited below. */
  editor: FlowStore;
}

/** Which revision is shown, what it is compared with, and the ways from here. */
export function RevisionBar({ revision, document, savedAt, editor }: RevisionBarProps) {
  const { t } = useTranslation("canvas");
  const { message } = App.useApp();
  const { against, compare, close } = useRevisionAddress();
  const readOnly = useStore(editor, (flow) => flow.readOnly);
  const isCurrent = useStore(editor, (flow) => flow.version === revision);
  const restore = () => {
    editor.getState().change("restore", (before) => ({ ...document, name: before.name }));
    void message.success(t("panels.revisions.restored", { number: revision }));
    close();
  };
  return (
    <div className={`${panel.bar} ${styles.bar}`}>
      <span className={styles.number}>{t("panels.revisions.number", { number: revision })}</span>
      <span className={styles.when}>
        <Ago at={savedAt} />
      </span>
      <span className={styles.when}>{t("panels.revisions.compare")}</span>
      <Segmented<Against>
        aria-label={t("panels.revisions.compare")}
        size="small"
        value={against}
        options={[
          { value: "previous", label: t("panels.revisions.comparePrevious"), disabled: revision === 1 },
          { value: "now", label: t("panels.revisions.compareNow") },
        ]}
        onChange={compare}
      />
      {!readOnly && !isCurrent && (
        <Button size="small" icon={<RollbackOutlined />} onClick={restore}>
          {t("panels.revisions.restore")}
        </Button>
      )}
      <Button size="small" type="primary" onClick={close}>
        {t("panels.revisions.leave")}
      </Button>
    </div>
  );
}
