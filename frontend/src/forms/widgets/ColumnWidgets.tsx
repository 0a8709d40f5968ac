import { FilterOutlined, WarningFilled } from "@ant-design/icons";
import { Button, Popover, Select, Tag } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { KindIcon } from "../../lib/KindIcon";
import styles from "../forms.module.css";
import { paramOf, toItem, toToken } from "../items";
import type { Column } from "../spec";
import type { WidgetProps } from "../widget";
import { ColumnChooser } from "./ColumnChooser";

/** The columns of the input that the field names, those of a fitting kind; null: not known yet. */
function useColumns({ field, columns }: WidgetProps): { fitting: Column[] | null; all: Column[] | null } {
  const all = columns(field["x-source"]?.input ?? "table");
  const kinds = field["x-source"]?.kinds;
  return { all, fitting: all && kinds ? all.filter(({ kind }) => kinds.includes(kind)) : all };
}

const optionsOf = (columns: readonly Column[] | null) =>
  (columns ?? []).map((column) => ({
    value: column.name,
    label: <ColumnOption column={column} />,
    search: column.name,
  }));

function ColumnOption({ column }: { column: Column }) {
  return (
    <span className={styles.option}>
      <KindIcon kind={column.kind} type={column.type} />
      <span className={styles.optionName}>{column.name}</span>
      <span className={styles.type}>{column.type}</span>
    </span>
  );
}

const SEARCH = { optionFilterProp: "search" } as const;

/** One column. One that is gone upstream is kept and marked; where columns are not known yet, a name can be typed. */
export function ColumnWidget(props: WidgetProps) {
  const { id, label, value, onChange, disabled, isInvalid, field } = props;
  const { t } = useTranslation("forms");
  const { fitting, all } = useColumns(props);
  const [typed, setTyped] = useState("");
  const name = typeof value === "string" && value ? value : null;
  const isLost = name !== null && all !== null && !all.some((column) => column.name === name);
  const unknown = all === null && typed ? [{ value: typed, label: <span>{typed}</span>, search: typed }] : [];
  const own =
    name !== null && !fitting?.some((column) => column.name === name)
      ? [{ value: name, label: <Lost name={name} isLost={isLost} />, search: name }]
      : [];
  return (
    <Select
      id={id}
      aria-label={label}
      className={styles.full ?? ""}
      showSearch={{ ...SEARCH, onSearch: setTyped }}
      allowClear={field.default === undefined || field.default === ""}
      options={[...own, ...unknown, ...optionsOf(fitting)]}
      {...(name === null ? {} : { value: name })}
      onChange={(chosen: string | undefined) => onChange(chosen)}
      disabled={disabled}
      placeholder={all === null ? t("typeColumn") : t("chooseColumn")}
      notFoundContent={all === null ? t("columnsUnknown") : t("noColumn")}
      {...(isInvalid || isLost ? { status: "error" as const } : {})}
    />
  );
}

function Lost({ name, isLost }: { name: string; isLost: boolean }) {
  return (
    <span className={isLost ? styles.lost : undefined}>
      {isLost && <WarningFilled />} {name}
    </span>
  );
}

/** Several columns, in order; also by type or pattern, for tables with thousands of them. */
export function ColumnsWidget(props: WidgetProps) {
  const { id, label, value, onChange, disabled, isInvalid } = props;
  const { t } = useTranslation("forms");
  const { fitting, all } = useColumns(props);
  const [isChoosing, setChoosing] = useState(false);
  const names = Array.isArray(value) ? value.map(toToken) : [];
  const known = new Set(all?.map(({ name }) => name));
  const set = (chosen: string[]) => onChange(chosen.map((token) => toItem(token, String)));
  return (
    <>
      <Select
        id={id}
        aria-label={label}
        className={styles.full ?? ""}
        mode={all === null ? "tags" : "multiple"}
        showSearch={SEARCH}
        maxTagCount={20}
        allowClear
        options={optionsOf(fitting)}
        value={names}
        onChange={set}
        disabled={disabled}
        placeholder={all === null ? t("typeColumns") : t("chooseColumns")}
        notFoundContent={all === null ? t("columnsUnknown") : t("noColumn")}
        tagRender={({ value: token, closable, onClose }) => {
          const param = paramOf(String(token));
          const name = param === null ? String(token) : t("bound", { param });
          const isLost = param === null && all !== null && !known.has(name);
          return (
            <Tag closable={closable} onClose={onClose} {...(isLost ? { color: "error", icon: <WarningFilled /> } : {})}>
              {name}
            </Tag>
          );
        }}
        {...(isInvalid ? { status: "error" as const } : {})}
      />
      {fitting && fitting.length > 0 && !disabled && (
        <Popover
          trigger="click"
          open={isChoosing}
          onOpenChange={setChoosing}
          destroyOnHidden
          content={
            <ColumnChooser
              columns={fitting}
              chosen={names}
              onChoose={(chosen) => {
                set(chosen);
                setChoosing(false);
              }}
            />
          }
        >
          <Button type="link" size="small" icon={<FilterOutlined />}>
            {t("byTypeOrPattern")}
          </Button>
        </Popover>
      )}
    </>
  );
}
