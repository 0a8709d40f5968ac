/** The cell that has the keyboard; row -1 is the header. */
export interface Active {
  row: number;
  column: number;
}

/** Where a key leads from a cell; null: the key does not move. */
export function moved(
  key: string,
  withControl: boolean,
  from: Active,
  size: { rows: number; columns: number; page: number },
): Active | null {
  const { row, column } = from;
  const to = (nextRow: number, nextColumn: number): Active => ({
    row: clamp(nextRow, -1, size.rows - 1),
    column: clamp(nextColumn, 0, size.columns - 1),
  });
  switch (key) {
    case "ArrowUp":
      return withControl ? to(0, column) : to(row - 1, column);
    case "ArrowDown":
      return withControl ? to(size.rows - 1, column) : to(row + 1, column);
    case "ArrowLeft":
      return withControl ? to(row, 0) : to(row, column - 1);
    case "ArrowRight":
      return withControl ? to(row, size.columns - 1) : to(row, column + 1);
    case "PageUp":
      return to(Math.max(0, row - size.page), column);
    case "PageDown":
      return to(row + size.page, column);
    case "Home":
      return withControl ? to(0, 0) : to(row, 0);
    case "End":
      return withControl ? to(size.rows - 1, size.columns - 1) : to(row, size.columns - 1);
    default:
      return null;
  }
}

function clamp(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(most, value));
}
