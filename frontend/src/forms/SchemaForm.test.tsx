import { render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeAll, expect, test, vi } from "vitest";
import en from "../i18n/en/forms.json";
import { Around, Live, specOf, startTexts } from "./testing";

beforeAll(startTexts);

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

test("what was put aside is there again when the form is opened anew", async () => {
  const onChange = vi.fn();
  const stash = { current: {} };
  const initial = { mode: "fixed", limit: 2 };
  const { unmount } = render(<Live spec={CONDITIONAL} initial={initial} stash={stash} />, { wrapper: Around });
  await userEvent.click(screen.getByText("auto"));
  unmount();
  render(<Live spec={CONDITIONAL} initial={{ mode: "auto" }} stash={stash} onChange={onChange} />, { wrapper: Around });
  await userEvent.click(screen.getByText("fixed"));
  expect(onChange).toHaveBeenLastCalledWith({ field: "mode", values: { mode: "fixed", limit: 2 } });
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
  expect(screen.getByText(en.invalid.integer)).toBeTruthy();
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

test("a list of things with conditions of their own", async () => {
  const onChange = vi.fn();
  const items = {
    type: "object",
    properties: {
      function: { enum: ["mean", "quantile"], default: "mean", title: "Function" },
      q: {
        type: "number",
        maximum: 1,
        title: "Share",
        "x-when": { function: { const: "quantile" } },
        "x-required": true,
      },
    },
  };
  render(<Live spec={specOf({ steps: { type: "array", items, title: "Steps" } })} onChange={onChange} />, {
    wrapper: Around,
  });
  await userEvent.click(screen.getByRole("button", { name: /Add/ }));
  expect(onChange).toHaveBeenLastCalledWith({ field: "steps", values: { steps: [{}] } });
  expect(screen.queryByText("Share")).toBeNull();
  await userEvent.click(screen.getByRole("combobox", { name: "Function" }));
  await userEvent.click(await screen.findByTitle("quantile"));
  const share = within(screen.getByRole("group", { name: "Steps, 1" }));
  await userEvent.type(share.getByRole("spinbutton", { name: "Share" }), "2{Tab}");
  expect(onChange).toHaveBeenLastCalledWith({ field: "steps", values: { steps: [{ function: "quantile", q: 2 }] } });
  expect(share.getByText("At most 1")).toBeTruthy();
});
