import { SearchOutlined } from "@ant-design/icons";
import { Button, Input, Table, type TableColumnsType } from "antd";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { ErrorNotice } from "./ErrorNotice";
import styles from "./PagedTable.module.css";

interface PageOf<Item> {
  items: Item[];
  next: string | null;
}

interface PagedTableProps<Item> {
  /** What the page is called for people who do not see it. */
  label: string;
  columns: TableColumnsType<Item>;
  rowKey: (item: Item) => string | number;
  /** What a query gave for `useListAddress()`. */
  query: { data?: PageOf<Item> | undefined; error: unknown; isFetching: boolean; refetch: () => unknown };
  /** null: the list cannot be searched. */
  search?: string | null;
  filters?: ReactNode;
  /** Shown where there is nothing and nothing was searched for. */
  empty: ReactNode;
  /** Without a frame: it stands in a card. */
  bare?: boolean;
}

export interface ListAddress {
  q: string;
  cursor: string | undefined;
}

/** What the address says about a list: what is searched for, and which page. Copy the address and somebody else sees the same. */
export function useListAddress(): ListAddress & {
  change: (change: Record<string, string | null>) => void;
  get: (name: string) => string | null;
} {
  const [address, setAddress] = useSearchParams();
  return {
    q: address.get("q") ?? "",
    cursor: address.get("cursor") ?? undefined,
    get: (name) => address.get(name),
    /** Another search or filter starts at the first page; shown at once, so that the next change knows this one. */
    change(change) {
      setAddress(
        (before) => {
          const after = new URLSearchParams(before);
          after.delete("cursor");
          for (const [name, value] of Object.entries(change)) value ? after.set(name, value) : after.delete(name);
          return after;
        },
        { replace: !("cursor" in change), flushSync: true },
      );
    },
  };
}

/** A list of the API as a table: searched, paged, its state in the address. */
export function PagedTable<Item extends object>({
  label,
  columns,
  rowKey,
  query,
  search = null,
  filters,
  empty,
  bare = false,
}: PagedTableProps<Item>) {
  const { t } = useTranslation();
  const { q, cursor, change } = useListAddress();
  const page = query.data;
  const isBare = !q && !cursor && page?.items.length === 0 && !filters;
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // A wide table that has nothing to stop at is scrolled by keyboard all the same.
    const scroller = box.current?.querySelector<HTMLElement>(".ant-table-content");
    if (scroller) scroller.tabIndex = scroller.querySelector("a, button, input") ? -1 : 0;
  });
  return (
    <div className={styles.list}>
      {(search !== null || filters) && !isBare && (
        <div className={styles.bar}>
          {search !== null && <SearchField placeholder={search} value={q} onChange={(value) => change({ q: value })} />}
          {filters}
        </div>
      )}
      {query.error ? (
        <ErrorNotice error={query.error} onRetry={() => void query.refetch()} />
      ) : (
        <div ref={box} className={bare ? undefined : styles.table}>
          <Table<Item>
            aria-label={label}
            columns={columns}
            dataSource={page?.items ?? []}
            rowKey={rowKey}
            loading={query.isFetching && !page}
            pagination={false}
            scroll={{ x: "max-content" }}
            locale={{ emptyText: page ? (q || cursor ? t("nothingFound") : empty) : " " }}
          />
        </div>
      )}
      {(cursor || page?.next) && (
        <div className={styles.pager}>
          <Button disabled={!cursor} onClick={() => change({ cursor: null })}>
            {t("firstPage")}
          </Button>
          <Button disabled={!page?.next} onClick={() => change({ cursor: page?.next ?? null })}>
            {t("nextPage")}
          </Button>
        </div>
      )}
    </div>
  );
}

/** Searches a moment after the last key. */
export function SearchField({
  placeholder,
  value,
  onChange,
}: {
  placeholder: string;
  value: string;
  onChange: (value: string) => void;
}) {
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  useEffect(() => {
    if (text === value) return;
    const timer = setTimeout(() => onChange(text), 250);
    return () => clearTimeout(timer);
  });
  return (
    <Input
      className={styles.search}
      allowClear
      prefix={<SearchOutlined />}
      placeholder={placeholder}
      aria-label={placeholder}
      value={text}
      maxLength={200}
      onChange={(event) => setText(event.target.value)}
    />
  );
}
