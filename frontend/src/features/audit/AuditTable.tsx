import { DatePicker, Input, type TableColumnsType } from "antd";
import dayjs from "dayjs";
import { type ReactNode, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Schemas } from "../../api/client";
import { useFormat } from "../../lib/format";
import { PagedTable, useListAddress } from "../../lib/PagedTable";
import { Teach } from "../../lib/Teach";
import styles from "./AuditTable.module.css";
import { BeforeAfter } from "./BeforeAfter";

type Entry = Schemas["Entry"];
const TEXT_FILTERS = ["actor", "action", "thing"] as const;

/** The filters that the address holds, as the API wants them. */
export function useAuditFilters() {
  const { cursor, get } = useListAddress();
  const texts = TEXT_FILTERS.flatMap((name) => (get(name) ? [[name, get(name) as string]] : []));
  const times = (["since", "until"] as const).flatMap((name) => (get(name) ? [[name, Number(get(name))]] : []));
  return { ...Object.fromEntries(texts), ...Object.fromEntries(times), ...(cursor ? { cursor } : {}) };
}

interface AuditTableProps {
  query: Parameters<typeof PagedTable<Entry>>[0]["query"];
  icon: ReactNode;
}

/** Entries of the audit record, latest first, with what they changed. */
export function AuditTable({ query, icon }: AuditTableProps) {
  const { t } = useTranslation("audit");
  const format = useFormat();
  const viaOf = (via: string) => t(`via.${via as "session"}`, { defaultValue: via });
  const columns: TableColumnsType<Entry> = [
    {
      title: t("when"),
      width: 170,
      render: (_, entry) => <span className={styles.time}>{format.time(entry.at)}</span>,
    },
    { title: t("who"), render: (_, { actor, via }) => (via === "platform" || via === "command" ? viaOf(via) : actor) },
    { title: t("action"), render: (_, entry) => <code>{entry.action}</code> },
    { title: t("thing"), render: (_, entry) => <code className={styles.thing}>{entry.thing}</code> },
    { title: t("from"), render: (_, { address, via }) => [address, viaOf(via)].filter(Boolean).join(" · ") },
    { title: t("change"), render: (_, entry) => <BeforeAfter before={entry.before} after={entry.after} /> },
  ];
  return (
    <PagedTable<Entry>
      label={t("title")}
      columns={columns}
      rowKey={({ seq }) => seq}
      query={query}
      filters={<Filters />}
      empty={<Teach icon={icon} title={t("empty")} />}
    />
  );
}

function Filters() {
  const { t } = useTranslation("audit");
  const { get, change } = useListAddress();
  const since = get("since");
  const until = get("until");
  return (
    <>
      {TEXT_FILTERS.map((name) => (
        <TextFilter
          key={name}
          label={t(`filter.${name}`)}
          value={get(name) ?? ""}
          onChange={(text) => change({ [name]: text })}
        />
      ))}
      <DatePicker.RangePicker
        allowEmpty
        value={[since ? dayjs.unix(Number(since)) : null, until ? dayjs.unix(Number(until)) : null]}
        onChange={(range) =>
          change({
            since: range?.[0] ? String(range[0].startOf("day").unix()) : null,
            until: range?.[1] ? String(range[1].endOf("day").unix()) : null,
          })
        }
      />
    </>
  );
}

/** Filters when the text is left or Enter is pressed: the API compares whole names. */
function TextFilter({ label, value, onChange }: { label: string; value: string; onChange: (text: string) => void }) {
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  const done = () => text !== value && onChange(text.trim());
  return (
    <Input
      className={styles.filter}
      placeholder={label}
      aria-label={label}
      allowClear
      maxLength={200}
      value={text}
      onChange={(event) => (event.target.value === "" && value ? onChange("") : setText(event.target.value))}
      onBlur={done}
      onPressEnter={done}
    />
  );
}
