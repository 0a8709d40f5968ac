import { WarningFilled } from "@ant-design/icons";
import { Select } from "antd";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { KindIcon } from "../../lib/KindIcon";
import styles from "../forms.module.css";
import { lookOf } from "../look";
import { type Column, emptied } from "../spec";
import { useColumns } from "../useColumns";
import type { WidgetProps } from "../widget";

/** One column. One that is gone upstream is kept and marked; where columns are not known yet, a name can be typed. */
export function ColumnWidget(props: WidgetProps) {
  const { value, onChange, field } = props;
  const { t } = useTranslation("forms");
  const { fitting, all, isOpen } = useColumns(props);
  const [typed, setTyped] = useState("");
  const options = useMemo(() => optionsOf(fitting ?? []), [fitting]);
  const name = typeof value === "string" && value ? value : null;
  const isLost = name !== null && !isOpen && !all?.some((column) => column.name === name);
  const isOffered = name !== null && fitting?.some((column) => column.name === name);
  const own = name !== null && !isOffered ? [nameOption(name, isLost)] : [];
  const isNew = isOpen && typed !== "" && typed !== name && !fitting?.some((column) => column.name === typed);
  const unknown = isNew ? [nameOption(typed, false)] : [];
  return (
    <Select
      {...lookOf(props, isLost)}
      className={styles.full ?? ""}
      popupMatchSelectWidth={false}
      classNames={{ popup: { root: styles.popup ?? "" } }}
      showSearch={{ optionFilterProp: "search", onSearch: setTyped }}
      allowClear={name !== null && (field.default === undefined || field.default === "")}
      options={[...own, ...unknown, ...options]}
      {...(name === null ? {} : { value: name })}
      onChange={(chosen: string | undefined) => onChange(chosen ?? emptied(field))}
      placeholder={all === null ? t("typeColumn") : t("chooseColumn")}
      notFoundContent={<p className={styles.none}>{all === null ? t("columnsUnknown") : t("noColumn")}</p>}
    />
  );
}

const optionsOf = (columns: readonly Column[]) =>
  columns.map((column) => ({ value: column.name, label: <ColumnOption column={column} />, search: column.name }));

const nameOption = (name: string, isLost: boolean) => ({
  value: name,
  label: (
    <span className={isLost ? styles.lost : undefined}>
      {isLost && <WarningFilled />} {name}
    </span>
  ),
  search: name,
});

function ColumnOption({ column }: { column: Column }) {
  const { t } = useTranslation("forms");
  return (
    <span className={styles.option}>
      <KindIcon kind={column.kind} type={column.type} />
      <span className={styles.optionName}>{column.name}</span>
      <span className={styles.type}>{column.isPossible ? t("maybe", { type: column.type }) : column.type}</span>
    </span>
  );
}
