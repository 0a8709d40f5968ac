import { Select } from "antd";
import { useTranslation } from "react-i18next";
import { usePreferences } from "../../app/preferences";
import type { FlowNode } from "../model/document";
import { freeId } from "../model/ids";
import { type OperatorSpec, textOf } from "../model/spec";
import { useFlowStore, useOpenGraph } from "../store/flowStore";
import { Fold } from "./Fold";
import { bound, boundName, boundToNewParam, paramTypeOf } from "./flowParamEdits";
import styles from "./Inspector.module.css";
import { Row } from "./Row";

const FIXED = "\u0000fixed";
const MAKE = "\u0000make";

interface BindingProps {
  node: FlowNode;
  spec: OperatorSpec;
  disabled: boolean;
}

/** Which fields of a step take their value from a param of the flow (or of the body that the step is in). */
export function Binding({ node, spec, disabled }: BindingProps) {
  const { t } = useTranslation("canvas");
  const language = usePreferences((preferences) => preferences.language);
  const store = useFlowStore();
  const { params = {} } = useOpenGraph();
  const fields = Object.entries(spec.params.properties);
  const count = fields.filter(([name]) => boundName(node.params?.[name]) !== null).length;

  const choose = (name: string, choice: string) => {
    const use = { node: node.id, field: name };
    const field = spec.params.properties[name];
    store.getState().changeGraph("bind", (graph) => {
      if (choice !== MAKE) return bound(graph, use, choice === FIXED ? null : choice);
      const value = node.params?.[name] ?? field?.default;
      const param = {
        type: paramTypeOf(value, field && "type" in field ? field.type : undefined),
        ...(value !== undefined && { default: value }),
        ...(field?.title !== undefined && { title: textsOf(spec, field.title) }),
      };
      return boundToNewParam(graph, use, freeId(name, new Set(Object.keys(graph.params ?? {}))), param);
    });
  };

  return (
    <Fold title={t("panels.binding.title")} note={count > 0 && t("panels.binding.bound", { count })}>
      <p className={styles.help}>{t("panels.binding.help")}</p>
      {fields.map(([name, field]) => (
        <Row key={name} label={textOf(spec, field.title, language) || name}>
          {(id) => (
            <Select<string>
              id={id}
              size="small"
              disabled={disabled}
              value={boundName(node.params?.[name]) ?? FIXED}
              options={[
                { value: FIXED, label: t("panels.binding.fixed") },
                ...Object.keys(params).map((value) => ({ value, label: `$${value}` })),
                { value: MAKE, label: t("panels.binding.make") },
              ]}
              onChange={(choice) => choose(name, choice)}
            />
          )}
        </Row>
      ))}
    </Fold>
  );
}

/** The title of a field in every language that the spec has. */
function textsOf(spec: OperatorSpec, ref: string): string | Record<string, string> {
  if (!ref.startsWith("$t.")) return ref;
  return Object.fromEntries(Object.keys(spec.i18n).map((language) => [language, textOf(spec, ref, language)]));
}
