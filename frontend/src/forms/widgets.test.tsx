import { render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeAll, expect, test, vi } from "vitest";
import type { Field, FieldValues } from "./spec";
import { Around, Live, specOf, startTexts } from "./testing";

beforeAll(startTexts);

function show(field: Field, initial: FieldValues = {}) {
  const onChange = vi.fn();
  render(<Live spec={specOf({ it: { title: "It", ...field } })} initial={initial} onChange={onChange} />, {
    wrapper: Around,
  });
  return { onChange, last: () => onChange.mock.lastCall?.[0].values };
}

test("a number that is not one yet is kept, named and not handed on", async () => {
  const { onChange, last } = show({ type: "number" });
  const input = screen.getByRole("spinbutton", { name: "It" });
  await userEvent.type(input, "-{Tab}");
  expect(screen.getByText("This is no number")).toBeTruthy();
  expect(onChange).not.toHaveBeenCalled();
  await userEvent.type(input, "3,5{Tab}");
  expect(last()).toEqual({ it: -3.5 });
  expect(screen.queryByText("This is no number")).toBeNull();
});

test("a large whole number has no exponent; an emptied one is its default again", async () => {
  const { last } = show({ type: "integer", default: 3 }, { it: 1e21 });
  const input = screen.getByRole<HTMLInputElement>("spinbutton", { name: "It" });
  expect(input.value).toBe("1000000000000000000000");
  await userEvent.clear(input);
  await userEvent.tab();
  expect(last()).toEqual({});
  expect(input.value).toBe("3");
});

test("arrow keys turn a number within its limits", async () => {
  const { last } = show({ type: "integer", maximum: 100, default: 99 });
  await userEvent.type(screen.getByRole("spinbutton", { name: "It" }), "{ArrowUp}{ArrowUp}{Tab}");
  expect(last()).toEqual({ it: 100 });
});

test("a nullable field whose default is not null can be emptied", async () => {
  const { last } = show({ type: ["integer", "null"], default: 5 });
  await userEvent.clear(screen.getByRole("spinbutton", { name: "It" }));
  await userEvent.tab();
  expect(last()).toEqual({ it: null });
});

test("an emptied text is not set; where the default is a text, that it is empty is kept", async () => {
  const plain = show({ type: "string" }, { it: "x" });
  await userEvent.clear(screen.getByRole("textbox", { name: "It" }));
  await userEvent.tab();
  expect(plain.last()).toEqual({});
});

test("an emptied text with a default is empty, and can go back to the default", async () => {
  const { last } = show({ type: "string", default: "NA" });
  await userEvent.clear(screen.getByRole("textbox", { name: "It" }));
  await userEvent.tab();
  expect(last()).toEqual({ it: "" });
  await userEvent.click(screen.getByRole("button", { name: "It: back to the default" }));
  expect(last()).toEqual({});
  expect(screen.getByDisplayValue("NA")).toBeTruthy();
});

test("a number, text or yes/no keeps its type", async () => {
  const { last } = show({ type: ["number", "string", "boolean"] });
  await userEvent.type(screen.getByRole("spinbutton", { name: "It" }), "7{Tab}");
  expect(last()).toEqual({ it: 7 });
  await userEvent.click(screen.getByRole("combobox", { name: "Type of It" }));
  await userEvent.click(await screen.findByTitle("Text"));
  expect(last()).toEqual({ it: "7" });
});

test("pairs count once they are complete, may map to nothing, and are refused twice", async () => {
  const { last, onChange } = show({
    type: "object",
    additionalProperties: { type: "string" },
    "x-widget": "key_value",
  });
  const add = screen.getByRole("button", { name: "It: Add" });
  await userEvent.click(add);
  expect(onChange).not.toHaveBeenCalled();
  await userEvent.type(screen.getByRole("textbox", { name: "It, 1: name" }), "a{Tab}");
  await userEvent.type(screen.getByRole("textbox", { name: "It, 1: value" }), "b{Tab}");
  expect(last()).toEqual({ it: { a: "b" } });
  await userEvent.clear(screen.getByRole("textbox", { name: "It, 1: value" }));
  await userEvent.tab();
  expect(last()).toEqual({ it: { a: "" } });
  await userEvent.click(add);
  await userEvent.type(screen.getByRole("textbox", { name: "It, 2: name" }), "a{Tab}");
  expect(screen.getByText("a is there already")).toBeTruthy();
  await userEvent.click(screen.getByRole("button", { name: "Remove 1" }));
  expect(screen.getAllByRole("textbox")).toHaveLength(2);
});

