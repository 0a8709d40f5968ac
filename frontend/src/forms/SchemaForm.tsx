import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { usePreferences } from "../app/preferences";
import { changed } from "./change";
import { check } from "./check";
import { visibleFields } from "./conditions";
import { FieldRow } from "./FieldRow";
import styles from "./forms.module.css";
import { serverProblems } from "./messages";
import { type Column, type FieldValues, type Spec, specText } from "./spec";

export type { Column, Spec } from "./spec";

export interface FieldProblem {
  readonly field: string | null;
  readonly code: string;
  readonly message: string;
  readonly level: string;
  readonly value?: unknown;
  readonly allowed?: unknown;
}

export interface SchemaFormProps {
  spec: Spec;
  /** As the flow holds them; a value may be {"$param": name}. */
  values: FieldValues;
  /** `values` never holds what is hidden. */
  onChange: (change: { field: string; values: Record<string, unknown> }) => void;
  columns: (input: string) => Column[] | null;
  problems: readonly FieldProblem[];
  disabled?: boolean;
  /** A field to scroll to and focus. */
  focusField?: string | null;
}

/** The form of an operator, from its spec alone: sections, fields that appear and disappear, errors beside them. */
export function SchemaForm({
  spec,
  values,
  onChange,
  columns,
  problems,
  disabled = false,
  focusField,
}: SchemaFormProps) {
  const { t } = useTranslation("forms");
  const [stash, setStash] = useState<Record<string, unknown>>({});
  const form = useRef<HTMLDivElement>(null);
  const visible = visibleFields(spec.params, values);
  const findings = check(spec.params, values);
  const wanted = focusField?.replace(/^params\./, "").split(".")[0];
  const sections = sectionsOf(spec, values);

  useEffect(() => {
    const row = wanted && form.current?.querySelector<HTMLElement>(`[data-field="${CSS.escape(wanted)}"]`);
    if (!row) return;
    row.scrollIntoView({ block: "center" });
    row.querySelector<HTMLElement>("input, textarea, button, [contenteditable], [tabindex]")?.focus();
  }, [wanted]);

  const set = (name: string, value: unknown) => {
    const next = changed(spec.params, values, stash, name, value);
    setStash(next.stash);
    onChange({ field: name, values: next.values });
  };
  if (sections.length === 0) return <p className={styles.nothing}>{t("nothingToSet")}</p>;
  const rows = (names: readonly string[]) =>
    names.map((name) => (
      <FieldRow
        key={name}
        name={name}
        spec={spec}
        isVisible={visible.has(name) || name in values}
        value={values[name]}
        onChange={(value) => set(name, value)}
        findings={findings.filter(({ path }) => path === name || path.startsWith(`${name}.`))}
        problems={serverProblems(problems, name)}
        columns={columns}
        disabled={disabled}
      />
    ));
  return (
    <div ref={form} className={styles.form}>
      {sections.map((section) =>
        section.advanced ? (
          <Advanced
            key={section.title}
            title={section.title}
            isNeeded={section.fields.some(
              (name) => name in values || name === wanted || findings.some(({ path }) => path === name),
            )}
          >
            {rows(section.fields)}
          </Advanced>
        ) : (
          <section key={section.title} className={styles.section} aria-label={section.title}>
            {sections.length > 1 && <h3 className={styles.sectionTitle}>{section.title}</h3>}
            {rows(section.fields)}
          </section>
        ),
      )}
    </div>
  );
}

/** Folded until somebody opens it, or something in it is not as it is by default. */
function Advanced({ title, isNeeded, children }: { title: string; isNeeded: boolean; children: React.ReactNode }) {
  const [isOpen, setOpen] = useState(isNeeded);
  useEffect(() => {
    if (isNeeded) setOpen(true);
  }, [isNeeded]);
  return (
    <details className={styles.advanced} open={isOpen} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{title}</summary>
      {children}
    </details>
  );
}

interface ShownSection {
  title: string;
  fields: string[];
  advanced: boolean;
}

/** The sections of the spec; fields that none of them names, and values that the spec does not know, in one more. */
function sectionsOf(spec: Spec, values: FieldValues): ShownSection[] {
  const { language } = usePreferences.getState();
  const known = Object.keys(spec.params.properties);
  const placed = new Set(spec.ui.flatMap(({ fields }) => fields));
  const rest = [...known, ...Object.keys(values)].filter(
    (name, index, all) => !placed.has(name) && all.indexOf(name) === index,
  );
  const sections = spec.ui.map((section) => ({
    title: specText(spec, section.section, language),
    fields: section.fields.filter((name) => known.includes(name)),
    advanced: section.advanced ?? false,
  }));
  return [...sections, { title: "…", fields: rest, advanced: false }].filter(({ fields }) => fields.length > 0);
}
