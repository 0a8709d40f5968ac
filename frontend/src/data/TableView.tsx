import { DownloadOutlined, SearchOutlined } from "@ant-design/icons";
import { App, Button, Dropdown, Input, Select } from "antd";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { copyText } from "../lib/copyText";
import { ErrorNotice } from "../lib/ErrorNotice";
import { useFormat } from "../lib/format";
import { Loading } from "../lib/Loading";
import { messageOf } from "../lib/messageOf";
import { Teach } from "../lib/Teach";
import { useSettled } from "../lib/useSettled";
import { ColumnPanel } from "./ColumnPanel";
import { type Order, type TableSource, tableFile } from "./source";
import { type CellAt, TableGrid } from "./TableGrid";
import styles from "./TableView.module.css";
import type { ColumnTitle } from "./useColumnTitle";
import { type Selection, useTableHead } from "./useTable";
import { WholeValue, wholeValue } from "./WholeValue";

interface TableViewProps {
  source: TableSource;
  /** By default columns are called by their names. */
  columnTitle?: ColumnTitle;
  /** What the table is called for people who do not see it. */
  label?: string;
  /** Without it the table is as high as the room it stands in. */
  height?: number;
  /** Whether the last columns are to be seen first, as where answers stand behind what was asked. */
  fromEnd?: boolean;
}

/** The rows of a table of any size: searched, sorted, with figures per column. */
export function TableView({ source, columnTitle = byName, label, height, fromEnd = false }: TableViewProps) {
  const { t } = useTranslation("data");
  const format = useFormat();
  const { message } = App.useApp();
  const [order, setOrder] = useState<Order | null>(null);
  const [typed, setTyped] = useState("");
  const search = useSettled(typed.trim());
  const selection: Selection = useMemo(() => ({ order, search }), [order, search]);
  const head = useTableHead(source, search);
  const [column, setColumn] = useState<string | null>(null);
  const [goTo, setGoTo] = useState<string | null>(null);
  const [whole, setWhole] = useState<CellAt | null>(null);

  if (head.error) return <ErrorNotice error={head.error} onRetry={() => void head.refetch()} />;
  if (!head.data) return <Loading />;
  const { columns, matching, total } = head.data;

  const copy = async (cell: CellAt) => {
    try {
      await copyText(await wholeValue(source, selection, cell));
      void message.success(t("copied"));
    } catch (error) {
      void message.error(messageOf(error));
    }
  };
  const rowsText = search
    ? t("matching", { matching: format.number(matching), total: format.number(total), count: total })
    : t("rows", { rows: format.number(total), count: total });
  return (
    <div className={styles.view} style={height ? { height } : undefined}>
      <div className={styles.bar}>
        <Input
          className={styles.search}
          size="small"
          allowClear
          prefix={<SearchOutlined />}
          placeholder={t("search")}
          aria-label={t("search")}
          value={typed}
          maxLength={200}
          onChange={(event) => setTyped(event.target.value)}
        />
        <Select
          className={styles.goTo}
          size="small"
          showSearch
          allowClear
          value={goTo}
          placeholder={t("goToColumn")}
          aria-label={t("goToColumn")}
          options={columns.map(({ name }) => ({ value: name, label: columnTitle(name) }))}
          onChange={(name: string | undefined) => setGoTo(name ?? null)}
        />
        <span className={styles.count} aria-live="polite">
          {rowsText} · {t("columns", { columns: format.number(columns.length), count: columns.length })}
        </span>
        <Dropdown
          trigger={["click"]}
          menu={{
            items: (["csv", "parquet"] as const).map((kind) => ({
              key: kind,
              label: (
                <a href={tableFile(source, kind)} download>
                  {kind === "csv" ? "CSV" : "Parquet"}
                </a>
              ),
            })),
          }}
        >
          <Button size="small" type="text" icon={<DownloadOutlined />}>
            {t("download")}
          </Button>
        </Dropdown>
      </div>
      <div className={styles.area}>
        {matching === 0 ? (
          <div className={styles.empty}>
            <Teach title={search ? t("noMatch", { search }) : t("noRows")}>
              {!search &&
                t("noRowsHelp", {
                  columns: columns
                    .map(({ name }) => name)
                    .slice(0, 12)
                    .join(", "),
                })}
            </Teach>
          </div>
        ) : (
          <TableGrid
            label={label ?? t("table")}
            source={source}
            selection={selection}
            columns={columns}
            columnTitle={columnTitle}
            rows={matching}
            openColumn={column}
            goTo={goTo ?? (fromEnd ? (columns.at(-1)?.name ?? null) : null)}
            onSort={(name) => setOrder((before) => nextOrder(before, name))}
            onOpenColumn={(name) => setColumn((before) => (before === name ? null : name))}
            onShowWhole={setWhole}
            onCopy={(cell) => void copy(cell)}
          />
        )}
        {column !== null && (
          <ColumnPanel key={column} source={source} columns={columns} column={column} onClose={() => setColumn(null)} />
        )}
      </div>
      {whole && (
        <WholeValue
          source={source}
          selection={selection}
          cell={whole}
          onCopy={() => void copy(whole)}
          onClose={() => setWhole(null)}
        />
      )}
    </div>
  );
}

const byName: ColumnTitle = (name) => name;

/** Upwards, downwards, as it was. */
function nextOrder(before: Order | null, column: string): Order | null {
  if (before?.column !== column) return { column, descending: false };
  return before.descending ? null : { column, descending: true };
}

/** A value a moment after its last change. */
