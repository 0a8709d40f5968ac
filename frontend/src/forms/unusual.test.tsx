import { fireEvent, render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeAll, expect, test, vi } from "vitest";
import type { Field } from "./spec";
import { Around, Live, speak, specOf, startTexts } from "./testing";

beforeAll(startTexts);

const many = (count: number, make: (index: number) => Field): Record<string, Field> =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`f${index}`, make(index)]));

test("a hundred fields, none of them in a section", () => {
  render(<Live spec={specOf(many(100, (index) => ({ type: "string", title: `Field ${index}` })))} />, {
    wrapper: Around,
  });
  expect(screen.getAllByRole("textbox")).toHaveLength(100);
});

test("no fields at all", () => {
  render(<Live spec={specOf({})} />, { wrapper: Around });
  expect(screen.getByText("There is nothing to set.")).toBeTruthy();
});

test("a choice of five hundred is searched", async () => {
  const onChange = vi.fn();
  const choices: Field = { enum: Array.from({ length: 500 }, (_, index) => `choice ${index}`), title: "Choice" };
  render(<Live spec={specOf({ choices })} onChange={onChange} />, { wrapper: Around });
  await userEvent.type(screen.getByRole("combobox", { name: "Choice" }), "choice 499");
  expect(document.querySelectorAll(".ant-select-item-option").length).toBeLessThan(50);
  await userEvent.click(await screen.findByTitle("choice 499"));
  expect(onChange).toHaveBeenLastCalledWith({ field: "choices", values: { choices: "choice 499" } });
});

test("choices that are no texts keep their type, also null", async () => {
  const onChange = vi.fn();
  const field: Field = { enum: [1, "1", true, null], default: 1, title: "Odd", "x-widget": "select" };
  render(<Live spec={specOf({ field })} onChange={onChange} />, { wrapper: Around });
  await userEvent.click(screen.getByRole("combobox", { name: "Odd" }));
  await userEvent.click(await screen.findByTitle("–"));
  expect(onChange).toHaveBeenLastCalledWith({ field: "field", values: { field: null } });
});

test("very long titles and texts are whole", () => {
  const title = "A very long title ".repeat(30).trim();
  const field: Field = { enum: ["a", "b"], "x-enum-titles": { a: title }, default: "a", title, description: title };
  render(<Live spec={specOf({ field })} />, { wrapper: Around });
  expect(screen.getAllByText(title).length).toBeGreaterThan(2);
});

test("texts that only the other language has are shown in it", async () => {
  const spec = specOf(
    { field: { type: "string", title: "$t.field", description: "$t.nowhere" } },
    {
      i18n: { en: {}, "zh-CN": { field: "字段", section: "基本" } },
      ui: [{ section: "$t.section", fields: ["field"] }],
    },
  );
  await speak("en");
  render(<Live spec={spec} />, { wrapper: Around });
  expect(screen.getByRole("textbox", { name: "字段" })).toBeTruthy();
  expect(screen.getByText("nowhere")).toBeTruthy();
});

test("a section that names fields that do not exist, one that is named twice, one that none names", () => {
  const fields = { a: { type: "string", title: "A" }, b: { type: "string", title: "B" } };
  const ui = [
    { section: "First", fields: ["a", "gone"] },
    { section: "Second", fields: ["a"] },
  ];
  render(<Live spec={specOf(fields, { ui })} />, { wrapper: Around });
  expect(screen.getAllByRole("textbox", { name: "A" })).toHaveLength(1);
  expect(
    within(screen.getByRole("region", { name: "Other settings" })).getByRole("textbox", { name: "B" }),
  ).toBeTruthy();
  expect(screen.queryByText("Second")).toBeNull();
});

test("lists of things within lists of things", async () => {
  const onChange = vi.fn();
  const rule: Field = { type: "object", properties: { limit: { type: "number", maximum: 9, title: "Limit" } } };
  const group: Field = {
    type: "object",
    properties: { name: { type: "string", title: "Name" }, rules: { type: "array", items: rule, title: "Rules" } },
  };
  render(<Live spec={specOf({ groups: { type: "array", items: group, title: "Groups" } })} onChange={onChange} />, {
    wrapper: Around,
  });
  await userEvent.click(screen.getByRole("button", { name: "Groups: Add" }));
  await userEvent.click(screen.getByRole("button", { name: "Rules: Add" }));
  await userEvent.type(screen.getByRole("spinbutton", { name: "Limit" }), "12{Tab}");
  expect(onChange).toHaveBeenLastCalledWith({ field: "groups", values: { groups: [{ rules: [{ limit: 12 }] }] } });
  expect(within(screen.getByRole("group", { name: "Rules, 1" })).getByText("At most 9")).toBeTruthy();
});

