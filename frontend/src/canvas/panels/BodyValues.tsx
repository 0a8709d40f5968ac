import { Select } from "antd";
import { useTranslation } from "react-i18next";
import { useLocalize } from "../../lib/localize";
import type { FlowNode, FlowParam } from "../model/document";
import { fieldText } from "../run/flowParams";
import { useFlowStore, useOpenGraph } from "../store/flowStore";
import styles from "./ControlForm.module.css";
import { boundName } from "./flowParamEdits";
import { ParamValue } from "./ParamValue";
import { Row } from "./Row";
import { changeNode } from "./steps";

const OWN = "\u0000own";

/** The values that a step hands to the params of the steps inside it: its own, or params of the flow around it. */
export function BodyValues({ node, disabled }: { node: FlowNode; disabled: boolean }) {
  const { t } = useTranslation("canvas");
  const localize = useLocalize();
  const store = useFlowStore();
  const { params: outer = {} } = useOpenGraph();
  const params = Object.entries(node.body?.params ?? {});
  const set = (name: string, value: unknown) =>
    changeNode(store, node.id, `params.${name}`, (now) => {
      const { [name]: _before, ...others } = now.params ?? {};
      return { ...now, params: value === undefined ? others : { ...now.params, [name]: value } };
    });
  if (params.length === 0) return null;
  return (
    <>
      <h3 className={styles.heading}>{t("panels.control.values")}</h3>
      {params.map(([name, param]) => {
        const value = node.params?.[name];
        const isOver = node.kind === "map" && node.over === name;
        const type: FlowParam["type"] = isOver ? "array" : param.type;
        const binding = boundName(value);
        const help = localize(param.description);
        const usual = fieldText({ type: param.type, default: param.default });
        const hint = isOver ? t("panels.control.items") : usual;
        return (
          <Row key={name} label={name} {...(help && { help })}>
            {(id) => (
              <div className={styles.value}>
                {binding === null ? (
                  <ParamValue
                    id={id}
                    type={type}
                    value={value}
                    disabled={disabled}
                    {...(hint && { placeholder: hint })}
                    onChange={(next) => set(name, next === "" && param.default !== undefined ? undefined : next)}
                  />
                ) : (
                  <span className={styles.bound}>${binding}</span>
                )}
                {Object.keys(outer).length > 0 && (
                  <Select<string>
                    size="small"
                    disabled={disabled}
                    aria-label={t("panels.control.valueOf", { name })}
                    value={binding ?? OWN}
                    popupMatchSelectWidth={false}
                    options={[
                      { value: OWN, label: t("panels.binding.fixed") },
                      ...Object.keys(outer).map((one) => ({ value: one, label: `$${one}` })),
                    ]}
                    onChange={(choice) =>
                      set(name, choice === OWN ? outer[binding ?? ""]?.default : { $param: choice })
                    }
                  />
                )}
              </div>
            )}
          </Row>
        );
      })}
    </>
  );
}
