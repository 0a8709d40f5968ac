import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeAll, expect, test, vi } from "vitest";
import { CATALOGUE_KEY, type Offered } from "../canvas/store/operators";
import type { Spec } from "./spec";
import { Live, specOf, startTexts } from "./testing";

beforeAll(startTexts);

const TABLE = { name: "table", type: "table" };
const MODEL = { name: "model", type: "model" };

function offered(id: string, title: string, more: Partial<Spec>, state: Offered["state"] = "installed"): Offered {
  const spec = specOf({}, { id, inputs: [TABLE], outputs: [MODEL], i18n: { en: { title } }, ...more });
  return { key: `${id}@1.0.0`, spec, state, notice: null };
}

test("operators that make a model of one table are offered by their titles, and chosen by id and version", async () => {
  const client = new QueryClient({ defaultOptions: { queries: { enabled: false } } });
  client.setQueryData(CATALOGUE_KEY, [
    offered("model.trees", "Many trees", {}),
    offered("model.line", "A line", { inputs: [TABLE, { ...TABLE, name: "more", required: false }] }),
    offered("model.two", "Of two tables", { inputs: [TABLE, { ...TABLE, name: "other" }] }),
    offered("shape.sort", "No model", { outputs: [TABLE] }),
    offered("model.cluster", "Elsewhere", { runs: { engines: ["spark"] } }),
    offered("model.gone", "Withdrawn", {}, "withdrawn"),
    offered("a.b", "Itself", {}),
  ]);
  const onChange = vi.fn();
  const spec = specOf({ it: { type: "string", title: "It", "x-widget": "model_operator" } });
  render(
    <QueryClientProvider client={client}>
      <Live spec={spec} onChange={onChange} />
    </QueryClientProvider>,
  );
  const input = screen.getByRole("combobox", { name: "It" });
  await userEvent.click(input);
  const names = (await screen.findAllByText(/@1\.0\.0$/)).map(({ textContent }) => textContent);
  expect([...new Set(names)]).toEqual(["model.line@1.0.0", "model.trees@1.0.0"]);
  await userEvent.click(screen.getByText("Many trees"));
  expect(onChange.mock.lastCall?.[0].values).toEqual({ it: "model.trees@1.0.0" });
  await userEvent.clear(input);
  await userEvent.type(input, "model.trees@0.9.0{Tab}");
  expect(onChange.mock.lastCall?.[0].values).toEqual({ it: "model.trees@0.9.0" });
});
