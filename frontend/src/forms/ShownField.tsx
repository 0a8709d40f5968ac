import { DeleteOutlined, InfoCircleOutlined, LinkOutlined, UndoOutlined } from "@ant-design/icons";
import { Button, Tag, Tooltip } from "antd";
import { useCallback, useId } from "react";
import { useTranslation } from "react-i18next";
import { usePreferences } from "../app/preferences";
import { Words } from "../lib/terms/Words";
import { FieldTroubles } from "./FieldTroubles";
import styles from "./forms.module.css";
import { boundTo, type ColumnList, type Field, type Spec, specText } from "./spec";
import type { Trouble } from "./troubles";
import { fallbackOf, kindOf } from "./widgetOf";

export interface ShownFieldProps {
  name: string;
  /** null: the operator has no such field. */
  field: Field | null;
  spec: Spec;
  isRequired: boolean;
  value: unknown;
  onSet: (name: string, value: unknown) => void;
  /** By paths from the field: "" is the field itself. */
  troubles: readonly Trouble[];
  columns: (input: string) => ColumnList | null;
  column: unknown;
  disabled: boolean;
  isSmall: boolean;
}

const UNKNOWN: Field = {};

/** A field with label, unit, help, widget and what is wrong with it. */
export function ShownField(props: ShownFieldProps) {
  const { name, spec, isRequired, value, onSet, troubles, columns, column, disabled, isSmall } = props;
  const language = usePreferences((preferences) => preferences.language);
  const id = useId();
  const field = props.field ?? UNKNOWN;
  const label = specText(spec, field.title, language) || name;
  const help = specText(spec, field.description, language);
  const param = boundTo(value);
  const shown = value === undefined ? field.default : value;
  const natural = props.field ? kindOf(field, isSmall) : fallbackOf(null, shown);
  // A value that its widget cannot show is shown as it is, to be mended: it is never dropped.
  const kind = shown === undefined || natural.takes(shown) ? natural : fallbackOf(field, shown);
  const isInvalid = troubles.some(({ level, path }) => level === "error" && (path === "" || !kind.nests));
  const told = kind.nests ? troubles.filter(({ path }) => path === "") : troubles;
  const onChange = useCallback((next: unknown) => onSet(name, next), [onSet, name]);
  const describedBy = [help && !isSmall && `${id}-help`, told.length > 0 && `${id}-told`].filter(Boolean).join(" ");
  const isOwn = JSON.stringify(value) !== JSON.stringify(field.default);
  // What is wrong can go, also where it is as it is by default and does not apply.
  const mayGo = value !== undefined && param === null && !disabled && (isInvalid || (isOwn && !isSmall));
  const widget =
    param === null ? (
      <kind.Widget
        id={id}
        label={label}
        describedBy={describedBy || undefined}
        field={field}
        spec={spec}
        value={shown}
        onChange={onChange}
        disabled={disabled}
        isInvalid={isInvalid}
        columns={columns}
        column={column}
        troubles={troubles}
        isSmall={isSmall}
      />
    ) : (
      <Bound param={param} disabled={disabled} onUnbind={() => onChange(undefined)} />
    );
  const isInline = kind.isInline && param === null;
  return (
    <>
      <div className={styles.label} data-no-focus={isInline ? undefined : true}>
        <label htmlFor={id}>
          {label}
          {isRequired && (
            <span className={styles.required} aria-hidden="true">
              {" *"}
            </span>
          )}
        </label>
        {help && isSmall && (
          <Tooltip title={help}>
            <InfoCircleOutlined className={styles.info ?? ""} aria-label={help} tabIndex={0} />
          </Tooltip>
        )}
        <span className={styles.end}>
          {mayGo && <Reset label={label} field={field} isOdd={isInvalid} onReset={() => onChange(undefined)} />}
          {isInline && widget}
        </span>
      </div>
      {!isInline && widget}
      {help && !isSmall && (
        <p id={`${id}-help`} className={styles.help}>
          <Words text={help} />
        </p>
      )}
      <FieldTroubles id={`${id}-told`} troubles={told} />
    </>
  );
}

interface ResetProps {
  label: string;
  field: Field;
  isOdd: boolean;
  onReset: () => void;
}

/** Back to the default; a value that fits no widget can at least be removed. */
function Reset({ label, field, isOdd, onReset }: ResetProps) {
  const { t } = useTranslation("forms");
  const hasDefault = field.default !== undefined;
  if (!hasDefault && !isOdd) return null;
  return (
    <Tooltip title={hasDefault ? t("reset") : t("removeValue")}>
      <Button
        type="text"
        size="small"
        className={styles.reset ?? ""}
        icon={hasDefault ? <UndoOutlined /> : <DeleteOutlined />}
        aria-label={hasDefault ? t("resetOf", { label }) : t("removeValueOf", { label })}
        onClick={onReset}
      />
    </Tooltip>
  );
}

function Bound({ param, disabled, onUnbind }: { param: string; disabled: boolean; onUnbind: () => void }) {
  const { t } = useTranslation("forms");
  return (
    <div>
      <Tag
        icon={<LinkOutlined />}
        className={styles.bound ?? ""}
        closable={!disabled && { "aria-label": t("unbind", { param }) }}
        onClose={onUnbind}
      >
        {t("bound", { param })}
      </Tag>
    </div>
  );
}
