import { Select, Tag } from "antd";
import { useTranslation } from "react-i18next";
import { usePreferences } from "../../app/preferences";
import styles from "../forms.module.css";
import { paramOf, toItem, toToken } from "../items";
import { lookOf } from "../look";
import { parseNumber } from "../numberText";
import { optionsOf } from "../options";
import { boundTo, type Field, specText, typesOf } from "../spec";
import type { WidgetProps } from "../widget";

/** A list of texts, numbers or choices. */
export function ListWidget(props: WidgetProps) {
  const { field, value } = props;
  const items: Field = field.items ?? {};
  const given: readonly unknown[] = Array.isArray(value) ? value : [];
  return items.enum ? (
    <Choices {...props} items={items} given={given} />
  ) : (
    <Typed {...props} items={items} given={given} />
  );
}

interface ListProps extends WidgetProps {
  items: Field;
  given: readonly unknown[];
}

function Choices({ items, given, ...props }: ListProps) {
  const { t } = useTranslation("forms");
  const language = usePreferences((preferences) => preferences.language);
  const options = optionsOf(props.spec, items, language, items["x-enum-titles"] ?? props.field["x-enum-titles"]);
  const odd = given
    .map((item) => ({ value: JSON.stringify(item), label: nameOf(item, t("bound", { param: boundTo(item) ?? "" })) }))
    .filter(({ value }) => !options.some((option) => option.value === value));
  return (
    <Select<string[]>
      {...lookOf(props)}
      className={styles.full ?? ""}
      mode="multiple"
      popupMatchSelectWidth={false}
      showSearch={{ optionFilterProp: "label" }}
      options={[...odd, ...options]}
      value={given.map((item) => JSON.stringify(item))}
      onChange={(chosen) => props.onChange(chosen.map((json) => JSON.parse(json)))}
      placeholder={t("chooseItems")}
    />
  );
}

function nameOf(item: unknown, bound: string): string {
  return boundTo(item) === null ? String(item) : bound;
}

function Typed({ items, given, ...props }: ListProps) {
  const { t } = useTranslation("forms");
  const language = usePreferences((preferences) => preferences.language);
  const isNumber = typesOf(items).some((type) => type === "number" || type === "integer");
  const unit = specText(props.spec, props.field["x-unit"], language);
  const parsed = (text: string) => (isNumber ? (parseNumber(text) ?? text) : text);
  return (
    <Select<string[]>
      {...lookOf(props)}
      className={styles.full ?? ""}
      mode="tags"
      open={false}
      suffixIcon={unit || null}
      tokenSeparators={isNumber ? [";", " ", "\n", "\t"] : ["\n", "\t"]}
      placeholder={isNumber ? t("typeNumbers") : t("typeItems")}
      value={given.map(toToken)}
      tagRender={({ value: token, closable, onClose }) => {
        const param = paramOf(String(token));
        const at = given.findIndex((item) => toToken(item) === token);
        const isWrong = props.troubles.some(({ path }) => path === String(at));
        return (
          <Tag closable={closable} onClose={onClose} {...(isWrong && { color: "error" })}>
            {param === null ? String(token) || t("emptyText") : t("bound", { param })}
          </Tag>
        );
      }}
      onChange={(tokens) => props.onChange(tokens.map((token) => kept(given, token) ?? toItem(token, parsed)))}
    />
  );
}

/** An item that was there stays what it was: the text "1" does not become a number because another is added. */
function kept(given: readonly unknown[], token: string): unknown {
  return given.find((item) => toToken(item) === token);
}
