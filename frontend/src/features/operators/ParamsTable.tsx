import { useTranslation } from "react-i18next";
import { usePreferences } from "../../app/preferences";
import { type OperatorSpec, type SpecField, textOf } from "../../canvas/model/spec";
import { useFormat } from "../../lib/format";
import styles from "./OperatorPage.module.css";

interface Documented extends SpecField {
  readonly description?: string;
  readonly minimum?: number;
  readonly maximum?: number;
}

/** Every param with its meaning, what it may be, and its default. */
export function ParamsTable({ spec }: { spec: OperatorSpec }) {
  const { t } = useTranslation("operators");
  const language = usePreferences((preferences) => preferences.language);
  const typeText = useTypeText();
  const choice = (field: Documented, value: unknown) =>
    textOf(spec, field["x-enum-titles"]?.[String(value)] ?? String(value), language);
  const fields = inFormOrder(spec);
  if (fields.length === 0) return <p className={styles.quiet}>{t("noParams")}</p>;
  return (
    <table className={styles.table}>
      <thead>
        <tr>
          <th scope="col">{t("param")}</th>
          <th scope="col">{t("meaning")}</th>
          <th scope="col">{t("values")}</th>
          <th scope="col">{t("default")}</th>
        </tr>
      </thead>
      <tbody>
        {fields.map(([name, field]) => (
          <tr key={name}>
            <th scope="row">
              {textOf(spec, field.title, language)}
              <code className={styles.name}>{name}</code>
            </th>
            <td className={styles.help}>{textOf(spec, field.description, language)}</td>
            <td>
              {field.enum ? field.enum.map((value) => choice(field, value)).join(t("between")) : typeText(field)}
              {field["x-unit"] && ` (${textOf(spec, field["x-unit"], language)})`}
            </td>
            <td>
              {field.default === undefined ? (
                "–"
              ) : field.enum ? (
                choice(field, field.default)
              ) : (
                <code>{JSON.stringify(field.default)}</code>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const TYPES = ["string", "integer", "number", "boolean", "array", "object"] as const;

/** "whole number, 1 to 30". */
function useTypeText(): (field: Documented) => string {
  const { t } = useTranslation("operators");
  const format = useFormat();
  return ({ type, minimum, maximum }) => {
    const names = TYPES.filter((known) => [type].flat().includes(known)).map((known) => t(`types.${known}`));
    const least = minimum === undefined ? null : format.number(minimum);
    const most = maximum === undefined ? null : format.number(maximum);
    if (least !== null && most !== null) names.push(t("range.both", { least, most }));
    else if (least !== null) names.push(t("range.least", { least }));
    else if (most !== null) names.push(t("range.most", { most }));
    return names.join(t("between"));
  };
}

/** As the form shows them; what no section names comes last. */
function inFormOrder(spec: OperatorSpec): [string, Documented][] {
  const { properties } = spec.params;
  const names = new Set([...spec.ui.flatMap(({ fields }) => fields), ...Object.keys(properties)]);
  return [...names].flatMap((name): [string, Documented][] => {
    const field = properties[name];
    return field ? [[name, field]] : [];
  });
}
