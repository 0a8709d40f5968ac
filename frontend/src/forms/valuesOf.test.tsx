import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeAll, expect, test, vi } from "vitest";
import { sourceKey, type TableSource } from "../data/source";
import type { Field } from "./spec";
import { Live, specOf, startTexts } from "./testing";
import { KnownTablesProvider, valuesIn } from "./valuesOf";

beforeAll(startTexts);

const TARGET: Field = { type: "string", title: "Target", "x-widget": "column", "x-source": { input: "rows" } };
const FOUND: Field = { type: "string", default: "", title: "Found", "x-widget": "value", "x-values-of": "target" };
const WAFERS: TableSource = { kind: "dataset", project: "fab", name: "wafers", version: 3 };
const RESULTS = { type: "string", edges: null, values: ["pass", "fail", ""], counts: [940, 1, 3] };

test("the values of the column that another field names are offered, of the table that comes to its input", async () => {
  const client = new QueryClient({ defaultOptions: { queries: { enabled: false } } });
  client.setQueryData(["values", sourceKey(WAFERS), "result"], RESULTS);
  const onChange = vi.fn();
  render(
    <QueryClientProvider client={client}>
      <KnownTablesProvider value={(input) => (input === "rows" ? WAFERS : null)}>
        <Live
          spec={specOf({ target: TARGET, found: FOUND })}
          initial={{ target: "result" }}
          columns={() => null}
          onChange={onChange}
        />
      </KnownTablesProvider>
    </QueryClientProvider>,
  );
  const input = screen.getByRole("combobox", { name: "Found" });
  await userEvent.click(input);
  expect(await screen.findByText("940 rows")).toBeTruthy();
  await userEvent.click(screen.getByText("1 row"));
  expect(onChange.mock.lastCall?.[0].values).toEqual({ target: "result", found: "fail" });
  await userEvent.clear(input);
  await userEvent.type(input, "scrap{Tab}");
  expect(onChange.mock.lastCall?.[0].values).toEqual({ target: "result", found: "scrap" });
});

test("whole numbers are values where each has a bin of its own, other numbers are none", () => {
  const own = { type: "int", edges: [-1, 0, 1, 2], values: null, counts: [1463, 0, 104] };
  expect(valuesIn(own)).toEqual([
    { value: "-1", rows: 1463 },
    { value: "1", rows: 104 },
  ]);
  expect(valuesIn({ ...own, edges: [0, 50, 100, 150] })).toEqual([]);
  expect(valuesIn({ ...own, type: "float", edges: [0, 1, 2, 3] })).toEqual([]);
  const booleans = { type: "bool", edges: null, values: [false, true], counts: [9, 1] };
  expect(valuesIn(booleans).map(({ value }) => value)).toEqual(["false", "true"]);
});
