import { CaretRightOutlined, DeleteOutlined } from "@ant-design/icons";
import { Button, Input, Popconfirm, Select, Switch } from "antd";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { usePreferences } from "../../app/preferences";
import { localized } from "../../lib/localize";
import { type FlowParam, nodePath } from "../model/document";
import { fieldText, readField } from "../run/flowParams";
import { useFlow, useFlowStore } from "../store/flowStore";
import type { ParamUse } from "./flowParamEdits";
import styles from "./ParamCard.module.css";
import { ParamValue } from "./ParamValue";
import { Row } from "./Row";
import { usePlaces } from "./usePlaces";

const TYPES = ["string", "integer", "number", "boolean", "array", "object"] as const;
const NAME = /^[A-Za-z_][A-Za-z0-9_-]{0,63}$/;

interface ParamCardProps {
  name: string;
  param: FlowParam;
  uses: readonly ParamUse[];
  taken: readonly string[];
  isOpen: boolean;
  disabled: boolean;
  onToggle: () => void;
  /** `part`: what of it was changed. */
  onChange: (param: FlowParam, part: string) => void;
  onRename: (name: string) => void;
  onRemove: () => void;
}

/** One param of a flow: a line, opened to edit it. */
export function ParamCard(props: ParamCardProps) {
  const { name, param, uses, isOpen, disabled, onToggle, onRemove } = props;
  const { t } = useTranslation("canvas");
  const used = uses.length > 0 ? t("panels.flow.used", { count: uses.length }) : t("panels.flow.unused");
  const shown =
    "default" in param ? fieldText({ type: param.type, default: param.default }) : t("panels.flow.required");
  return (
    <section className={styles.card} data-open={isOpen ? "" : undefined}>
      <div className={styles.line}>
        <button type="button" className={styles.head} aria-expanded={isOpen} onClick={onToggle}>
          <CaretRightOutlined className={styles.arrow} />
          <span className={styles.name}>{name}</span>
          <span className={styles.shown}>{shown}</span>
        </button>
        {!disabled && (
          <Popconfirm
            title={t("panels.flow.remove", { name })}
            {...(uses.length > 0 && { description: t("panels.flow.removeUsed") })}
            onConfirm={onRemove}
          >
            <Button type="text" size="small" icon={<DeleteOutlined />} aria-label={t("panels.flow.remove", { name })} />
          </Popconfirm>
        )}
      </div>
      {isOpen && <ParamFields {...props} />}
      {!isOpen && <p className={styles.used}>{used}</p>}
    </section>
  );
}

function ParamFields({ name, param, uses, taken, disabled, onChange, onRename }: ParamCardProps) {
  const { t } = useTranslation("canvas");
  const language = usePreferences((preferences) => preferences.language);
  const [text, setText] = useState(name);
  useEffect(() => setText(name), [name]);
  const wrong = !NAME.test(text)
    ? t("panels.flow.nameWrong")
    : taken.includes(text)
      ? t("panels.flow.nameTaken")
      : null;
  const changeText = (part: "title" | "description", next: string) => {
    const { [part]: before, ...others } = param;
    if (typeof before === "object" && before !== null) {
      onChange({ ...others, [part]: { ...before, [language]: next } }, part);
    } else onChange(next ? { ...others, [part]: next } : others, part);
  };
  const retype = (type: FlowParam["type"]) => {
    const { default: before, ...others } = param;
    const read = readField({ type }, fieldText({ type: param.type, default: before }));
    const isKept = "default" in param && "value" in read;
    onChange(
      { ...others, type, ...(isKept ? { default: read.value } : "default" in param && { default: EMPTY[type] }) },
      "type",
    );
  };
  const setRequired = (isRequired: boolean) => {
    const { default: _before, ...others } = param;
    onChange(isRequired ? others : { ...others, default: EMPTY[param.type] }, "required");
  };
  return (
    <div className={styles.fields}>
      <Row label={t("panels.flow.name")} error={wrong}>
        {(id) => (
          <Input
            id={id}
            value={text}
            disabled={disabled}
            onChange={(event) => setText(event.target.value)}
            onBlur={() => (wrong ? setText(name) : text !== name && onRename(text))}
            onPressEnter={(event) => event.currentTarget.blur()}
          />
        )}
      </Row>
      <Row label={t("panels.flow.paramTitle")} help={t("panels.flow.paramTitleHelp")}>
        {(id) => (
          <Input
            id={id}
            disabled={disabled}
            value={localized(param.title, language)}
            maxLength={300}
            onChange={(event) => changeText("title", event.target.value)}
          />
        )}
      </Row>
      <Row label={t("panels.flow.type")}>
        {(id) => (
          <Select
            id={id}
            disabled={disabled}
            value={param.type}
            options={TYPES.map((value) => ({ value, label: t(`panels.flow.types.${value}`) }))}
            onChange={retype}
          />
        )}
      </Row>
      <Row label={t("panels.flow.required")} inline>
        {(id) => (
          <Switch id={id} size="small" disabled={disabled} checked={!("default" in param)} onChange={setRequired} />
        )}
      </Row>
      {"default" in param && (
        <Row label={t("panels.flow.default")}>
          {(id) => (
            <ParamValue
              id={id}
              type={param.type}
              value={param.default}
              disabled={disabled}
              onChange={(value) => onChange({ ...param, default: value ?? EMPTY[param.type] }, "default")}
            />
          )}
        </Row>
      )}
      <Row label={t("panels.flow.description")}>
        {(id) => (
          <Input.TextArea
            id={id}
            autoSize={{ minRows: 1, maxRows: 5 }}
            disabled={disabled}
            value={localized(param.description, language)}
            onChange={(event) => changeText("description", event.target.value)}
          />
        )}
      </Row>
      <Uses uses={uses} />
    </div>
  );
}

/** What stands for no value of a type. */
const EMPTY: Readonly<Record<FlowParam["type"], unknown>> = {
  string: "",
  integer: 0,
  number: 0,
  boolean: false,
  array: [],
  object: {},
};

function Uses({ uses }: { uses: readonly ParamUse[] }) {
  const { t } = useTranslation("canvas");
  const store = useFlowStore();
  const document = useFlow((flow) => flow.document);
  const bodyPath = useFlow((flow) => flow.bodyPath);
  const places = usePlaces();
  if (uses.length === 0) return <p className={styles.used}>{t("panels.flow.unused")}</p>;
  return (
    <div>
      <h4 className={styles.usedIn}>{t("panels.flow.usedIn")}</h4>
      <ul className={styles.uses}>
        {uses.map(({ node, field }) => {
          const path = nodePath(bodyPath, node);
          return (
            <li key={`${node}.${field}`}>
              <button type="button" onClick={() => store.getState().setFocus({ node: path, field: `params.${field}` })}>
                {places.node(document, path)} · {places.field(document, path, `params.${field}`)}
              </button>
            </li>
          );
        })}
      </ul>
    </div>
  );
}
