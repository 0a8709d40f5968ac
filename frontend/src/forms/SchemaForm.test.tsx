import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import i18next from "i18next";
import { type ReactNode, useState } from "react";
import { initReactI18next } from "react-i18next";
import { MemoryRouter } from "react-router";
import { beforeAll, expect, test, vi } from "vitest";
import { LANGUAGES, usePreferences } from "../app/preferences";
import en from "../i18n/en/forms.json";
import zh from "../i18n/zh-CN/forms.json";
import { SchemaForm, type SchemaFormProps } from "./SchemaForm";
import { type FieldValues, type Spec, specText } from "./spec";

const files = import.meta.glob<Spec>(["../../../operator_specs/*/*.json", "!../../../operator_specs/vectors/*.json"], {
  eager: true,
  import: "default",
});
const SPECS = Object.values(files);

beforeAll(async () => {
  await i18next.use(initReactI18next).init({
    lng: "en",
    resources: { en: { forms: en }, "zh-CN": { forms: zh } },
    interpolation: { escapeValue: false },
  });
});

function Around({ children }: { children: ReactNode }) {
  return (
    <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { enabled: false } } })}>
      <MemoryRouter>{children}</MemoryRouter>
    </QueryClientProvider>
  );
}

function specOf(properties: Record<string, unknown>, ui: unknown[] = []): Spec {
  const raw = {
    id: "a.b",
    version: "1.0.0",
    category: "code",
    icon: "x",
    inputs: [],
    outputs: [],
    params: { properties },
    ui,
    i18n: {},
  };
  return raw as unknown as Spec;
}

function Live({ initial = {}, onChange, ...props }: Partial<SchemaFormProps> & { spec: Spec; initial?: FieldValues }) {
  const [values, setValues] = useState<FieldValues>(initial);
  return (
    <SchemaForm
      columns={() => [
        { name: "tool", type: "string", kind: "text" },
        { name: "heat", type: "float", kind: "number" },
      ]}
      problems={[]}
      {...props}
      values={values}
      onChange={(change) => {
        setValues(change.values);
        onChange?.(change);
      }}
    />
  );
}

test.each(LANGUAGES)(
  "the form of every operator is drawn in %s, with a label for every field that shows",
  async (language) => {
    usePreferences.getState().set({ language });
    await i18next.changeLanguage(language);
    expect(SPECS.length).toBeGreaterThan(40);
    for (const spec of SPECS) {
      const { unmount } = render(<Live spec={spec} />, { wrapper: Around });
      for (const [name, field] of Object.entries(spec.params.properties)) {
        if (field["x-source" as never] === undefined && (field as { "x-when"?: object })["x-when"] === undefined) {
          expect(
            screen.getAllByText(specText(spec, field.title, language)).length,
            `${spec.id} ${name}`,
          ).toBeGreaterThan(0);
        }
      }
      unmount();
    }
    usePreferences.getState().set({ language: "en" });
    await i18next.changeLanguage("en");
  },
  120_000,
);

const CONDITIONAL = specOf({
  mode: { enum: ["auto", "fixed"], default: "auto", title: "Mode" },
  limit: { type: "number", title: "Limit", minimum: 0, "x-when": { mode: { const: "fixed" } }, "x-required": true },
});

test("a conditional field comes, is needed, is never submitted while it is gone, and comes back as it was", async () => {
  const onChange = vi.fn();
  render(<Live spec={CONDITIONAL} onChange={onChange} />, { wrapper: Around });
  expect(screen.queryByLabelText("Limit")).toBeNull();
  await userEvent.click(screen.getByText("fixed"));
  expect(screen.getByText("Needed")).toBeTruthy();
  await userEvent.type(screen.getByRole("spinbutton", { name: "Limit" }), "1,5{Tab}");
  expect(onChange).toHaveBeenLastCalledWith({ field: "limit", values: { mode: "fixed", limit: 1.5 } });
  await userEvent.click(screen.getByText("auto"));
  expect(onChange).toHaveBeenLastCalledWith({ field: "mode", values: { mode: "auto" } });
  await userEvent.click(screen.getByText("fixed"));
  expect(onChange).toHaveBeenLastCalledWith({ field: "mode", values: { mode: "fixed", limit: 1.5 } });
});

test("typing hands on once, after a pause or when the field is left", async () => {
  const onChange = vi.fn();
  render(<Live spec={specOf({ name: { type: "string", title: "Name" } })} onChange={onChange} />, { wrapper: Around });
  await userEvent.type(screen.getByLabelText("Name"), "etch rate");
  await userEvent.tab();
  expect(onChange.mock.calls.length).toBeLessThan(3);
  expect(onChange).toHaveBeenLastCalledWith({ field: "name", values: { name: "etch rate" } });
});

