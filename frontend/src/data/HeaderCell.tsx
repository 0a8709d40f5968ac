// biome-ignore-all lint/a11y/useSemanticElements: only what is in view exists, which a table element cannot say
import { BarChartOutlined, CaretDownOutlined, CaretUpOutlined } from "@ant-design/icons";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useFormat } from "../lib/format";
import { KindIcon } from "../lib/KindIcon";
import styles from "./HeaderCell.module.css";
import { MiniHistogram } from "./MiniHistogram";
import type { Order, TableSource } from "./source";
import { type ShownColumn, useHistogram } from "./useTable";

export const MINI_BINS = 24;

interface HeaderCellProps {
  id: string;
  source: TableSource;
  column: ShownColumn;
  title: string;
  index: number;
  width: number;
  order: Order | null;
  isActive: boolean;
  isOpen: boolean;
  onSort: () => void;
  onOpen: () => void;
}

/** A column's name, kind, order, missing values and distribution. */
export function HeaderCell({
  id,
  source,
  column,
  title,
  index,
  width,
  order,
  isActive,
  isOpen,
  onSort,
  onOpen,
}: HeaderCellProps) {
  const { t } = useTranslation("data");
  const format = useFormat();
  const isAtRest = useRest();
  const canBeCounted = column.kind !== "other";
  const { data } = useHistogram(source, column.name, { bins: MINI_BINS }, isAtRest && canBeCounted);
  const isSorted = order?.column === column.name;
  const missing = data && data.rows > 0 ? data.missing / data.rows : 0;
  const missingText = data ? t("missingOf", { share: format.percent(missing) }) : "";
  return (
    <div
      id={id}
      role="columnheader"
      tabIndex={-1}
      aria-colindex={index + 2}
      aria-sort={isSorted ? (order.descending ? "descending" : "ascending") : "none"}
      className={`${styles.cell} ${isActive ? styles.active : ""} ${isOpen ? styles.open : ""}`}
      style={{ width }}
    >
      <div className={styles.line}>
        <button
          type="button"
          tabIndex={-1}
          className={`${styles.button} ${styles.name}`}
          disabled={!canBeCounted}
          title={column.name}
          onClick={onSort}
        >
          <KindIcon kind={column.kind} type={column.type} className={styles.kind} />
          <span className={styles.text}>{title}</span>
          {isSorted && (order.descending ? <CaretDownOutlined /> : <CaretUpOutlined />)}
        </button>
        <button
          type="button"
          tabIndex={-1}
          className={`${styles.button} ${styles.details}`}
          title={t("aboutColumn", { name: title })}
          aria-label={t("aboutColumn", { name: title })}
          onClick={onOpen}
        >
          <BarChartOutlined />
        </button>
      </div>
      <button
        type="button"
        tabIndex={-1}
        className={`${styles.button} ${styles.figure}`}
        onClick={onOpen}
        title={missingText}
        aria-label={`${t("aboutColumn", { name: title })} ${missingText}`}
      >
        <MiniHistogram of={data} />
        <span className={styles.bar}>
          <span className={styles.missing} style={{ width: `${missing > 0 ? Math.max(2, missing * 100) : 0}%` }} />
        </span>
      </button>
    </div>
  );
}

/** False for a moment after a column comes into view, so that scrolling past it asks for nothing. */
function useRest(): boolean {
  const [isAtRest, setAtRest] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setAtRest(true), 150);
    return () => clearTimeout(timer);
  }, []);
  return isAtRest;
}
