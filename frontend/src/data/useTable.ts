import { keepPreviousData, type UseQueryResult, useQueries, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import type { Schemas } from "../api/client";
import { columnGroups, type Range, ROWS_PER_PAGE } from "./grid";
import { fetchFigures, fetchHistogram, fetchRows, type Order, sourceKey, type TableSource } from "./source";

export type ShownColumn = Schemas["ShownColumn"];

export interface Cell {
  value: unknown;
  /** The value is longer than what is given. */
  isCut: boolean;
}

/** Neither artifacts nor versions of datasets ever change. */
const UNCHANGING = { staleTime: Number.POSITIVE_INFINITY, gcTime: 60_000 } as const;

export interface Selection {
  order: Order | null;
  search: string;
}

const asked = ({ order, search }: Selection) => ({
  ...(order && { sort: order.column, descending: order.descending }),
  ...(search && { search }),
});

/** The columns of a table, how many rows it has, and how many of them were found; in no order, which would cost. */
export function useTableHead(source: TableSource, search: string) {
  return useQuery({
    queryKey: [...sourceKey(source), "head", search],
    queryFn: ({ signal }) => fetchRows(source, { offset: 0, limit: 1, ...asked({ order: null, search }) }, signal),
    placeholderData: keepPreviousData,
    ...UNCHANGING,
  });
}

/** The cells of a part of a table; pages of rows and groups of columns are asked for once and kept for a while. */
export function useCells(
  source: TableSource,
  selection: Selection,
  columns: readonly ShownColumn[],
  seen: { rows: Range; columns: Range },
): { cell: (row: number, column: number) => Cell | undefined; error: unknown } {
  const groups = useMemo(() => columnGroups(columns.map(({ name }) => name)), [columns]);
  const place = useMemo(() => placesOf(groups), [groups]);
  const firstPage = Math.floor(seen.rows.from / ROWS_PER_PAGE);
  const lastPage = Math.max(firstPage, Math.ceil(seen.rows.to / ROWS_PER_PAGE) - 1);
  const firstGroup = place[seen.columns.from]?.group ?? 0;
  const lastGroup = place[seen.columns.to - 1]?.group ?? firstGroup;
  const blocks = useMemo(
    () =>
      range(firstPage, lastPage + 1).flatMap((page) =>
        range(firstGroup, lastGroup + 1).map((group) => ({ page, group })),
      ),
    [firstPage, lastPage, firstGroup, lastGroup],
  );
  const { data, error } = useQueries({
    queries: blocks.map(({ page, group }) => ({
      queryKey: [...sourceKey(source), "rows", selection, page, group],
      queryFn: ({ signal }: { signal: AbortSignal }) =>
        fetchRows(
          source,
          { offset: page * ROWS_PER_PAGE, limit: ROWS_PER_PAGE, columns: groups[group] ?? [], ...asked(selection) },
          signal,
        ).then(asBlock),
      enabled: (groups[group]?.length ?? 0) > 0,
      ...UNCHANGING,
    })),
    combine,
  });
  // The same function until other cells are known: rows that are drawn stay as they are.
  const cell = useMemo(() => {
    const found = new Map(blocks.map(({ page, group }, index) => [`${page},${group}`, data[index]]));
    return (row: number, column: number): Cell | undefined => {
      const at = place[column];
      const page = Math.floor(row / ROWS_PER_PAGE);
      const block = at && found.get(`${page},${at.group}`);
      const values = block?.rows[row - page * ROWS_PER_PAGE];
      if (!at || !block || !values) return undefined;
      return { value: values[at.position], isCut: block.cut.has(`${row - page * ROWS_PER_PAGE},${at.position}`) };
    };
  }, [blocks, data, place]);
  return { cell, error };
}

interface Block {
  rows: unknown[][];
  /** "row,column" within the block. */
  cut: ReadonlySet<string>;
}

function asBlock({ rows, cut }: Schemas["Rows"]): Block {
  return { rows, cut: new Set(cut.map(([row, column]) => `${row},${column}`)) };
}

function combine(answers: UseQueryResult<Block>[]): { data: (Block | undefined)[]; error: unknown } {
  return { data: answers.map((answer) => answer.data), error: answers.find(({ error }) => error)?.error ?? null };
}

/** How the values of a column are distributed; `isWanted` holds the question back until the column has come to rest in view. */
export function useHistogram(
  source: TableSource,
  column: string,
  options: { bins: number; by?: string },
  isWanted = true,
) {
  return useQuery({
    queryKey: [...sourceKey(source), "histogram", column, options],
    queryFn: ({ signal }) => fetchHistogram(source, { column, ...options }, signal),
    enabled: isWanted,
    ...UNCHANGING,
  });
}

/** Figures of every column. */
export function useFigures(source: TableSource) {
  return useQuery({
    queryKey: [...sourceKey(source), "figures"],
    queryFn: ({ signal }) => fetchFigures(source, signal),
    ...UNCHANGING,
  });
}

function placesOf(groups: readonly (readonly string[])[]): { group: number; position: number }[] {
  return groups.flatMap((names, group) => names.map((_, position) => ({ group, position })));
}

function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, index) => from + index);
}
