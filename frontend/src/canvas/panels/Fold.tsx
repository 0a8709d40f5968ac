import { CaretRightOutlined } from "@ant-design/icons";
import { type ReactNode, useState } from "react";
import styles from "./Fold.module.css";

interface FoldProps {
  title: string;
  /** Shown beside the title, also while it is folded. */
  note?: ReactNode;
  isOpenAtFirst?: boolean;
  children: ReactNode;
}

/** A part of a panel that is folded until somebody asks for it. */
export function Fold({ title, note, isOpenAtFirst = false, children }: FoldProps) {
  const [isOpen, setOpen] = useState(isOpenAtFirst);
  return (
    <section className={styles.fold}>
      <button type="button" className={styles.head} aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        <CaretRightOutlined className={styles.arrow} />
        <span className={styles.title}>{title}</span>
        {note && <span className={styles.note}>{note}</span>}
      </button>
      {isOpen && <div className={styles.body}>{children}</div>}
    </section>
  );
}
