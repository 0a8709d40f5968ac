// biome-ignore-all lint/a11y/useSemanticElements: only what is in view exists, which a table element cannot say
import { useTranslation } from "react-i18next";
import { cellText } from "./cellText";
import styles from "./TableGrid.module.css";
import type { Cell, ShownColumn } from "./useTable";

interface GridCellProps {
  id: string;
  column: ShownColumn;
  row: number;
  index: number;
  width: number;
  cell: Cell | undefined;
  isActive: boolean;
}

export function GridCell({ id, row, column, index, width, cell, isActive }: GridCellProps) {
  const { t } = useTranslation("data");
  const { text, look } = cell ? cellText(cell.value, column.kind) : { text: "", look: "text" as const };
  const classes = [styles.cell, cell ? styles[look] : styles.coming, isActive && styles.active];
  return (
    <div
      id={id}
      role="gridcell"
      tabIndex={-1}
      aria-colindex={index + 2}
      data-row={row}
      data-column={index}
      className={classes.filter(Boolean).join(" ")}
      style={{ width }}
      title={text.length > 24 ? text : undefined}
    >
      {look === "missing" && cell ? t("missing") : text}
      {cell?.isCut && (
        <button type="button" tabIndex={-1} className={styles.cut} aria-label={t("showWhole")} title={t("showWhole")}>
          …
        </button>
      )}
    </div>
  );
}
