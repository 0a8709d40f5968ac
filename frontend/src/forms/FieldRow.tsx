import { LinkOutlined, UndoOutlined } from "@ant-design/icons";
import { Button, Tag, Tooltip } from "antd";
import { useId } from "react";
import { useTranslation } from "react-i18next";
import { usePreferences } from "../app/preferences";
import type { Finding } from "./check";
import styles from "./forms.module.css";
import { findingText, problemText } from "./messages";
import type { FieldProblem } from "./SchemaForm";
import { boundTo, type Column, type Field, type Spec, specText } from "./spec";
import { widgetOf } from "./widgetOf";
import { JsonWidget } from "./widgets/JsonWidget";

interface FieldRowProps {
  name: string;
  spec: Spec;
  isVisible: boolean;
  value: unknown;
  onChange: (value: unknown) => void;
  findings: readonly Finding[];
  problems: readonly FieldProblem[];
  columns: (input: string) => Column[] | null;
  disabled: boolean;
}

const UNKNOWN: Field = {};

/** One field with label, help, widget and what is wrong with it. It grows in and shrinks away without a jump. */
export function FieldRow(props: FieldRowProps) {
  const { isVisible } = props;
  return (
    <div className={isVisible ? styles.row : `${styles.row} ${styles.gone}`} data-field={props.name} inert={!isVisible}>
      <div className={styles.rowInside}>{isVisible && <VisibleField {...props} />}</div>
    </div>
  );
}

function VisibleField({ name, spec, value, onChange, findings, problems, columns, disabled }: FieldRowProps) {
  const { t } = useTranslation("forms");
  const language = usePreferences((preferences) => preferences.language);
  const id = useId();
  const field: Field = spec.params.properties[name] ?? UNKNOWN;
  const label = specText(spec, field.title, language) || name;
  const help = specText(spec, field.description, language);
  const unit = specText(spec, field["x-unit"], language);
  const isRequired = field["x-required"] || spec.params.required?.includes(name);
  const param = boundTo(value);
  const own = findings.filter(({ path }) => path === name);
  const isMissing = own.some(({ verdict }) => verdict === "missing");
  const isInvalid = findings.length > 0 || problems.some(({ level }) => level === "error");
  // A value that does not fit its widget is shown as it is, to be mended: a widget would hide or change it.
  const isMisfit =
    value !== undefined && own.some(({ verdict, keyword }) => verdict !== "invalid" || keyword === "type");
  const Widget = isMisfit || field === UNKNOWN ? JsonWidget : widgetOf(field);
  return (
    <>
      <div className={styles.label}>
        <label htmlFor={id}>
          {label}
          {isRequired && (
            <span className={styles.required} aria-hidden="true">
              {" "}
              *
            </span>
          )}
        </label>
        {unit && <span className={styles.unit}>{unit}</span>}
        {value !== undefined && field.default !== undefined && param === null && !disabled && (
          <Tooltip title={t("reset")}>
            <Button
              type="text"
              size="small"
              className={styles.reset ?? ""}
              icon={<UndoOutlined />}
              aria-label={t("resetOf", { label })}
              onClick={() => onChange(undefined)}
            />
          </Tooltip>
        )}
      </div>
      {param === null ? (
        <Widget
          id={id}
          label={label}
          field={field}
          spec={spec}
          value={value === undefined ? field.default : value}
          onChange={onChange}
          disabled={disabled}
          isInvalid={isInvalid && !isMissing}
          columns={columns}
        />
      ) : (
        <Tag icon={<LinkOutlined />} color="blue" closable={!disabled} onClose={() => onChange(undefined)}>
          {t("bound", { param })}
        </Tag>
      )}
      {help && <p className={styles.help}>{help}</p>}
      <div aria-live="polite">
        {findings.map((finding) => (
          <p
            key={`${finding.path} ${finding.verdict}`}
            className={finding.verdict === "missing" ? styles.missing : styles.error}
          >
            {finding.path !== name && `${finding.path.slice(name.length + 1)}: `}
            {findingText(t, finding)}
          </p>
        ))}
        {problems.map((problem) => (
          <p
            key={`${problem.field} ${problem.code} ${String(problem.value)}`}
            className={problem.level === "error" ? styles.error : styles.missing}
          >
            {problemText(t, problem)}
          </p>
        ))}
      </div>
    </>
  );
}
