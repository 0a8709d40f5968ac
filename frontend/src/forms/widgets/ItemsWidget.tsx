import { ArrowDownOutlined, ArrowUpOutlined, CopyOutlined, DeleteOutlined, PlusOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { FieldTroubles } from "../FieldTroubles";
import styles from "../forms.module.css";
import { isRecord } from "../spec";
import { within } from "../troubles";
import type { WidgetProps } from "../widget";
import { JsonWidget } from "./JsonWidget";
import { ObjectBody } from "./ObjectWidget";

let keys = 0;
const newKeys = (count: number) => Array.from({ length: count }, () => ++keys);

/** A list of things with fields of their own: added, removed, moved, copied. */
export function ItemsWidget(props: WidgetProps) {
  const { id, label, field, value, onChange, disabled, troubles } = props;
  const { t } = useTranslation("forms");
  const items: readonly unknown[] = Array.isArray(value) ? value : [];
  // Items have no name: a key of their own keeps what one has hidden with it when it moves.
  const [known, setKeys] = useState(() => newKeys(items.length));
  const shownKeys = known.length === items.length ? known : newKeys(items.length);
  useEffect(() => {
    if (known.length !== items.length) setKeys(newKeys(items.length));
  }, [known.length, items.length]);
  const list = useRef<HTMLDivElement>(null);
  const added = useRef(false);
  useEffect(() => {
    if (!added.current) return;
    added.current = false;
    const last = list.current?.querySelector("fieldset:last-of-type");
    last?.querySelector<HTMLElement>(":is(input, textarea, button[role=switch]):not([disabled])")?.focus();
  });

  const put = (next: readonly unknown[], nextKeys: number[]) => {
    setKeys(nextKeys);
    onChange(next);
  };
  const add = (item: unknown) => {
    added.current = true;
    put([...items, item], [...shownKeys, ++keys]);
  };
  const move = (from: number, to: number) => put(moved(items, from, to), moved(shownKeys, from, to));
  return (
    <div ref={list} className={styles.items}>
      {items.map((item, index) => {
        const number = index + 1;
        const own = {
          ...props,
          id: `${id}-${index}`,
          label: t("itemOf", { label, number }),
          field: field.items ?? {},
          value: item,
          onChange: (next: unknown) => onChange(items.map((old, at) => (at === index ? next : old))),
          troubles: within(troubles, String(index)),
        };
        return (
          <fieldset key={shownKeys[index]} className={styles.item} aria-label={own.label}>
            <div className={styles.itemHead}>
              <span className={styles.itemNumber}>{number}</span>
              {!disabled && (
                <>
                  <Tool
                    icon={<ArrowUpOutlined />}
                    label={t("moveUp", { number })}
                    isOff={index === 0}
                    onClick={() => move(index, index - 1)}
                  />
                  <Tool
                    icon={<ArrowDownOutlined />}
                    label={t("moveDown", { number })}
                    isOff={index === items.length - 1}
                    onClick={() => move(index, index + 1)}
                  />
                  <Tool icon={<CopyOutlined />} label={t("copyItem", { number })} onClick={() => add(item)} />
                  <Tool
                    icon={<DeleteOutlined />}
                    label={t("removeItem", { number })}
                    onClick={() =>
                      put(
                        items.filter((_, at) => at !== index),
                        shownKeys.filter((_, at) => at !== index),
                      )
                    }
                  />
                </>
              )}
            </div>
            {isRecord(item) ? <ObjectBody {...own} /> : <JsonWidget {...own} />}
            <FieldTroubles id={`${own.id}-told`} troubles={own.troubles.filter(({ path }) => path === "")} />
          </fieldset>
        );
      })}
      {!disabled && (
        <Button
          id={id}
          aria-label={t("addTo", { label })}
          type="dashed"
          block
          icon={<PlusOutlined />}
          onClick={() => add({})}
        >
          {t("addItem")}
        </Button>
      )}
    </div>
  );
}

function moved<Item>(items: readonly Item[], from: number, to: number): Item[] {
  const next = [...items];
  next.splice(to, 0, ...next.splice(from, 1));
  return next;
}

interface ToolProps {
  icon: React.ReactNode;
  label: string;
  isOff?: boolean;
  onClick: () => void;
}

function Tool({ icon, label, isOff = false, onClick }: ToolProps) {
  return (
    <Button type="text" size="small" icon={icon} aria-label={label} title={label} disabled={isOff} onClick={onClick} />
  );
}
