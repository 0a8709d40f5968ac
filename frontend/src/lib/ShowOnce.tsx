import { Modal, Typography } from "antd";
import { useTranslation } from "react-i18next";
import styles from "./ShowOnce.module.css";

/** Something that the server says once: a link, a key. */
export function ShowOnce({
  title,
  about,
  value,
  onClose,
}: {
  title: string;
  about: string;
  value: string;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  return (
    <Modal
      open
      title={title}
      onCancel={onClose}
      onOk={onClose}
      okText={t("close")}
      cancelButtonProps={{ style: { display: "none" } }}
    >
      <p>{about}</p>
      <Typography.Text copyable code className={styles.value}>
        {value}
      </Typography.Text>
    </Modal>
  );
}