test("an object with fields of its own", async () => {
  const onChange = vi.fn();
  const field: Field = { type: "object", title: "Box", properties: { a: { type: "string", title: "A" } } };
  render(<Live spec={specOf({ field })} onChange={onChange} />, { wrapper: Around });
  await userEvent.type(within(screen.getByRole("group", { name: "Box" })).getByRole("textbox"), "x{Tab}");
  expect(onChange).toHaveBeenLastCalledWith({ field: "field", values: { field: { a: "x" } } });
});

test("a pattern that is not met is said", async () => {
  const field: Field = { type: "string", pattern: "^[a-z]+$", title: "Name" };
  render(<Live spec={specOf({ field })} initial={{ field: "A1" }} />, { wrapper: Around });
  expect(screen.getByText("Must have the form ^[a-z]+$")).toBeTruthy();
});

test.each<[string, Field]>([
  ["an unknown widget of no known type", { "x-widget": "hologram" }],
  ["a list of anything", { type: "array" }],
  ["alternatives", { type: ["array", "object"] }],
  ["an object of anything", { type: "object" }],
  ["nothing but null", { type: "null" }],
])("%s is edited as JSON", async (_, field) => {
  const onChange = vi.fn();
  render(<Live spec={specOf({ field: { ...field, title: "Odd" } })} onChange={onChange} />, { wrapper: Around });
  const input = screen.getByRole("textbox", { name: "Odd" });
  fireEvent.change(input, { target: { value: '{"a": [1' } });
  fireEvent.blur(input);
  expect(screen.getByText("This is no JSON")).toBeTruthy();
  expect(onChange).not.toHaveBeenCalled();
  fireEvent.change(input, { target: { value: '{"a": [1]}' } });
  fireEvent.blur(input);
  expect(onChange).toHaveBeenLastCalledWith({ field: "field", values: { field: { a: [1] } } });
});

test("an unknown widget of a known type is that of its type; one that does not fit the type is not used", () => {
  const fields: Record<string, Field> = {
    a: { type: "string", "x-widget": "hologram", title: "A" },
    b: { type: "string", "x-widget": "slider", title: "B" },
    c: { type: "array", items: { type: "string" }, "x-widget": "segmented", title: "C" },
  };
  render(<Live spec={specOf(fields)} />, { wrapper: Around });
  expect(screen.getByRole("textbox", { name: "A" })).toBeTruthy();
  expect(screen.getByRole("textbox", { name: "B" })).toBeTruthy();
  expect(screen.getByRole("combobox", { name: "C" })).toBeTruthy();
});

test("a section shows once one of its fields does", async () => {
  const fields: Record<string, Field> = {
    on: { type: "boolean", default: false, title: "On" },
    by: { type: "string", title: "By", "x-when": { on: { const: true } } },
  };
  const ui = [
    { section: "First", fields: ["on"] },
    { section: "Second", fields: ["by"] },
  ];
  render(<Live spec={specOf(fields, { ui })} />, { wrapper: Around });
  expect(screen.queryByText("Second")).toBeNull();
  await userEvent.click(screen.getByRole("switch", { name: "On" }));
  expect(screen.getByText("Second")).toBeTruthy();
});

test("a pattern that only the server understands breaks no form, and what can be checked is", async () => {
  const fields: Record<string, Field> = {
    lot: { type: "string", pattern: "^(?P<lot>L)[0-9]+$", title: "Lot" },
    count: { type: "integer", maximum: 9, title: "Count" },
  };
  render(<Live spec={specOf(fields)} initial={{ lot: "L1", count: 12 }} />, { wrapper: Around });
  expect(screen.getByRole("textbox", { name: "Lot" })).toBeTruthy();
  expect(screen.getByText("At most 9")).toBeTruthy();
});

test("a field that is called like something that every object has", async () => {
  const onChange = vi.fn();
  const fields: Record<string, Field> = {
    constructor: { type: "string", title: "Maker" },
    by: { type: "string", title: "By", "x-when": { constructor: { const: "x" } } },
  };
  render(<Live spec={specOf(fields)} onChange={onChange} />, { wrapper: Around });
  expect(screen.queryByRole("textbox", { name: "By" })).toBeNull();
  await userEvent.type(screen.getByRole("textbox", { name: "Maker" }), "x{Tab}");
  expect(onChange).toHaveBeenLastCalledWith({ field: "constructor", values: { constructor: "x" } });
  expect(screen.getByRole("textbox", { name: "By" })).toBeTruthy();
});

