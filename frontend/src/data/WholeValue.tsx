import { CopyOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Button, Modal } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ErrorNotice } from "../lib/ErrorNotice";
import { Loading } from "../lib/Loading";
import { exactText } from "./cellText";
import { fetchRows, sourceKey, type TableSource } from "./source";
import type { CellAt } from "./TableGrid";
import type { Selection } from "./useTable";
import styles from "./WholeValue.module.css";

/** Characters that a page can still show. */
const LONGEST = 1_000_000;

/** The whole of a value that was cut. */
export async function wholeValue(source: TableSource, { order, search }: Selection, cell: CellAt): Promise<string> {
  if (!cell.isCut) return exactText(cell.value);
  const rows = await fetchRows(source, {
    offset: cell.row,
    limit: 1,
    columns: [cell.column.name],
    longest: LONGEST,
    ...(order && { sort: order.column, descending: order.descending }),
    ...(search && { search }),
  });
  return exactText(rows.rows[0]?.[0]);
}

interface WholeValueProps {
  source: TableSource;
  selection: Selection;
  cell: CellAt;
  onCopy: () => void;
  onClose: () => void;
}

export function WholeValue({ source, selection, cell, onCopy, onClose }: WholeValueProps) {
  const { t } = useTranslation("data");
  // The dialog closes before it goes: so it can give the focus back.
  const [isOpen, setOpen] = useState(true);
  const value = useQuery({
    queryKey: [...sourceKey(source), "whole", selection, cell.row, cell.column.name],
    queryFn: () => wholeValue(source, selection, cell),
    gcTime: 0,
  });
  return (
    <Modal
      open={isOpen}
      width={720}
      title={`${cell.column.name} · ${t("rowNumber", { row: cell.row + 1 })}`}
      onCancel={() => setOpen(false)}
      afterClose={onClose}
      footer={
        <Button icon={<CopyOutlined />} onClick={onCopy}>
          {t("copy")}
        </Button>
      }
    >
      {value.error ? (
        <ErrorNotice error={value.error} onRetry={() => void value.refetch()} />
      ) : value.data === undefined ? (
        <Loading />
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a long text is scrolled by keyboard
        <pre className={styles.value} tabIndex={0}>
          {value.data === "" ? t(cell.value === null ? "missing" : "emptyText") : value.data}
        </pre>
      )}
    </Modal>
  );
}
