import { RightOutlined } from "@ant-design/icons";
import { type ReactNode, useId, useLayoutEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import styles from "./forms.module.css";

interface AdvancedFieldsProps {
  title: string;
  /** None of its fields exists now. */
  isEmpty: boolean;
  /** Something in it is not as it is by default, is wrong, or is to be seen. */
  isNeeded: boolean;
  /** How many fields are not as they are by default. */
  changed: number;
  children: ReactNode;
}

/** Folded until somebody opens it, or it opens by itself because it is needed. */
export function AdvancedFields({ title, isEmpty, isNeeded, changed, children }: AdvancedFieldsProps) {
  const { t } = useTranslation("forms");
  const id = useId();
  const [isOpen, setOpen] = useState(isNeeded);
  // Before anything is focused in it.
  useLayoutEffect(() => {
    if (isNeeded) setOpen(true);
  }, [isNeeded]);
  return (
    <section className={styles.advanced} aria-label={title} hidden={isEmpty}>
      <button
        type="button"
        className={styles.fold}
        aria-expanded={isOpen}
        aria-controls={id}
        onClick={() => setOpen(!isOpen)}
      >
        <RightOutlined className={styles.foldIcon ?? ""} />
        {title}
        {changed > 0 && !isOpen && <span className={styles.foldNote}>{t("changedFields", { count: changed })}</span>}
      </button>
      <div id={id} className={isOpen ? styles.foldBody : `${styles.foldBody} ${styles.foldClosed}`} inert={!isOpen}>
        <div className={styles.rowInside}>{children}</div>
      </div>
    </section>
  );
}