test("lists of numbers hold numbers", async () => {
  const { last } = show({ type: "array", items: { type: "number" } });
  await userEvent.type(screen.getByRole("combobox", { name: "It" }), "1,5{Enter}2{Enter}");
  expect(last()).toEqual({ it: [1.5, 2] });
});

test("lists of choices are chosen by their titles", async () => {
  const items: Field = { enum: ["dow", "hour"] };
  const { last } = show({
    type: "array",
    items,
    "x-widget": "select",
    "x-enum-titles": { dow: "Day of the week", hour: "Hour" },
  });
  await userEvent.click(screen.getByRole("combobox", { name: "It" }));
  await userEvent.click(await screen.findByTitle("Day of the week"));
  expect(last()).toEqual({ it: ["dow"] });
});

test("items keep what they hide when they move; copies and removals are theirs", async () => {
  const items: Field = {
    type: "object",
    properties: {
      on: { type: "boolean", default: false, title: "On" },
      by: { type: "number", title: "By", "x-when": { on: { const: true } } },
    },
  };
  const { last } = show({ type: "array", items }, { it: [{ on: true, by: 5 }, {}] });
  const first = () => within(screen.getByRole("group", { name: "It, 1" }));
  const second = () => within(screen.getByRole("group", { name: "It, 2" }));
  await userEvent.click(first().getByRole("switch", { name: "On" }));
  expect(last()).toEqual({ it: [{ on: false }, {}] });
  await userEvent.click(first().getByRole("button", { name: "Move 1 down" }));
  await userEvent.click(second().getByRole("switch", { name: "On" }));
  expect(last()).toEqual({ it: [{}, { on: true, by: 5 }] });
  await userEvent.click(second().getByRole("button", { name: "Copy 2" }));
  await userEvent.click(first().getByRole("button", { name: "Remove 1" }));
  expect(last()).toEqual({
    it: [
      { on: true, by: 5 },
      { on: true, by: 5 },
    ],
  });
});

test("a field that takes its value from the flow says so and can be given its own again", async () => {
  const { last } = show({ type: "string", default: "x" }, { it: { $param: "file" } });
  expect(screen.getByText("from the flow's param file")).toBeTruthy();
  await userEvent.click(screen.getByRole("button", { name: "No longer take it from file" }));
  expect(last()).toEqual({});
  expect(screen.getByDisplayValue("x")).toBeTruthy();
});

test.each<[string, Field, unknown]>([
  ["a text for a number", { type: "number" }, "six"],
  ["a number for a list", { type: "array", items: { type: "string" } }, 3],
  ["a list for a text", { type: "string" }, ["x"]],
  ["a text for yes or no", { type: "boolean" }, "yes"],
  ["things in a list of texts", { type: "array", items: { type: "string" } }, [{ a: 1 }]],
  ["a text for pairs", { type: "object", additionalProperties: { type: "string" } }, "a=b"],
])("%s is shown as it is, to be mended", async (_, field, value) => {
  const { last } = show(field, { it: value });
  const input = screen.getByRole<HTMLTextAreaElement>("textbox", { name: "It" });
  expect(JSON.parse(input.value)).toEqual(value);
  await userEvent.click(screen.getByRole("button", { name: "It: remove this value" }));
  expect(last()).toEqual({});
});

test("a choice that does not exist is shown, and another can be chosen", async () => {
  const { last } = show({ enum: ["a", "b"] }, { it: "z" });
  expect(screen.getByText("None of the choices")).toBeTruthy();
  expect(screen.getByText("z")).toBeTruthy();
  await userEvent.click(screen.getByRole("combobox", { name: "It" }));
  await userEvent.click(await screen.findByTitle("b"));
  expect(last()).toEqual({ it: "b" });
});

test("of a number some are offered in words, and any other can be typed", async () => {
  const { last } = show({
    type: "number",
    "x-widget": "number",
    "x-enum-titles": { "1": "Quick", "10": "Long" },
    default: 1,
  });
  expect(screen.getByRole<HTMLInputElement>("radio", { name: "Quick" }).checked).toBe(true);
  expect(screen.queryByRole("spinbutton")).toBeNull();
  await userEvent.click(screen.getByRole("radio", { name: "Long" }));
  expect(last()).toEqual({ it: 10 });
  await userEvent.click(screen.getByRole("radio", { name: "Another number" }));
  const own = screen.getByRole("spinbutton", { name: "It" });
  await userEvent.clear(own);
  await userEvent.type(own, "3{Tab}");
  expect(last()).toEqual({ it: 3 });
});
