// biome-ignore-all lint/a11y/useSemanticElements: only what is in view exists, which a table element cannot say
import { memo } from "react";
import { GridCell } from "./GridCell";
import type { Range } from "./grid";
import styles from "./TableGrid.module.css";
import type { Cell, ShownColumn } from "./useTable";

export const NUMBERS = 64;

interface GridRowProps {
  id: string;
  row: number;
  columns: readonly ShownColumn[];
  from: Range["from"];
  to: Range["to"];
  widths: readonly number[];
  /** Width of the columns before the first one in view. */
  before: number;
  cell: (row: number, column: number) => Cell | undefined;
  /** The column of the cell that has the keyboard, if that is in this row. */
  activeColumn: number | null;
}

export function cellId(id: string, row: number, column: number): string {
  return `${id}-${row}-${column}`;
}

/** A row; drawn again only when something in it changes, so that scrolling draws only new rows. */
export const GridRow = memo(function GridRow({
  id,
  row,
  columns,
  from,
  to,
  widths,
  before,
  cell,
  activeColumn,
}: GridRowProps) {
  return (
    <div role="row" tabIndex={-1} aria-rowindex={row + 2} className={styles.row}>
      <div role="rowheader" tabIndex={-1} aria-colindex={1} className={styles.rowNumber} style={{ width: NUMBERS }}>
        {row + 1}
      </div>
      <div aria-hidden="true" style={{ width: before, flex: "none" }} />
      {columns.slice(from, to).map((column, index) => (
        <GridCell
          key={column.name}
          id={cellId(id, row, from + index)}
          row={row}
          column={column}
          index={from + index}
          width={widths[from + index] ?? 0}
          cell={cell(row, from + index)}
          isActive={activeColumn === from + index}
        />
      ))}
    </div>
  );
});
