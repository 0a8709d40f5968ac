import { Modal, Segmented } from "antd";
import { useTranslation } from "react-i18next";
import styles from "./AddData.module.css";
import { useAdding, WAYS } from "./adding";
import { EmptyDataset } from "./EmptyDataset";
import { FromFile } from "./FromFile";
import { PublicCatalogue } from "./PublicCatalogue";

/** Three ways to a dataset; which of them, and how far one is, says the address. */
export function AddData({ dataset }: { dataset?: string }) {
  const { t } = useTranslation("datasets");
  const { way, upload, isAgain, go, close } = useAdding();
  return (
    <Modal
      open={way !== null}
      title={dataset ? t("add.versionTitle", { name: dataset }) : t("add.title")}
      width={820}
      centered
      footer={null}
      destroyOnHidden
      onCancel={close}
    >
      {way !== null && (
        <div className={styles.add}>
          {!dataset && !upload && (
            <Segmented
              aria-label={t("add.way")}
              value={way}
              options={WAYS.map((value) => ({ value, label: t(`add.${value}`) }))}
              onChange={(value) => go({ way: value })}
            />
          )}
          {way === "file" || dataset ? (
            <FromFile key={upload} upload={upload} isAgain={isAgain} {...(dataset && { dataset })} />
          ) : way === "public" ? (
            <PublicCatalogue />
          ) : (
            <EmptyDataset />
          )}
        </div>
      )}
    </Modal>
  );
}
