import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { usePreferences } from "../app/preferences";
import { AdvancedFields } from "./AdvancedFields";
import { check } from "./check";
import { visibleFields } from "./conditions";
import { focusOn } from "./focusOn";
import styles from "./forms.module.css";
import { ObjectFields } from "./ObjectFields";
import { sectionsOf } from "./sections";
import { type ColumnList, type FieldProblem, type FieldValues, given, type Spec } from "./spec";
import { troublesOf, within } from "./troubles";
import { type Stash, useObject } from "./useObject";

export type { Column, ColumnList, FieldProblem, Spec } from "./spec";

export interface SchemaFormProps {
  spec: Spec;
  /** As the flow holds them; a value may be {"$param": name}. */
  values: FieldValues;
  /** `values` never holds what is hidden. */
  onChange: (change: { field: string; values: Record<string, unknown> }) => void;
  columns: (input: string) => ColumnList | null;
  problems: readonly FieldProblem[];
  disabled?: boolean;
  /** A field to scroll to and focus: "params.steps.0.q", or its name. */
  focusField?: string | null;
  /** Where values of hidden fields are put aside; without it they are gone with the form. */
  stash?: Stash;
  /** Another one means: focus it again, though it is the same field. */
  focusKey?: unknown;
}

/** The form of an operator, from its spec alone: sections, fields that appear and disappear, errors beside them. */
export function SchemaForm(props: SchemaFormProps) {
  const { spec, values, onChange, columns, problems, disabled = false, focusField, focusKey, stash } = props;
  const { t } = useTranslation("forms");
  const language = usePreferences((preferences) => preferences.language);
  const form = useRef<HTMLDivElement>(null);
  const set = useObject(spec.params, values, (field, next) => onChange({ field, values: next }), stash);
  const troubles = troublesOf(t, check(spec.params, values), problems, values);
  const wanted = focusField?.replace(/^params\./, "").split(".") ?? [];
  const visible = visibleFields(spec.params, values);
  const sections = sectionsOf(spec, values, language, t("otherFields"));
  const path = wanted.join(".");

  // biome-ignore lint/correctness/useExhaustiveDependencies: another key asks again
  useEffect(() => {
    if (path && form.current) focusOn(form.current, path.split("."));
  }, [path, focusKey]);

  if (sections.length === 0) return <p className={styles.nothing}>{t("nothingToSet")}</p>;
  return (
    <div ref={form} className={styles.form}>
      {sections.map(({ title, fields, advanced }) => {
        const isEmpty = !fields.some((name) => visible.has(name) || Object.hasOwn(values, name));
        const rows = (
          <ObjectFields
            spec={spec}
            schema={spec.params}
            names={fields}
            values={values}
            onSet={set}
            troubles={troubles}
            columns={columns}
            disabled={disabled}
          />
        );
        if (advanced) {
          const own = fields.filter((name) => isOwn(given(values, name), spec.params.properties[name]?.default));
          const isNeeded =
            own.length > 0 || fields.some((name) => name === wanted[0] || within(troubles, name).length > 0);
          return (
            <AdvancedFields key={title} title={title} isEmpty={isEmpty} isNeeded={isNeeded} changed={own.length}>
              {rows}
            </AdvancedFields>
          );
        }
        return (
          <section key={title} aria-label={title}>
            {sections.length > 1 && !isEmpty && <h3 className={styles.sectionTitle}>{title}</h3>}
            {rows}
          </section>
        );
      })}
    </div>
  );
}

function isOwn(value: unknown, fallback: unknown): boolean {
  return value !== undefined && JSON.stringify(value) !== JSON.stringify(fallback);
}
