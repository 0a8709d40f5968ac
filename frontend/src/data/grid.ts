/** Geometry of a table that is larger than the screen: which rows and columns are seen, and what is asked for. */

export const ROW = 28;
export const ROWS_PER_PAGE = 100;

/** Browsers draw nothing beyond some height; longer tables scroll by more than one row per row's height. */
export const HIGHEST = 12_000_000;

export interface Range {
  from: number;
  /** The first that is not seen. */
  to: number;
}

export interface Rows extends Range {
  /** Where the first of them stands, from the top of the scrolled area. */
  top: number;
}

export function scrollHeight(rows: number): number {
  return Math.min(rows * ROW, HIGHEST);
}

/** The rows seen at a scroll position, with a few beyond both edges. */
export function visibleRows(rows: number, scrollTop: number, height: number, beyond = 6): Rows {
  const first = firstRow(rows, scrollTop, height);
  const from = Math.max(0, Math.floor(first) - beyond);
  const to = Math.min(rows, Math.ceil(first + height / ROW) + beyond);
  return { from, to, top: scrollTop - (first - from) * ROW };
}

/** Where to scroll so that a row stands within the view; the present position if it does already. */
export function scrollToRow(rows: number, row: number, scrollTop: number, height: number): number {
  const first = firstRow(rows, scrollTop, height);
  const shown = Math.max(1, height / ROW);
  if (row >= first && row + 1 <= first + shown) return scrollTop;
  const wanted = row < first ? row : row + 1 - shown;
  return Math.max(0, wanted * rowsToPixels(rows, height));
}

function firstRow(rows: number, scrollTop: number, height: number): number {
  return scrollTop / rowsToPixels(rows, height);
}

/** Pixels to scroll for one row. */
function rowsToPixels(rows: number, height: number): number {
  if (rows * ROW <= HIGHEST) return ROW;
  return (HIGHEST - height) / (rows - height / ROW);
}

/** Left edges of columns, and after the last one the whole width. */
export function edges(widths: readonly number[]): number[] {
  const found = [0];
  for (const width of widths) found.push((found[found.length - 1] ?? 0) + width);
  return found;
}

/** The columns seen between two positions. */
export function visibleColumns(lefts: readonly number[], left: number, width: number): Range {
  const columns = lefts.length - 1;
  if (columns < 1) return { from: 0, to: 0 };
  const from = Math.min(columns - 1, Math.max(0, upper(lefts, left) - 1));
  const to = Math.min(columns, Math.max(from + 1, upper(lefts, left + width - 1)));
  return { from, to };
}

/** How many of the sorted numbers are at most `value`. */
function upper(sorted: readonly number[], value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Room for the name and for usual values. */
export function columnWidth(name: string, kind: string): number {
  const wide = [...name].reduce((sum, letter) => sum + (letter > "\u2e80" ? 13 : 7.2), 0);
  const least = kind === "time" ? 176 : kind === "text" ? 136 : 112;
  return Math.round(Math.min(280, Math.max(least, wide + 64)));
}

const LONGEST_QUERY = 5000;
const MOST_COLUMNS = 40;

/** Columns in groups that are asked for together: few enough, and with names that fit into an address. */
export function columnGroups(names: readonly string[]): string[][] {
  const groups: string[][] = [];
  let group: string[] = [];
  let length = 0;
  for (const name of names) {
    const size = encodeURIComponent(name).length + 9;
    if (group.length > 0 && (group.length >= MOST_COLUMNS || length + size > LONGEST_QUERY)) {
      groups.push(group);
      group = [];
      length = 0;
    }
    group.push(name);
    length += size;
  }
  if (group.length > 0) groups.push(group);
  return groups;
}
