import { Alert } from "antd";
import { useTranslation } from "react-i18next";
import { useLocalize } from "../../lib/localize";
import styles from "./WizardPage.module.css";
import type { Wizard } from "./wizard";

/** What was emptied and undone since the data that were chosen lack its columns. */
export function Dropped({ texts, onClose }: { texts: Wizard["dropped"]; onClose: () => void }) {
  const { t } = useTranslation("wizard");
  const localize = useLocalize();
  if (texts.length === 0) return null;
  return (
    <Alert
      type="warning"
      showIcon
      role="status"
      closable={{ onClose }}
      title={t("dropped")}
      description={
        <ul className={styles.list}>
          {texts.map((text) => (
            <li key={text.en}>{localize(text)}</li>
          ))}
        </ul>
      }
    />
  );
}
