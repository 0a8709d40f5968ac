import { Input, InputNumber, Modal, Select } from "antd";
import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { useLocalize } from "../../lib/localize";
import { type FlowParam, type FlowParams, fieldText, needsValue, readField } from "./flowParams";
import styles from "./RunControls.module.css";

interface ParamsDialogProps {
  params: FlowParams;
  priority: number;
  onRun: (values: Record<string, unknown>, priority: number) => void;
  onClose: () => void;
}

/** Values of the flow's params for one run, and how urgent it is. */
export function ParamsDialog({ params, priority, onRun, onClose }: ParamsDialogProps) {
  const { t } = useTranslation("runs");
  const { t: common } = useTranslation();
  const localize = useLocalize();
  const [texts, setTexts] = useState(() =>
    Object.fromEntries(Object.entries(params).map(([name, param]) => [name, fieldText(param)])),
  );
  const [urgency, setUrgency] = useState(priority);
  const [isChecked, setChecked] = useState(false);
  const id = useId();

  const problemOf = (name: string, param: FlowParam) => {
    const text = texts[name] ?? "";
    if (needsValue(param) && !text.trim()) return "needed" as const;
    // A field that still holds its default is not sent.
    if (text === fieldText(param)) return null;
    const read = readField(param, text);
    return "problem" in read ? read.problem : null;
  };
  const entries = Object.entries(params);
  const run = () => {
    setChecked(true);
    if (entries.some(([name, param]) => problemOf(name, param))) return;
    const values: Record<string, unknown> = {};
    for (const [name, param] of entries) {
      const text = texts[name] ?? "";
      const read = readField(param, text);
      if (text !== fieldText(param) && "value" in read) values[name] = read.value;
    }
    onRun(values, urgency);
  };
  return (
    <Modal
      open
      title={t("params.title")}
      okText={t("run.run")}
      cancelText={common("cancel")}
      onOk={run}
      onCancel={onClose}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          run();
        }}
      >
        {entries.map(([name, param], index) => {
          const problem = isChecked ? problemOf(name, param) : null;
          return (
            <div key={name} className={styles.field}>
              <label htmlFor={`${id}-${name}`}>
                {localize(param.title) || name}
                {needsValue(param) && " *"}
              </label>
              {param.type === "boolean" ? (
                <Select
                  id={`${id}-${name}`}
                  value={texts[name] || undefined}
                  onChange={(value: string) => setTexts({ ...texts, [name]: value })}
                  options={[
                    { value: "true", label: t("params.yes") },
                    { value: "false", label: t("params.no") },
                  ]}
                />
              ) : (
                <Input
                  id={`${id}-${name}`}
                  autoFocus={index === 0}
                  value={texts[name]}
                  status={problem ? "error" : ""}
                  aria-invalid={problem !== null}
                  aria-describedby={`${id}-${name}-help`}
                  onChange={(event) => setTexts({ ...texts, [name]: event.target.value })}
                />
              )}
              <span id={`${id}-${name}-help`} className={problem ? styles.problem : styles.help}>
                {problem ? t(`params.${problem}`) : localize(param.description) || t(`params.type.${typeOf(param)}`)}
              </span>
            </div>
          );
        })}
        <div className={styles.field}>
          <label htmlFor={`${id}-priority`}>{t("params.priority")}</label>
          <InputNumber
            id={`${id}-priority`}
            min={-1000}
            max={1000}
            value={urgency}
            onChange={(value) => setUrgency(value ?? 0)}
          />
          <span className={styles.help}>{t("params.priorityHelp")}</span>
        </div>
        <button type="submit" hidden />
      </form>
    </Modal>
  );
}

const TYPES = ["string", "integer", "number", "boolean", "array", "object"] as const;

function typeOf({ type }: FlowParam): (typeof TYPES)[number] {
  return TYPES.find((known) => known === type) ?? "string";
}
