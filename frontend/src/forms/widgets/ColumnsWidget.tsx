import { PlusOutlined, WarningFilled } from "@ant-design/icons";
import { Button, Popover, Select, Tag } from "antd";
import { type KeyboardEvent, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import formStyles from "../forms.module.css";
import { paramOf, toItem, toToken } from "../items";
import { lookOf } from "../look";
import type { Column } from "../spec";
import { useColumns } from "../useColumns";
import type { WidgetProps } from "../widget";
import { ColumnPicker } from "./ColumnPicker";
import styles from "./columns.module.css";

/** Chips that are shown of a long list; those that are gone upstream come first. */
const MOST_CHIPS = 8;

/** Several columns, in order. Those that are gone upstream are kept and marked. */
export function ColumnsWidget(props: WidgetProps) {
  const { fitting, all, isOpen } = useColumns(props);
  const names = Array.isArray(props.value) ? props.value.map(toToken) : [];
  const set = (tokens: string[]) => props.onChange(tokens.map((token) => toItem(token, String)));
  if (all === null || fitting === null) return <TypedNames {...props} names={names} onNames={set} />;
  return <ChosenColumns {...props} all={all} fitting={fitting} isOpen={isOpen} names={names} onNames={set} />;
}

interface NamesProps extends WidgetProps {
  names: string[];
  onNames: (names: string[]) => void;
}

/** As long as it is not known what comes in, names can be typed. */
function TypedNames({ names, onNames, ...props }: NamesProps) {
  const { t } = useTranslation("forms");
  return (
    <Select<string[]>
      {...lookOf(props)}
      className={formStyles.full ?? ""}
      mode="tags"
      open={false}
      suffixIcon={null}
      maxTagCount={MOST_CHIPS}
      allowClear
      value={names}
      onChange={onNames}
      placeholder={t("typeColumns")}
      tagRender={({ value, closable, onClose }) => (
        <Tag closable={closable} onClose={onClose}>
          <TokenText token={String(value)} />
        </Tag>
      )}
    />
  );
}

interface ChosenColumnsProps extends NamesProps {
  all: Column[];
  fitting: Column[];
  isOpen: boolean;
}

function ChosenColumns({ all, fitting, isOpen: isMore, names, onNames, ...props }: ChosenColumnsProps) {
  const { id, label, disabled, describedBy, isInvalid } = props;
  const { t } = useTranslation("forms");
  const [isOpen, setOpen] = useState(false);
  const opener = useRef<HTMLButtonElement>(null);
  const known = new Set(all.map(({ name }) => name));
  const isLost = (name: string) => !isMore && paramOf(name) === null && !known.has(name);
  const lost = names.filter(isLost);
  const shown = [...lost, ...names.filter((name) => !isLost(name))].slice(0, Math.max(MOST_CHIPS, lost.length));
  const hidden = names.length - shown.length;
  const close = (event: KeyboardEvent) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    setOpen(false);
    opener.current?.focus();
  };
  return (
    <div className={styles.chosen} data-invalid={isInvalid || lost.length > 0 || undefined}>
      {shown.map((name) => (
        <Tag
          key={name}
          className={styles.chip ?? ""}
          closable={!disabled && { "aria-label": t("removeNamed", { name: paramOf(name) ?? name }) }}
          onClose={() => onNames(names.filter((one) => one !== name))}
          {...(isLost(name) && { color: "error", icon: <WarningFilled /> })}
        >
          <span className={styles.chipName}>
            <TokenText token={name} />
          </span>
        </Tag>
      ))}
      {hidden > 0 && (
        <button type="button" className={styles.more} onClick={() => setOpen(true)} disabled={disabled}>
          {t("andMore", { count: hidden })}
        </button>
      )}
      <Popover
        trigger="click"
        placement="leftTop"
        open={isOpen && !disabled}
        onOpenChange={setOpen}
        destroyOnHidden
        content={
          // biome-ignore lint/a11y/noStaticElementInteractions: Escape is heard for all that is in it
          <div onKeyDown={close}>
            <ColumnPicker
              label={label}
              columns={fitting}
              chosen={names}
              lost={lost}
              isOpen={isMore}
              onChoose={onNames}
            />
          </div>
        }
      >
        <Button
          ref={opener}
          id={id}
          type="text"
          size="small"
          icon={<PlusOutlined />}
          disabled={disabled}
          aria-label={`${label}: ${t("chooseColumns")}`}
          aria-haspopup="dialog"
          aria-expanded={isOpen}
          {...(describedBy && { "aria-describedby": describedBy })}
        >
          {names.length === 0 ? t("chooseColumns") : t("changeColumns", { count: names.length, all: fitting.length })}
        </Button>
      </Popover>
    </div>
  );
}

function TokenText({ token }: { token: string }) {
  const { t } = useTranslation("forms");
  const param = paramOf(token);
  return param === null ? token : t("bound", { param });
}
