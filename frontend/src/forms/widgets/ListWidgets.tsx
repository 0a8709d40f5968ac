import { ArrowDownOutlined, ArrowUpOutlined, DeleteOutlined, PlusOutlined } from "@ant-design/icons";
import { Button, Select, Tag } from "antd";
import { useTranslation } from "react-i18next";
import { usePreferences } from "../../app/preferences";
import { changed } from "../change";
import { visibleFields } from "../conditions";
import styles from "../forms.module.css";
import { paramOf, toItem, toToken } from "../items";
import { type Field, isRecord, specText, typesOf } from "../spec";
import type { WidgetProps } from "../widget";
import { widgetOf } from "../widgetOf";
import { optionsOf } from "./EnumWidget";

/** A list of texts, numbers or choices. */
export function ListWidget({ id, label, field, spec, value, onChange, disabled, isInvalid }: WidgetProps) {
  const { t } = useTranslation("forms");
  const language = usePreferences((preferences) => preferences.language);
  const items: Field = field.items ?? {};
  const isNumber = typesOf(items).some((type) => type === "number" || type === "integer");
  const given = Array.isArray(value) ? value : [];
  const shared = {
    id,
    "aria-label": label,
    className: styles.full ?? "",
    disabled,
    ...(isInvalid ? { status: "error" as const } : {}),
  };
  if (items.enum) {
    return (
      <Select<string[]>
        {...shared}
        mode="multiple"
        showSearch={{ optionFilterProp: "label" }}
        options={optionsOf(spec, items, language)}
        value={given.map((item) => JSON.stringify(item))}
        onChange={(chosen) => onChange(chosen.map((json) => JSON.parse(json)))}
      />
    );
  }
  const parsed = (text: string) => {
    const number = Number(text.replace(",", "."));
    return isNumber && text.trim() !== "" && !Number.isNaN(number) ? number : text;
  };
  return (
    <Select<string[]>
      {...shared}
      mode="tags"
      open={false}
      suffixIcon={null}
      tokenSeparators={isNumber ? [";", " ", "\n"] : ["\n"]}
      placeholder={t("typeItems")}
      value={given.map(toToken)}
      tagRender={({ value: token, closable, onClose }) => {
        const param = paramOf(String(token));
        return (
          <Tag closable={closable} onClose={onClose}>
            {param === null ? String(token) : t("bound", { param })}
          </Tag>
        );
      }}
      onChange={(tokens) => onChange(tokens.map((token) => toItem(token, parsed)))}
    />
  );
}

/** A list of things with fields of their own: added, removed, moved. */
export function ItemsWidget(props: WidgetProps) {
  const { label, field, value, onChange, disabled } = props;
  const { t } = useTranslation("forms");
  const items: readonly unknown[] = Array.isArray(value) ? value : [];
  const put = (index: number, item: unknown) => onChange(items.map((old, at) => (at === index ? item : old)));
  const move = (from: number, to: number) => {
    const moved = [...items];
    moved.splice(to, 0, ...moved.splice(from, 1));
    onChange(moved);
  };
  return (
    <div className={styles.items}>
      {items.map((item, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: items have no name of their own
        <fieldset key={index} className={styles.item} aria-label={t("itemOf", { label, number: index + 1 })}>
          {!disabled && (
            <div className={styles.itemHead}>
              <Button
                type="text"
                size="small"
                icon={<ArrowUpOutlined />}
                aria-label={t("moveUp")}
                disabled={index === 0}
                onClick={() => move(index, index - 1)}
              />
              <Button
                type="text"
                size="small"
                icon={<ArrowDownOutlined />}
                aria-label={t("moveDown")}
                disabled={index === items.length - 1}
                onClick={() => move(index, index + 1)}
              />
              <Button
                type="text"
                size="small"
                icon={<DeleteOutlined />}
                aria-label={t("removeItem", { number: index + 1 })}
                onClick={() => onChange(items.filter((_, at) => at !== index))}
              />
            </div>
          )}
          <ItemFields
            {...props}
            id={`${props.id}-${index}`}
            item={isRecord(item) ? item : {}}
            onItem={(next) => put(index, next)}
            schema={field.items ?? {}}
          />
        </fieldset>
      ))}
      {!disabled && (
        <Button type="dashed" block icon={<PlusOutlined />} onClick={() => onChange([...items, {}])}>
          {t("addItem")}
        </Button>
      )}
    </div>
  );
}

interface ItemFieldsProps extends WidgetProps {
  schema: Field;
  item: Record<string, unknown>;
  onItem: (item: Record<string, unknown>) => void;
}

function ItemFields({ schema, item, onItem, ...props }: ItemFieldsProps) {
  const language = usePreferences((preferences) => preferences.language);
  const visible = visibleFields(schema, item);
  return Object.entries(schema.properties ?? {})
    .filter(([name]) => visible.has(name) || name in item)
    .map(([name, field]) => {
      const Widget = widgetOf(field);
      const label = specText(props.spec, field.title, language) || name;
      const id = `${props.id}-${name}`;
      return (
        <div key={name}>
          <div className={styles.label}>
            <label htmlFor={id}>{label}</label>
          </div>
          <Widget
            {...props}
            id={id}
            label={label}
            field={field}
            value={item[name] === undefined ? field.default : item[name]}
            onChange={(value) => onItem(changed(schema, item, {}, name, value).values)}
            isInvalid={false}
          />
        </div>
      );
    });
}
