import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import i18next from "i18next";
import { type ReactNode, useState } from "react";
import { initReactI18next } from "react-i18next";
import { MemoryRouter } from "react-router";
import { type Language, usePreferences } from "../app/preferences";
import en from "../i18n/en/forms.json";
import zh from "../i18n/zh-CN/forms.json";
import { SchemaForm, type SchemaFormProps } from "./SchemaForm";
import type { Column, Field, FieldValues, Spec } from "./spec";

/** For tests only: the forms' texts, and the form with a state of its own. */
export async function startTexts(): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: "en",
    resources: { en: { forms: en }, "zh-CN": { forms: zh } },
    interpolation: { escapeValue: false },
  });
}

export async function speak(language: Language): Promise<void> {
  usePreferences.getState().set({ language });
  await i18next.changeLanguage(language);
}

export function Around({ children }: { children: ReactNode }) {
  const [client] = useState(() => new QueryClient({ defaultOptions: { queries: { enabled: false } } }));
  return (
    <QueryClientProvider client={client}>
      <MemoryRouter>{children}</MemoryRouter>
    </QueryClientProvider>
  );
}

export function specOf(properties: Readonly<Record<string, Field>>, more: Partial<Spec> = {}): Spec {
  return {
    id: "a.b",
    version: "1.0.0",
    category: "code",
    icon: "x",
    inputs: [],
    outputs: [],
    params: { properties },
    ui: [],
    i18n: {},
    ...more,
  };
}

export const COLUMNS: Column[] = [
  { name: "tool", type: "string", kind: "text" },
  { name: "heat", type: "float", kind: "number" },
  { name: "etch rate", type: "float", kind: "number" },
];

interface LiveProps extends Partial<Omit<SchemaFormProps, "spec" | "values">> {
  spec: Spec;
  initial?: FieldValues;
}

const NO_PROBLEMS: SchemaFormProps["problems"] = [];
const columnsOfTests = () => COLUMNS;

export function Live({ initial = {}, onChange, ...props }: LiveProps) {
  const [values, setValues] = useState<FieldValues>(initial);
  return (
    <SchemaForm
      columns={columnsOfTests}
      problems={NO_PROBLEMS}
      {...props}
      values={values}
      onChange={(change) => {
        setValues(change.values);
        onChange?.(change);
      }}
    />
  );
}
