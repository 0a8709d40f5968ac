import { act, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeAll, expect, test, vi } from "vitest";
import type { Field, FieldProblem } from "./spec";
import { Around, Live, speak, specOf, startTexts } from "./testing";

beforeAll(startTexts);

const problem = (field: string, code: string, value?: unknown, more: Partial<FieldProblem> = {}): FieldProblem => ({
  field: `params.${field}`,
  code,
  message: `${field}: the server's words`,
  level: "error",
  value,
  ...more,
});

const TEXT: Field = { type: "string", title: "Text" };
const EXPRESSION = "a >";

test("what the server finds is said in the user's language, and is old once the value has changed", async () => {
  const problems = [problem("text", "secret_unknown", EXPRESSION)];
  await speak("zh-CN");
  render(<Live spec={specOf({ text: TEXT })} initial={{ text: EXPRESSION }} problems={problems} />, {
    wrapper: Around,
  });
  expect(screen.getByText("项目中没有密钥 a >")).toBeTruthy();
  await userEvent.type(screen.getByRole("textbox"), " 1{Tab}");
  expect(screen.queryByText("项目中没有密钥 a >")).toBeNull();
  await speak("en");
});

test("what is wrong with an expression is said in the user's language", async () => {
  const texts = { en: "Column 'a' is not in the table.", "zh-CN": "表中没有“a”列。" };
  await speak("zh-CN");
  const problems = [problem("text", "expression", "a > 1", { texts })];
  render(<Live spec={specOf({ text: TEXT })} initial={{ text: "a > 1" }} problems={problems} />, { wrapper: Around });
  expect(screen.getByText("表达式有误：表中没有“a”列。")).toBeTruthy();
  await speak("en");
});

test("of a kind that is not known, the server's own words", () => {
  render(<Live spec={specOf({ text: TEXT })} initial={{ text: "x" }} problems={[problem("text", "novel", "x")]} />, {
    wrapper: Around,
  });
  expect(screen.getByText("text: the server's words")).toBeTruthy();
});

test("what both find is said once", () => {
  const field: Field = { type: "number", maximum: 5, title: "Number" };
  render(<Live spec={specOf({ field })} initial={{ field: 7 }} problems={[problem("field", "invalid", 7)]} />, {
    wrapper: Around,
  });
  expect(screen.getByText("At most 5")).toBeTruthy();
  expect(screen.queryByText(/server's words/)).toBeNull();
});

test("what the flow's param gives is judged by the server", () => {
  const field: Field = { type: "number", maximum: 5, title: "Number" };
  render(
    <Live
      spec={specOf({ field })}
      initial={{ field: { $param: "n" } }}
      problems={[problem("field", "invalid", 7, { allowed: 5 })]}
    />,
    { wrapper: Around },
  );
  expect(screen.getByText(/server's words/)).toBeTruthy();
});

test("errors are tied to their field for screen readers", () => {
  const field: Field = { type: "number", maximum: 5, title: "Number", description: "Help" };
  render(<Live spec={specOf({ field })} initial={{ field: 7 }} />, { wrapper: Around });
  const input = screen.getByRole("spinbutton", { name: "Number" });
  const texts = (input.getAttribute("aria-describedby") ?? "")
    .split(" ")
    .map((id) => document.getElementById(id)?.textContent);
  expect(texts).toEqual(["Help", "At most 5"]);
  expect(input.getAttribute("aria-invalid")).toBe("true");
});

const FOLDED = specOf(
  {
    plain: { type: "string", title: "Plain" },
    deep: { type: "number", default: 1, maximum: 5, title: "Deep" },
    list: {
      type: "array",
      title: "List",
      items: { type: "object", properties: { a: { type: "string", title: "Inside" } } },
    },
  },
  {
    ui: [
      { section: "Basics", fields: ["plain", "list"] },
      { section: "Advanced", fields: ["deep"], advanced: true },
    ],
  },
);
const fold = () => screen.getByRole("button", { name: /Advanced/ }).getAttribute("aria-expanded");

test("advanced fields are folded until one of them is not as it is by default", () => {
  const { unmount } = render(<Live spec={FOLDED} initial={{ deep: 1 }} />, { wrapper: Around });
  expect(fold()).toBe("false");
  unmount();
  render(<Live spec={FOLDED} initial={{ deep: 2 }} />, { wrapper: Around });
  expect(fold()).toBe("true");
});

test("advanced fields unfold for a problem, and for the field that is to be seen, which gets the focus", () => {
  Element.prototype.scrollIntoView = vi.fn();
  const { unmount } = render(<Live spec={FOLDED} problems={[problem("deep", "novel", 1)]} />, { wrapper: Around });
  expect(fold()).toBe("true");
  unmount();
  render(<Live spec={FOLDED} focusField="params.deep" />, { wrapper: Around });
  expect(fold()).toBe("true");
  expect(document.activeElement).toBe(screen.getByRole("spinbutton", { name: "Deep" }));
});

test("a field within an item of a list gets the focus", () => {
  Element.prototype.scrollIntoView = vi.fn();
  render(<Live spec={FOLDED} initial={{ list: [{}, {}] }} focusField="params.list.1.a" />, { wrapper: Around });
  expect(document.activeElement).toBe(screen.getAllByRole("textbox", { name: "Inside" })[1]);
});

test("typing hands nothing on until a pause, and then all of it at once", async () => {
  vi.useFakeTimers({ shouldAdvanceTime: true });
  const onChange = vi.fn();
  const field: Field = { type: "string", title: "Name" };
  render(<Live spec={specOf({ field })} onChange={onChange} />, { wrapper: Around });
  const user = userEvent.setup({ advanceTimers: (ms) => vi.advanceTimersByTime(ms), delay: 1 });
  await user.type(screen.getByRole("textbox"), "etch rate of the third chamber");
  expect(onChange).not.toHaveBeenCalled();
  act(() => vi.advanceTimersByTime(400));
  expect(onChange.mock.calls).toEqual([[{ field: "field", values: { field: "etch rate of the third chamber" } }]]);
  vi.useRealTimers();
});

test("a value that changes from outside while nobody types takes the draft's place", async () => {
  const field: Field = { type: "string", title: "Name", default: "start" };
  render(<Live spec={specOf({ field })} />, { wrapper: Around });
  await userEvent.type(screen.getByRole("textbox"), "!{Tab}");
  await userEvent.click(screen.getByRole("button", { name: "Name: back to the default" }));
  expect(screen.getByDisplayValue("start")).toBeTruthy();
});
