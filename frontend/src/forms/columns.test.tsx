import { render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeAll, expect, test, vi } from "vitest";
import type { Column, Field } from "./spec";
import { Around, Live, specOf, startTexts } from "./testing";

beforeAll(startTexts);

const USE: Field = {
  type: "array",
  items: { type: "string" },
  title: "Use",
  "x-widget": "columns",
  "x-source": { input: "table" },
};
const TARGET: Field = { type: "string", title: "Target", "x-widget": "column", "x-source": { input: "table" } };

async function open() {
  await userEvent.click(screen.getByRole("button", { name: "Use: Choose columns" }));
  return within(await screen.findByRole("tooltip"));
}

test("columns are chosen by type and pattern, with a count before anything changes", async () => {
  const onChange = vi.fn();
  render(<Live spec={specOf({ use: USE })} onChange={onChange} />, { wrapper: Around });
  const picker = await open();
  await userEvent.click(picker.getByRole("button", { name: /Numbers/ }));
  expect(picker.getByRole("status").textContent).toBe("2 columns");
  await userEvent.type(picker.getByRole("textbox"), "*rate");
  expect(picker.getByRole("status").textContent).toBe("1 column");
  await userEvent.click(picker.getByRole("button", { name: "Choose 1" }));
  expect(onChange).toHaveBeenLastCalledWith({ field: "use", values: { use: ["etch rate"] } });
});

test("columns are chosen with the keyboard alone", async () => {
  const onChange = vi.fn();
  render(<Live spec={specOf({ use: USE })} onChange={onChange} />, { wrapper: Around });
  const picker = await open();
  await userEvent.type(picker.getByRole("textbox"), "{ArrowDown}");
  expect(document.activeElement).toBe(picker.getByRole("listbox"));
  await userEvent.keyboard("{ArrowDown} ");
  expect(onChange).toHaveBeenLastCalledWith({ field: "use", values: { use: ["heat"] } });
  await userEvent.keyboard("{Escape}");
  expect(document.activeElement).toBe(screen.getByRole("button", { name: "Use: Choose columns" }));
});

test("of ten thousand columns only those in sight are drawn, and all can be chosen at once", async () => {
  const many: Column[] = Array.from({ length: 10_000 }, (_, n) => ({ name: `s${n}`, type: "float", kind: "number" }));
  const columns = () => many;
  const onChange = vi.fn();
  render(<Live spec={specOf({ use: USE })} columns={columns} onChange={onChange} />, { wrapper: Around });
  const picker = await open();
  expect(picker.getAllByRole("option").length).toBeLessThan(40);
  await userEvent.click(picker.getByRole("button", { name: "Choose 10000" }));
  expect(onChange.mock.lastCall?.[0].values.use.length).toBe(10_000);
  expect(document.querySelectorAll(".ant-tag").length).toBeLessThan(20);
});

test("columns that are gone are kept, come first and are named; they can be removed", async () => {
  const onChange = vi.fn();
  const problems = [
    { field: "params.use.1", code: "column_missing", message: "gone", level: "error", value: "pressure" },
  ];
  render(
    <Live
      spec={specOf({ use: USE })}
      initial={{ use: ["heat", "pressure"] }}
      problems={problems}
      onChange={onChange}
    />,
    { wrapper: Around },
  );
  expect(screen.getByText(/There is no column pressure any more/)).toBeTruthy();
  expect([...document.querySelectorAll(".ant-tag")].map((tag) => tag.textContent)).toEqual(["pressure", "heat"]);
  await userEvent.click(screen.getByRole("button", { name: "Remove pressure" }));
  expect(onChange).toHaveBeenLastCalledWith({ field: "use", values: { use: ["heat"] } });
  expect(screen.queryByText(/There is no column pressure any more/)).toBeNull();
});

test("one column that is gone is kept and named", () => {
  const problems = [{ field: "params.target", code: "column_missing", message: "gone", level: "error", value: "fail" }];
  render(<Live spec={specOf({ target: TARGET })} initial={{ target: "fail" }} problems={problems} />, {
    wrapper: Around,
  });
  expect(screen.getByText("There is no column fail any more")).toBeTruthy();
  expect(screen.getByText("fail")).toBeTruthy();
});

test("an item that comes from the flow's param is no mistake, and stays when others are chosen", async () => {
  const onChange = vi.fn();
  render(<Live spec={specOf({ use: USE })} initial={{ use: [{ $param: "target" }] }} onChange={onChange} />, {
    wrapper: Around,
  });
  expect(screen.queryByText(/Must be/)).toBeNull();
  expect(screen.getByText("from the flow's param target")).toBeTruthy();
  const picker = await open();
  await userEvent.click(picker.getByRole("button", { name: "Choose 3" }));
  expect(onChange).toHaveBeenLastCalledWith({
    field: "use",
    values: { use: [{ $param: "target" }, "tool", "heat", "etch rate"] },
  });
});

test("as long as columns are not known their names can be typed", async () => {
  const onChange = vi.fn();
  const unknown = () => null;
  render(<Live spec={specOf({ use: USE })} columns={unknown} onChange={onChange} />, { wrapper: Around });
  await userEvent.type(screen.getByRole("combobox", { name: "Use" }), "later{Enter}");
  expect(onChange).toHaveBeenLastCalledWith({ field: "use", values: { use: ["later"] } });
});
