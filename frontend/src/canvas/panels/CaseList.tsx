import { ArrowUpOutlined, DeleteOutlined, PlusOutlined } from "@ant-design/icons";
import { Button, Input } from "antd";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import type { BranchCase, FlowNode } from "../model/document";
import { useFlowStore } from "../store/flowStore";
import { ConditionRows } from "./ConditionRows";
import styles from "./ControlForm.module.css";
import { freePort, withCases, withPortRenamed } from "./cases";
import { changeNode } from "./steps";

/** The ways out of a branch, tried from top to bottom. */
export function CaseList({ node, disabled }: { node: FlowNode; disabled: boolean }) {
  const { t } = useTranslation("canvas");
  const store = useFlowStore();
  const cases = node.cases ?? [];
  const set = (part: string, next: readonly BranchCase[]) =>
    changeNode(store, node.id, `cases.${part}`, (now) => ({ ...now, cases: next }));
  const put = (at: number, change: BranchCase) => cases.map((one, index) => (index === at ? change : one));
  const add = () => {
    const made = { port: freePort(cases), when: { value: { minimum: 0 } } };
    const otherwise = cases.findIndex(({ when }) => when === undefined);
    set("add", otherwise < 0 ? [...cases, made] : cases.toSpliced(otherwise, 0, made));
  };
  const remove = (at: number) =>
    store.getState().changeGraph("cases", (graph) => withCases(graph, node.id, cases.toSpliced(at, 1)));
  const up = (at: number) => {
    const [one] = cases.slice(at, at + 1);
    if (one) set("order", cases.toSpliced(at, 1).toSpliced(at - 1, 0, one));
  };
  return (
    <>
      <p className={styles.help}>{t("panels.control.casesHelp")}</p>
      {cases.map((one, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the name of a case changes while it is typed
        <section key={at} className={styles.case}>
          <div className={styles.caseHead}>
            <PortName
              number={at + 1}
              name={one.port}
              taken={cases.filter((other) => other !== one).map(({ port }) => port)}
              disabled={disabled}
              onChange={(port) =>
                store.getState().changeGraph("cases", (graph) => withPortRenamed(graph, node.id, one.port, port))
              }
            />
            {at > 0 && (
              <Button
                size="small"
                type="text"
                icon={<ArrowUpOutlined />}
                disabled={disabled}
                aria-label={t("panels.control.moveUp", { number: at + 1 })}
                onClick={() => up(at)}
              />
            )}
            <Button
              size="small"
              type="text"
              icon={<DeleteOutlined />}
              disabled={disabled || cases.length === 1}
              aria-label={t("panels.control.removeCase", { number: at + 1 })}
              onClick={() => remove(at)}
            />
          </div>
          {one.when ? (
            <ConditionRows
              when={one.when}
              disabled={disabled}
              onChange={(when) => set(`${at}.when`, put(at, { ...one, when }))}
              onRemove={() => set(`${at}.when`, put(at, { port: one.port }))}
            />
          ) : (
            <div className={styles.otherwise}>
              {t("panels.control.otherwise")}
              <Button
                size="small"
                type="link"
                disabled={disabled}
                onClick={() => set(`${at}.when`, put(at, { ...one, when: { value: { minimum: 0 } } }))}
              >
                {t("panels.control.addCondition")}
              </Button>
            </div>
          )}
        </section>
      ))}
      <Button size="small" icon={<PlusOutlined />} disabled={disabled} onClick={add} className={styles.add}>
        {t("panels.control.addCase")}
      </Button>
    </>
  );
}

interface PortNameProps {
  number: number;
  name: string;
  taken: readonly string[];
  disabled: boolean;
  onChange: (name: string) => void;
}

function PortName({ number, name, taken, disabled, onChange }: PortNameProps) {
  const { t } = useTranslation("canvas");
  const [text, setText] = useState(name);
  useEffect(() => setText(name), [name]);
  const isWrong = !/^[A-Za-z_][A-Za-z0-9_-]{0,63}$/.test(text) || taken.includes(text);
  return (
    <Input
      size="small"
      value={text}
      disabled={disabled}
      aria-label={t("panels.control.port", { number })}
      {...(isWrong && { status: "error" as const })}
      onChange={(event) => setText(event.target.value)}
      onBlur={() => (isWrong ? setText(name) : text !== name && onChange(text))}
      onPressEnter={(event) => event.currentTarget.blur()}
    />
  );
}
