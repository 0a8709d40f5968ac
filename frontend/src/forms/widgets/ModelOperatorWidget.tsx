import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { usePreferences } from "../../app/preferences";
import { type OperatorSpec, titleOf } from "../../canvas/model/spec";
import { operatorsQuery } from "../../canvas/store/operators";
import styles from "../forms.module.css";
import type { WidgetProps } from "../widget";
import { Names } from "./ServerWidgets";

/** An operator that makes a model of one table, as "id@version"; a version that is not the newest can be typed. */
export function ModelOperatorWidget(props: WidgetProps) {
  const { t } = useTranslation("forms");
  const language = usePreferences((preferences) => preferences.language);
  const operators = useQuery(operatorsQuery);
  const names = (operators.data ?? [])
    .filter(({ spec, state }) => state !== "withdrawn" && spec.id !== props.spec.id && makesModel(spec))
    .map(({ key, spec }) => ({ key, title: titleOf(spec, language) }))
    .sort((one, other) => one.title.localeCompare(other.title, language));
  const chosen = names.find(({ key }) => key === props.value);
  return (
    <>
      <Names
        {...props}
        names={names.map(({ key, title }) => ({
          value: key,
          search: `${key} ${title}`,
          label: (
            <span className={styles.option}>
              <span className={styles.optionName}>{title}</span>
              <span className={styles.type}>{key}</span>
            </span>
          ),
        }))}
        placeholder={t("chooseModelOperator")}
        empty={t("noModelOperators")}
      />
      {chosen && <p className={styles.help}>{chosen.title}</p>}
    </>
  );
}

/** Whether all that it needs is one table, here, and a model comes of it. */
function makesModel({ inputs, outputs, runs }: OperatorSpec): boolean {
  const needed = inputs.filter(({ required }) => required !== false).map(({ type }) => type);
  const isHere = runs?.engines.includes("local") ?? true;
  return isHere && outputs.some(({ type }) => type === "model") && needed.join() === "table";
}
