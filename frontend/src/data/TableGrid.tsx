// biome-ignore-all lint/a11y/useSemanticElements: only what is in view exists, which a table element cannot say
import { type KeyboardEvent, type MouseEvent, useEffect, useId, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { ErrorNotice } from "../lib/ErrorNotice";
import { cellId, GridRow, NUMBERS } from "./GridRow";
import { columnWidth, edges, ROW, scrollHeight, scrollToRow, visibleColumns, visibleRows } from "./grid";
import { type Active, moved } from "./gridKeys";
import { HeaderCell } from "./HeaderCell";
import type { TableSource } from "./source";
import styles from "./TableGrid.module.css";
import type { ColumnTitle } from "./useColumnTitle";
import { type Selection, type ShownColumn, useCells } from "./useTable";
import { useViewport } from "./useViewport";

const HEADER = 58;

export interface CellAt {
  row: number;
  column: ShownColumn;
  value: unknown;
  isCut: boolean;
}

interface TableGridProps {
  label: string;
  source: TableSource;
  selection: Selection;
  columns: readonly ShownColumn[];
  columnTitle: ColumnTitle;
  rows: number;
  /** Name of the column whose figures are open. */
  openColumn: string | null;
  /** A column to bring into view. */
  goTo: string | null;
  onSort: (column: string) => void;
  onOpenColumn: (column: string) => void;
  onShowWhole: (cell: CellAt) => void;
  onCopy: (cell: CellAt) => void;
}

/** Rows and columns, of which only those in view exist. */
export function TableGrid({
  label,
  source,
  selection,
  columns,
  columnTitle,
  rows,
  openColumn,
  goTo,
  onSort,
  onOpenColumn,
  onShowWhole,
  onCopy,
}: TableGridProps) {
  const { t } = useTranslation("data");
  const id = useId();
  const area = useRef<HTMLDivElement>(null);
  const view = useViewport(area);
  const widths = useMemo(
    () => columns.map(({ name, kind }) => columnWidth(columnTitle(name), kind)),
    [columns, columnTitle],
  );
  const lefts = useMemo(() => edges(widths), [widths]);
  const bodyHeight = Math.max(ROW, view.height - HEADER);
  const seenRows = visibleRows(rows, view.top, bodyHeight);
  const seenColumns = visibleColumns(lefts, view.left, Math.max(1, view.width - NUMBERS));
  const { cell, error } = useCells(source, selection, columns, { rows: seenRows, columns: seenColumns });
  const [active, setActive] = useState<Active>({ row: 0, column: 0 });

  const show = (at: Active) => {
    const element = area.current;
    if (!element) return;
    if (at.row >= 0) element.scrollTop = scrollToRow(rows, at.row, element.scrollTop, bodyHeight);
    const left = lefts[at.column] ?? 0;
    const right = lefts[at.column + 1] ?? left;
    const width = element.clientWidth - NUMBERS;
    if (left < element.scrollLeft) element.scrollLeft = left;
    else if (right > element.scrollLeft + width) element.scrollLeft = Math.min(left, right - width);
  };

  // Another order or search begins at the top.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the selection is the reason, not an ingredient
  useEffect(() => {
    area.current?.scrollTo({ top: 0 });
  }, [selection]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: goes there once, when it is asked for
  useEffect(() => {
    const column = goTo === null ? -1 : columns.findIndex(({ name }) => name === goTo);
    if (column < 0) return;
    if (area.current) area.current.scrollLeft = lefts[column] ?? 0;
    setActive((before) => ({ ...before, column }));
  }, [goTo]);

  const at = (row: number, index: number): CellAt | null => {
    const column = columns[index];
    const found = cell(row, index);
    return column && found ? { row, column, ...found } : null;
  };

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget) return;
    const withControl = event.ctrlKey || event.metaKey;
    const here = at(active.row, active.column);
    if (withControl && event.key === "c" && here && !window.getSelection()?.toString()) onCopy(here);
    else if (event.key === "Enter" || event.key === " ") {
      const column = columns[active.column];
      if (active.row >= 0 && here) onShowWhole(here);
      else if (active.row < 0 && column) event.key === "Enter" ? onSort(column.name) : onOpenColumn(column.name);
    } else {
      const page = Math.max(1, Math.floor(bodyHeight / ROW) - 1);
      const to = moved(event.key, withControl, active, { rows, columns: columns.length, page });
      if (!to) return;
      setActive(to);
      show(to);
    }
    event.preventDefault();
  };

  const onClick = (event: MouseEvent) => {
    const to = placeOf(event);
    if (!to) return;
    setActive(to);
    const found = at(to.row, to.column);
    if (found?.isCut && event.target instanceof Element && event.target.closest("button")) onShowWhole(found);
  };
  const onDoubleClick = (event: MouseEvent) => {
    const to = placeOf(event);
    const found = to && at(to.row, to.column);
    if (found) onShowWhole(found);
  };

  const shownColumns = columns.slice(seenColumns.from, seenColumns.to);
  const before = lefts[seenColumns.from] ?? 0;
  const whole = lefts[columns.length] ?? 0;
  const isActiveSeen =
    active.column >= seenColumns.from &&
    active.column < seenColumns.to &&
    (active.row < 0 || (active.row >= seenRows.from && active.row < seenRows.to));
  return (
    <div
      ref={area}
      role="grid"
      aria-label={label}
      aria-rowcount={rows + 1}
      aria-colcount={columns.length + 1}
      aria-activedescendant={isActiveSeen ? cellId(id, active.row, active.column) : undefined}
      tabIndex={0}
      className={styles.grid}
      onKeyDown={onKeyDown}
    >
      <div className={styles.whole} style={{ width: NUMBERS + whole, height: HEADER + scrollHeight(rows) }}>
        <div role="row" tabIndex={-1} aria-rowindex={1} className={styles.header} style={{ height: HEADER }}>
          <div role="columnheader" tabIndex={-1} aria-colindex={1} className={styles.corner} style={{ width: NUMBERS }}>
            {t("row")}
          </div>
          <div aria-hidden="true" style={{ width: before, flex: "none" }} />
          {shownColumns.map((column, index) => (
            <HeaderCell
              key={column.name}
              id={cellId(id, -1, seenColumns.from + index)}
              source={source}
              column={column}
              title={columnTitle(column.name)}
              index={seenColumns.from + index}
              width={widths[seenColumns.from + index] ?? 0}
              order={selection.order}
              isActive={active.row === -1 && active.column === seenColumns.from + index}
              isOpen={openColumn === column.name}
              onSort={() => onSort(column.name)}
              onOpen={() => onOpenColumn(column.name)}
            />
          ))}
        </div>
        {/* biome-ignore lint/a11y/useKeyWithClickEvents: the grid itself has the keyboard */}
        <div
          role="rowgroup"
          tabIndex={-1}
          className={styles.rows}
          style={{ transform: `translateY(${seenRows.top}px)` }}
          onClick={onClick}
          onDoubleClick={onDoubleClick}
        >
          {Array.from({ length: seenRows.to - seenRows.from }, (_, offset) => seenRows.from + offset).map((row) => (
            <GridRow
              key={row}
              id={id}
              row={row}
              columns={columns}
              from={seenColumns.from}
              to={seenColumns.to}
              widths={widths}
              before={before}
              cell={cell}
              activeColumn={active.row === row ? active.column : null}
            />
          ))}
        </div>
      </div>
      {error !== null && (
        <div className={styles.error}>
          <ErrorNotice error={error} />
        </div>
      )}
    </div>
  );
}

/** The cell that was clicked. */
function placeOf({ target }: MouseEvent): Active | null {
  const cell = target instanceof Element ? target.closest<HTMLElement>("[data-row]") : null;
  return cell ? { row: Number(cell.dataset.row), column: Number(cell.dataset.column) } : null;
}