test("a value of the wrong type is shown as it is, and what is wrong with it", () => {
  render(<Live spec={specOf({ depth: { type: "integer", title: "Depth" } })} initial={{ depth: "six" }} />, {
    wrapper: Around,
  });
  expect(screen.getByDisplayValue('"six"')).toBeTruthy();
  expect(screen.getByText("A value of the wrong type")).toBeTruthy();
});

test("a value that the operator does not know is shown, to be removed", () => {
  render(<Live spec={specOf({})} initial={{ old: 1 }} />, { wrapper: Around });
  expect(screen.getByText(en.verdict.unknown)).toBeTruthy();
});

test("a column that is gone is kept and named", () => {
  const spec = specOf({
    target: { type: "string", title: "Target", "x-widget": "column", "x-source": { input: "table" } },
  });
  const problem = { field: "params.target", code: "column_missing", message: "gone", level: "error", value: "fail" };
  render(<Live spec={spec} initial={{ target: "fail" }} problems={[problem]} />, { wrapper: Around });
  expect(screen.getByText("There is no column fail any more")).toBeTruthy();
  expect(screen.getByText("fail")).toBeTruthy();
});

test("columns are chosen by type and pattern", async () => {
  const onChange = vi.fn();
  const spec = specOf({
    use: {
      type: "array",
      items: { type: "string" },
      title: "Use",
      "x-widget": "columns",
      "x-source": { input: "table" },
    },
  });
  render(<Live spec={spec} onChange={onChange} />, { wrapper: Around });
  await userEvent.click(screen.getByRole("button", { name: /By type or pattern/ }));
  const chooser = within(await screen.findByRole("tooltip"));
  await userEvent.click(chooser.getByText("Numbers"));
  expect(chooser.getByRole("status").textContent).toBe("1 column");
  await userEvent.click(chooser.getByRole("button", { name: "Add" }));
  expect(onChange).toHaveBeenLastCalledWith({ field: "use", values: { use: ["heat"] } });
});

test("an item that comes from the flow's param is no mistake, and stays when others are chosen", async () => {
  const onChange = vi.fn();
  const spec = specOf({
    use: {
      type: "array",
      items: { type: "string" },
      title: "Use",
      "x-widget": "columns",
      "x-source": { input: "table" },
    },
  });
  render(<Live spec={spec} initial={{ use: [{ $param: "target" }] }} onChange={onChange} />, { wrapper: Around });
  expect(screen.queryByText(/wrong type/)).toBeNull();
  expect(screen.getByText("from the flow's param target")).toBeTruthy();
  await userEvent.click(screen.getByRole("button", { name: /By type or pattern/ }));
  await userEvent.click(within(await screen.findByRole("tooltip")).getByRole("button", { name: "Add" }));
  expect(onChange).toHaveBeenLastCalledWith({ field: "use", values: { use: [{ $param: "target" }, "tool", "heat"] } });
});

test("a list of things with conditions of their own", async () => {
  const onChange = vi.fn();
  const items = {
    type: "object",
    properties: {
      function: { enum: ["mean", "quantile"], default: "mean", title: "Function" },
      q: { type: "number", title: "Share", "x-when": { function: { const: "quantile" } }, "x-required": true },
    },
  };
  render(<Live spec={specOf({ steps: { type: "array", items, title: "Steps" } })} onChange={onChange} />, {
    wrapper: Around,
  });
  await userEvent.click(screen.getByRole("button", { name: /Add/ }));
  expect(onChange).toHaveBeenLastCalledWith({ field: "steps", values: { steps: [{}] } });
  await userEvent.click(screen.getByText("quantile"));
  expect(screen.getByText("0.q: Needed")).toBeTruthy();
});

test("unusual specs: a hundred fields, a choice of five hundred, no section, odd schemas", () => {
  const many = Object.fromEntries(
    Array.from({ length: 100 }, (_, index) => [`f${index}`, { type: "string", title: `Field ${index}` }]),
  );
  const odd = {
    choice: { enum: Array.from({ length: 500 }, (_, index) => index), title: "Choice" },
    anything: { title: "Anything" },
    nothing: { type: ["null", "string"], title: "Nothing" },
    nested: { type: "object", properties: { a: { type: "string", title: "A" } }, title: "Nested" },
    unknown: { type: "string", "x-widget": "hologram", title: "Unknown" },
  };
  render(<Live spec={specOf({ ...many, ...odd })} />, { wrapper: Around });
  for (const label of ["Field 99", "Choice", "Anything", "Nothing", "Nested", "Unknown"])
    expect(screen.getByText(label)).toBeTruthy();
});
