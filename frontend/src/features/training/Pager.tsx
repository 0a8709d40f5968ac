import { Button } from "antd";
import { useTranslation } from "react-i18next";
import styles from "./TrainingPage.module.css";

interface PagerProps {
  cursor: string | undefined;
  next: string | null;
  onChange: (cursor: string | null) => void;
}

/** Back to the first page of the list, and on to the next. */
export function Pager({ cursor, next, onChange }: PagerProps) {
  const { t } = useTranslation();
  if (!cursor && !next) return null;
  return (
    <div className={styles.pager}>
      <Button size="small" disabled={!cursor} onClick={() => onChange(null)}>
        {t("firstPage")}
      </Button>
      <Button size="small" disabled={!next} onClick={() => onChange(next)}>
        {t("nextPage")}
      </Button>
    </div>
  );
}