test("of a choice without default nothing looks chosen", () => {
  render(<Live spec={specOf({ field: { enum: ["p", "q"], title: "Choice" } })} />, { wrapper: Around });
  expect(screen.getAllByRole("radio").filter((radio) => radio instanceof HTMLInputElement && radio.checked)).toEqual(
    [],
  );
});

test("columns are chosen where only their source is named", () => {
  const source = { input: "table" };
  const fields: Record<string, Field> = {
    one: { type: "string", title: "One", "x-source": source },
    many: { type: "array", items: { type: "string" }, title: "Many", "x-source": source },
  };
  render(<Live spec={specOf(fields)} />, { wrapper: Around });
  expect(screen.getByRole("combobox", { name: "One" })).toBeTruthy();
  expect(screen.getByRole("button", { name: "Many: Choose columns" })).toBeTruthy();
});

test.each([
  ["date", "yesterday"],
  ["date", "2024"],
  ["date", "2024-02-30"],
  ["datetime", "2024-03-19T14:15:00+08:00"],
  ["datetime", "2024-03-19T14:15:00.123456"],
])("a %s that its picker would change is a text: %s", (widget, value) => {
  const field: Field = { type: "string", "x-widget": widget, title: "When", default: value };
  render(<Live spec={specOf({ field })} />, { wrapper: Around });
  expect(screen.getByRole("textbox", { name: "When" })).toHaveProperty("value", value);
});

test.each([
  ["date", "2024-02-29", "2024-02-29"],
  ["date", null, ""],
  ["datetime", "2024-03-19T14:15:00", "2024-03-19 14:15:00"],
])("a %s that its picker can show: %s", (widget, value, shown) => {
  const field: Field = { type: ["string", "null"], "x-widget": widget, title: "When", default: value };
  render(<Live spec={specOf({ field })} />, { wrapper: Around });
  expect(screen.getByRole("textbox", { name: "When" })).toHaveProperty("value", shown);
  expect(document.querySelector(".ant-picker")).toBeTruthy();
});

test("digits that would be lost are refused", async () => {
  const onChange = vi.fn();
  render(<Live spec={specOf({ field: { type: "integer", title: "Id" } })} onChange={onChange} />, { wrapper: Around });
  await userEvent.type(screen.getByRole("spinbutton", { name: "Id" }), "9007199254740993{Tab}");
  expect(screen.getByText("Too large to keep every digit")).toBeTruthy();
  expect(onChange).not.toHaveBeenCalled();
});

test("a rate from almost nothing to one is typed: its order of magnitude counts", () => {
  const fields: Record<string, Field> = {
    rate: { type: "number", minimum: 1e-6, maximum: 1, default: 0.001, title: "Rate" },
    share: { type: "number", exclusiveMinimum: 0, exclusiveMaximum: 1, default: 0.5, title: "Share" },
  };
  render(<Live spec={specOf(fields)} />, { wrapper: Around });
  expect(screen.queryByRole("slider", { name: "Rate" })).toBeNull();
  expect(screen.getByRole("slider", { name: "Share" })).toBeTruthy();
});

test("a hidden value can be removed, though it is what it would be by default", async () => {
  const onChange = vi.fn();
  const field: Field = { type: "boolean", default: true, title: "By", "x-when": { on: { const: true } } };
  const fields: Record<string, Field> = { on: { type: "boolean", default: false, title: "On" }, by: field };
  render(<Live spec={specOf(fields)} initial={{ by: true }} onChange={onChange} />, { wrapper: Around });
  await userEvent.click(screen.getByRole("button", { name: "By: back to the default" }));
  expect(onChange).toHaveBeenLastCalledWith({ field: "by", values: {} });
});

test("the editor that takes a text's place takes its focus too, so that no key goes astray", async () => {
  render(<Live spec={specOf({ field: { type: "string", "x-widget": "sql", title: "Query" } })} />, { wrapper: Around });
  screen.getByRole("textbox", { name: "Query" }).focus();
  await waitFor(() => expect(document.querySelector(".cm-content")).toBeTruthy(), { timeout: 20_000 });
  expect(document.activeElement).toBe(document.querySelector(".cm-content"));
});
